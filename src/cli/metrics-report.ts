// The report of `conform metrics`: text, JSON, or the JUnit reporter fed with one result per rule. Pure.

import type { Counts, Finding, Outcome, Result, Verdict } from "../base/judged.ts";
import type { Json, Level } from "../base/types.ts";
import { version } from "../base/version.ts";
import { harmless, visible, visibleJson } from "../base/visible.ts";
import { cardinality, type FamilyCardinality } from "../formats/exposition/cardinality.ts";
import { CATALOGUE, type CatalogueEntry, catalogued, FORMAT_TITLES, levelOf } from "../formats/exposition/catalogue.ts";
import { type Exposition, type MetricsFinding, parses } from "../formats/exposition/exposition.ts";
import { reporter as junit } from "../report/reporters/junit.ts";
import type { ModuleReport, Report } from "../report/types.ts";
import type { Unanswered } from "./metrics-fetch.ts";

export const reporters = ["text", "json", "junit"] as const;
export type MetricsReporter = (typeof reporters)[number];

export interface Checked {
  /** File, URL or `-`. */
  source: string;
  notes: string[];
  /** Why not all of it was checked; without errors the verdict is then inconclusive. */
  reasons: string[];
  exposition: Exposition;
  findings: MetricsFinding[];
}

export interface MetricsRenderOptions {
  reporter: MetricsReporter;
  strict: boolean;
  extended: boolean;
  /** Lint rules that were checked. */
  lint: readonly string[];
  /** Formats that a URL gave no body of. */
  unanswered: readonly Unanswered[];
}

export function renderMetrics(checked: Checked[], options: MetricsRenderOptions): { text: string; exit: number } {
  const owed = options.unanswered.filter(({ declined }) => !declined);
  const kind = worst([...checked.map((one) => verdictKind(one, options)), ...owed.map(() => "inconclusive" as const)]);
  const text =
    options.reporter === "text"
      ? [...checked.map((one) => textOf(one, options)), ...options.unanswered.map(unansweredText)].join("\n")
      : options.reporter === "json"
        ? `${visibleJson(JSON.stringify(jsonOf(checked, options, kind), null, 2))}\n`
        : junit.render(reportOf(checked, options, kind), {});
  return { text, exit: EXITS[kind] };
}

type VerdictKind = "conformant" | "nonconformant" | "inconclusive";

const EXITS: { readonly [kind in VerdictKind]: number } = { conformant: 0, nonconformant: 1, inconclusive: 3 };

function verdictKind({ findings, reasons }: Checked, { strict }: MetricsRenderOptions): VerdictKind {
  if (findings.some(({ level }) => binds(level, strict))) return "nonconformant";
  return reasons.length > 0 ? "inconclusive" : "conformant";
}

function worst(kinds: VerdictKind[]): VerdictKind {
  return kinds.includes("nonconformant")
    ? "nonconformant"
    : kinds.includes("inconclusive")
      ? "inconclusive"
      : "conformant";
}

function unansweredText({ source, format, reason, declined }: Unanswered): string {
  const verdict = declined ? "" : `inconclusive: ${FORMAT_TITLES[format]} was not checked\n`;
  return harmless(`${visible(source)}: ${FORMAT_TITLES[format]}: ${visible(reason)}\n`) + verdict;
}

function binds(level: Level, strict: boolean): boolean {
  return level === "MUST" || (strict && level === "SHOULD");
}

const WORDS: { [level in Level]: string } = { MUST: "error", SHOULD: "warning", MAY: "note" };

function totals(findings: MetricsFinding[], level: Level): number {
  return findings.reduce((sum, finding) => sum + (finding.level === level ? 1 + (finding.more ?? 0) : 0), 0);
}

