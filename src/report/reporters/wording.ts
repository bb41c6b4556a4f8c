// Facts to sentences for people, in one place. Pure; everything foreign goes through visible.ts.

import { coverageWords } from "../../base/coverage.ts";
import type { Counts, Evidence, Finding, Result, Verdict, VerdictKind } from "../../base/judged.ts";
import type { Json, Level, Place } from "../../base/types.ts";
import { visible, visibleLines } from "../../base/visible.ts";
import type { ModuleReport } from "../types.ts";

/**
 * What a reader has to tell apart. `fail` counts for the verdict; `warning` is a SHOULD that does not, `info` a MAY,
 * `known` a failure that the baseline excuses.
 */
export type State = "fail" | "error" | "warning" | "info" | "known" | "blocked" | "skipped" | "pass";

/** Most severe first; the order in which results are shown. */
export const states: readonly State[] = ["fail", "error", "warning", "info", "known", "blocked", "skipped", "pass"];

export const levels: readonly Level[] = ["MUST", "SHOULD", "MAY"];

export function stateOf(result: Result): State {
  const kind = result.outcome.kind;
  if (kind !== "fail") return kind;
  if (result.binding) return "fail";
  if (result.baseline !== undefined) return "known";
  return result.level === "MAY" ? "info" : "warning";
}

/** `1 requirement`, `12 requirements`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** `12,345`; the same on every machine. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `4 ms`, `3.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  const safe = Number.isFinite(ms) && ms > 0 ? ms : 0;
  if (safe < 1000) return `${Math.round(safe)} ms`;
  if (safe < 99_950) return `${(safe / 1000).toFixed(1)} s`;
  const seconds = Math.round(safe / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Seconds since the run's start as `+1.203 s`. */
export function moment(t: number): string {
  return `+${(Number.isFinite(t) && t > 0 ? t : 0).toFixed(3)} s`;
}