function textOf(checked: Checked, options: MetricsRenderOptions): string {
  const { source, notes, reasons, exposition, findings } = checked;
  const { model, format } = exposition;
  const name = FORMAT_TITLES[format];
  const lines = [
    `${visible(source)}: ${name}, ${model.families.length} families, ${model.samples.count} samples, ${model.lines} lines`,
    ...notes.map((note) => `note: ${visible(note)}`),
    ...findings.flatMap(findingLines),
  ];
  if (options.extended) lines.push(...extendedLines(cardinality(model)));
  const errors = totals(findings, "MUST");
  const warnings = totals(findings, "SHOULD");
  const why = reasons.map((reason) => `; ${visible(reason)}`).join("");
  lines.push(`${verdictKind(checked, options)}: ${plural(errors, "error")}, ${plural(warnings, "warning")}${why}`);
  return `${lines.map((line) => harmless(line)).join("\n")}\n`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function findingLines({ id, level, line, column, family, message, text, more }: MetricsFinding): string[] {
  const where = line === undefined ? "" : `${line}${column === undefined ? "" : `:${column}`}`;
  // Lint messages are those of promtool, which names the metric before them.
  const subject = catalogued(id)?.pass === "lint" ? `${family} ` : "";
  const lines = [`${WORDS[level].padEnd(7)} ${where.padEnd(7)} ${id.padEnd(22)} ${visible(subject + message)}`];
  if (text !== undefined && text !== "") lines.push(`${" ".repeat(16)}${visible(text)}`);
  if (more !== undefined) lines.push(`${" ".repeat(16)}and ${more} more ${id}`);
  return lines;
}

function extendedLines(families: FamilyCardinality[]): string[] {
  const width = Math.max(6, ...families.map(({ family }) => visible(family).length));
  return [
    `${"metric".padEnd(width)}  series   share  values per label`,
    ...families.map(({ family, series, share, labels }) => {
      const most = labels.slice(0, 5).map(({ label, values }) => `${visible(label)}=${values}`);
      return `${visible(family).padEnd(width)}  ${String(series).padStart(6)}  ${(share * 100).toFixed(1).padStart(5)}%  ${most.join(" ")}`.trimEnd();
    }),
  ];
}

function jsonOf(checked: Checked[], options: MetricsRenderOptions, kind: VerdictKind): unknown {
  return {
    format: 1,
    tool: { name: "conform", version },
    verdict: kind,
    strict: options.strict,
    ...(options.unanswered.length > 0 && { unanswered: options.unanswered }),
    expositions: checked.map(({ source, notes, reasons, exposition, findings }) => ({
      source,
      format: exposition.format,
      ...(reasons.length > 0 && { unchecked: reasons }),
      parses: parses(exposition),
      valid: totals(findings, "MUST") === 0,
      lines: exposition.model.lines,
      families: exposition.model.families.length,
      samples: exposition.model.samples.count,
      errors: totals(findings, "MUST"),
      warnings: totals(findings, "SHOULD"),
      notes,
      findings: findings.map((finding) => ({ ...finding, ...facts(finding) })),
      ...(options.extended && { cardinality: cardinality(exposition.model) }),
    })),
  };
}

/** JSON knows no NaN and no infinities. */
function facts({ expected, actual }: MetricsFinding): { expected?: Json; actual?: Json } {
  const json = (value: string | number): Json =>
    typeof value === "number" && !Number.isFinite(value) ? `${value}` : value;
  return {
    ...(expected !== undefined && { expected: json(expected) }),
    ...(actual !== undefined && { actual: json(actual) }),
  };
}

function reportOf(checked: Checked[], options: MetricsRenderOptions, kind: VerdictKind): Report {
  const modules = checked.map((one) => moduleOf(one, options));
  const started = "1970-01-01T00:00:00Z";
  return {
    format: 1,
    tool: { name: "conform", version },
    started,
    duration_ms: 0,
    verdict: verdictOf(
      modules.flatMap(({ results }) => results),
      kind,
      [
        ...checked.flatMap(({ reasons }) => reasons),
        ...options.unanswered.map(({ format, reason }) => `${FORMAT_TITLES[format]} ${reason}`),
      ],
    ),
    modules,
  };
}

function moduleOf(checked: Checked, options: MetricsRenderOptions): ModuleReport {
  const { source, notes, exposition, findings } = checked;
  const { format } = exposition;
  const rules = CATALOGUE.filter(
    (entry) =>
      entry[format] !== undefined &&
      entry.pass !== "scrapes" &&
      (entry.pass !== "lint" || options.lint.includes(entry.id)),
  );
  const results = rules.map((entry) =>
    resultOf(
      entry,
      findings.filter(({ id }) => id === entry.id),
      { ...checked, strict: options.strict },
    ),
  );
  const version = { prometheus: "0.0.4", openmetrics: "1.0", "openmetrics@2": "2.0" }[format];
  return {
    name: `${source} ${format}`,
    target: { kind: "url", label: source },
    contract: { name: format.replace(/@.*/, ""), version, title: FORMAT_TITLES[format], digest: "" },
    started: "1970-01-01T00:00:00Z",
    duration_ms: 0,
    strict: options.strict,
    verdict: verdictOf(results, verdictKind(checked, options), checked.reasons),
    results,
    scenarios: [],
    notes,
  };
}

function resultOf(entry: CatalogueEntry, findings: MetricsFinding[], about: Checked & { strict: boolean }): Result {
  const level = levelOf(entry.id, about.exposition.format);
  const [first, ...others] = findings.map((finding) => {
    const { line, column, series, family, message, expected, actual } = { ...finding, ...facts(finding) };
    const place = { file: about.source, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    return {
      at: series ?? family ?? `line ${line ?? 1}`,
      expected: expected ?? entry.text,
      actual: actual ?? message,
      events: [],
      place,
    };
  });
  return {
    id: `${entry.pass}/${entry.id}`,
    area: entry.pass,
    level,
    text: entry.text,
    sources: entry.sentence === undefined || about.exposition.format !== "prometheus" ? [] : [entry.sentence],
    outcome: outcomeOf(first, others, about.reasons),
    binding: binds(level, about.strict),
    evidence: [],
    repeat: [],
    scenarios: [],
  };
}

/** What was not seen as a whole has not passed. */
function outcomeOf(first: Finding | undefined, others: Finding[], [reason]: string[]): Outcome {
  if (first !== undefined) return { kind: "fail", findings: [first, ...others] };
  return reason === undefined ? { kind: "pass", events: [] } : { kind: "skipped", reason };
}

function verdictOf(results: Result[], kind: VerdictKind, reasons: string[]): Verdict {
  const counts = (level?: Level): Counts => {
    const own = results.filter((result) => level === undefined || result.level === level);
    const fail = own.filter(({ outcome }) => outcome.kind === "fail").length;
    const skipped = own.filter(({ outcome }) => outcome.kind === "skipped").length;
    return { pass: own.length - fail - skipped, fail, blocked: 0, skipped, error: 0 };
  };
  return {
    kind,
    exit: EXITS[kind],
    reasons: [...(kind === "nonconformant" ? ["the exposition has errors"] : []), ...reasons],
    counts: counts(),
    levels: { MUST: counts("MUST"), SHOULD: counts("SHOULD"), MAY: counts("MAY") },
    baselined: 0,
  };
}