/** About `max` characters and never half of one; what is missing is said. */
export function cut(text: string, max: number): string {
  // What the notice would hide is shorter than the notice.
  if (text.length <= max + 40) return text;
  const kept = [...text.slice(0, max)];
  if (/[\ud800-\udbff]$/.test(kept.at(-1) ?? "")) kept.pop();
  // Nor half of an escape.
  const head = kept.join("").replace(/\\(u[0-9a-f]{0,3}|u\{[0-9a-f]*)?$/, "");
  return `${head}… [${grouped(text.length - head.length)} of ${grouped(text.length)} characters cut]`;
}

/**
 * One JSON value on one line. A string stands bare where nobody can take it for something else; empty, with spaces at an
 * end, with hidden characters or looking like another JSON value it is quoted and escaped as in JSON.
 */
export function valueText(value: Json): string {
  if (typeof value !== "string") return visible(JSON.stringify(value));
  if (
    value !== "" &&
    value.trim() === value &&
    visible(value) === value &&
    !/^"|\\([nrt]|u[0-9a-f{])/i.test(value) &&
    !looksLikeJson(value)
  )
    return value;
  return visible(JSON.stringify(value));
}

function looksLikeJson(text: string): boolean {
  if (!/^[-\d{[tfn]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Expected and actual as text of at most `max` characters each; long ones that begin alike are cut around their first difference. */
export function contrast(finding: Finding, max: number): { expected: string; actual: string } {
  const expected = valueText(finding.expected);
  const actual = valueText(finding.actual);
  if (expected.length <= max || actual.length <= max) return { expected: cut(expected, max), actual: cut(actual, max) };
  let alike = 0;
  while (alike < expected.length && expected[alike] === actual[alike]) alike++;
  const from = Math.max(0, alike - Math.floor(max / 4));
  if (from === 0) return { expected: cut(expected, max), actual: cut(actual, max) };
  const start = /[\udc00-\udfff]/.test(expected[from] ?? "") ? from - 1 : from;
  const window = (text: string) => `[${count(start, "character")} alike] …${cut(text.slice(start), max)}`;
  return { expected: window(expected), actual: window(actual) };
}

/** `manifest.toml:3:1`. Of an absolute path, which no report may show, only the last part is left. */
export function placeText(place: Place): string {
  return [visible(relativeFile(place.file)), place.line, place.column].filter((part) => part !== undefined).join(":");
}

/** The file as it may appear in a report: relative, with `/`. */
export function relativeFile(file: string): string {
  const slashes = file.replaceAll("\\", "/");
  const absolute = /^(\/|[a-z]:|~)/i.test(slashes) || slashes.split("/").includes("..");
  return absolute ? (slashes.split("/").filter(Boolean).at(-1) ?? "?") : slashes;
}

/** `manifest.toml:3:1`, `main.scrape-1`, or nothing; where a finding was made. */
export function whereText(finding: Finding): string {
  const at = visible(finding.at);
  return finding.place === undefined ? at : [placeText(finding.place), at].filter(Boolean).join("  ");
}

/** `event 41  main.scrape-1  +1.203 s  GET /metrics answers 200`. */
export function evidenceText(evidence: Evidence, max: number): string {
  const step = [evidence.scenario, evidence.step].filter((part) => part !== undefined).join(".");
  return `event ${evidence.event}  ${visible(step)}  ${moment(evidence.t)}  ${cut(visible(evidence.text), max)}`;
}

/** The same on as many lines as the text has; at most `lines` of them. */
export function evidenceLines(evidence: Evidence, max: number, lines: number): string[] {
  const step = [evidence.scenario, evidence.step].filter((part) => part !== undefined).join(".");
  const [first = "", ...rest] = visibleLines(cut(evidence.text, max).trimEnd()).replaceAll("\t", "\\t").split("\n");
  const more = rest.length - (lines - 1);
  const kept = more > 0 ? [...rest.slice(0, lines - 1), `… ${count(more, "more line")}`] : rest;
  return [`event ${evidence.event}  ${visible(step)}  ${moment(evidence.t)}  ${first}`, ...kept];
}

/** `event 41`, `events 41, 58`, empty without events. */
export function eventsText({ events }: Finding): string {
  const unique = [...new Set(events)];
  if (unique.length === 0) return "";
  const more = unique.length > 10 ? ` and ${grouped(unique.length - 10)} more` : "";
  return `${unique.length === 1 ? "event" : "events"} ${unique.slice(0, 10).join(", ")}${more}`;
}

/** The finding in one line of at most `max` characters: `expected 200, got 500`. */
export function findingLine(finding: Finding, max: number): string {
  const side = Math.max(20, Math.floor((max - 40) / 2));
  const { expected, actual } = contrast(finding, side);
  return `expected ${expected}, got ${actual}`;
}

/** Why a result is what it is, in one line of at most about `max` characters. */
export function reasonLine(result: Result, max: number): string {
  const outcome = result.outcome;
  switch (outcome.kind) {
    case "pass":
      return "passed";
    case "fail": {
      const more = outcome.findings.length - 1 + (outcome.omitted ?? 0);
      return `${findingLine(outcome.findings[0], max)}${more > 0 ? ` (and ${grouped(more)} more)` : ""}`;
    }
    case "blocked":
      return cut(`waits for ${visible(outcome.by)}${outcome.reason ? `: ${visible(outcome.reason)}` : ""}`, max);
    case "skipped":
      return cut(visible(outcome.reason), max);
    case "error":
      return cut(visible(outcome.message), max);
  }
}

/** `known since the baseline: reason (owner x, expires y, issue)`. */
export function baselineText(result: Result): string | undefined {
  if (result.baseline === undefined) return undefined;
  const { reason, owner, expires, issue } = result.baseline;
  const rest = [owner && `owner ${owner}`, expires && `expires ${expires}`, issue].filter(Boolean).join(", ");
  return visible(rest === "" ? reason : `${reason} (${rest})`);
}

/** The first reasons of a verdict in one line. */
export function reasonsText(reasons: string[], max = 3): string {
  const shown = reasons.slice(0, max).map((reason) => cut(visible(reason), 200));
  if (reasons.length > max) shown.push(count(reasons.length - max, "more reason"));
  return shown.join("; ");
}

/** `conform.baseline.yaml, 3 entries`. */
export function baselineFile({ file, entries }: { file: string; entries: number }): string {
  return `${visible(relativeFile(file))}, ${count(entries, "entry", "entries")}`;
}

export const verdictWords: { [K in VerdictKind]: string } = {
  conformant: "CONFORMANT",
  partial: "PARTLY JUDGED",
  nonconformant: "NOT CONFORMANT",
  inconclusive: "INCONCLUSIVE",
};

/** `partly judged: 13 of 140 requirements, no failure`; `judged: 13 of 140 requirements` beside a failure; undefined for the whole. */
export function partText(module: ModuleReport): string | undefined {
  const part = coverageWords(module);
  if (part === undefined) return undefined;
  return module.verdict.kind === "partial" ? `partly judged: ${part}, no failure` : `judged: ${part}`;
}

/** `CONFORMANT`, `PARTLY JUDGED: 13 of 140 requirements, no failure`, `NOT CONFORMANT (judged: 13 of 140 requirements)`. */
export function headline(module: ModuleReport): string {
  const word = verdictWords[module.verdict.kind];
  const part = partText(module);
  if (part === undefined) return word;
  return module.verdict.kind === "partial" ? `${word}${part.slice(word.length)}` : `${word} (${part})`;
}

/** What failed at first and passed at the second look. */
export function flakyIds({ results }: ModuleReport): string[] {
  return results.flatMap(({ id, flaky }) => (flaky === true ? [visible(id)] : []));
}

/** `3 of 4 modules conformant`, with the partly judged where there are some. */
export function modulesText({ modules }: { modules: readonly Pick<ModuleReport, "verdict">[] }): string {
  const of = (kind: VerdictKind) => modules.filter(({ verdict }) => verdict.kind === kind).length;
  const partly = of("partial") === 0 ? "" : `, ${grouped(of("partial"))} partly judged without failure`;
  return `${grouped(of("conformant"))} of ${count(modules.length, "module")} conformant${partly}`;
}

/** `3 failed, 31 passed, 12 waiting`. */
function countsText(counts: Counts, failed = "failed"): string {
  const parts = [
    counts.fail > 0 && `${grouped(counts.fail)} ${failed}`,
    counts.error > 0 && count(counts.error, "error"),
    counts.blocked > 0 && `${grouped(counts.blocked)} waiting`,
    counts.pass > 0 && `${grouped(counts.pass)} passed`,
    counts.skipped > 0 && `${grouped(counts.skipped)} skipped`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** `MUST 3 failed, 31 passed; SHOULD 1 warning, 9 passed`, empty without results. A failed SHOULD is a warning unless it counts. */
export function levelsText(verdict: Verdict, strict: boolean): string {
  const words: { [L in Level]: (n: number) => string } = {
    MUST: () => "failed",
    SHOULD: (n) => (strict ? "failed" : n === 1 ? "warning" : "warnings"),
    MAY: () => "not met",
  };
  const parts = levels
    .filter((level) => Object.values(verdict.levels[level]).some((n) => n > 0))
    .map((level) => `${level} ${countsText(verdict.levels[level], words[level](verdict.levels[level].fail))}`);
  if (verdict.baselined > 0) parts.push(`${grouped(verdict.baselined)} of the failures known in the baseline`);
  return parts.join("; ");
}

/** `name 1.0.0`, with the profile when there is one. */
export function contractText(module: ModuleReport): string {
  const profile = module.profile === undefined ? "" : `, profile ${visible(module.profile)}`;
  return `${visible(module.contract.name)} ${visible(module.contract.version)}${profile}`;
}
