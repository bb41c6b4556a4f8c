// The report on a terminal: root causes, failures by area with everything needed to act, counts, one verdict line.

import type { Finding, Result } from "../../base/judged.ts";
import { harmless, visible } from "../../base/visible.ts";
import type { ModuleReport } from "../types.ts";
import { type Area, areasOf, problems, type Row, rootCauses, weightyCauses } from "./arrange.ts";
import { columnsOf, labelled, pad, painter, type Style, wrap } from "./layout.ts";
import {
  frameOf,
  type RenderOptions,
  type Reporter,
  type Stream,
  type StreamFrame,
  throughStream,
} from "./reporter.ts";
import { type SummaryRow, summaryTable } from "./table.ts";
import { overallLines, type Page, verdictLines } from "./text-verdict.ts";
import {
  baselineFile,
  baselineText,
  contrast,
  count,
  cut,
  eventsText,
  evidenceLines,
  flakyIds,
  grouped,
  reasonLine,
  type State,
  whereText,
} from "./wording.ts";

export const reporter: Reporter = {
  name: "text",
  fileName: "-",
  render: (report, options) => throughStream(report, stream(frameOf(report), options)),
  stream,
};

const TAGS: { [S in State]: { word: string; style: Style } } = {
  fail: { word: "FAIL", style: "red" },
  error: { word: "ERROR", style: "magenta" },
  warning: { word: "warn", style: "yellow" },
  info: { word: "note", style: "cyan" },
  known: { word: "known", style: "cyan" },
  blocked: { word: "wait", style: "dim" },
  skipped: { word: "skip", style: "dim" },
  pass: { word: "pass", style: "green" },
};

/** Requirements shown with all details without -v; the others of a module get one line each. */
const DETAILED = 50;
const DETAIL = { indent: 8, label: 10 };

function stream(frame: StreamFrame, options: RenderOptions): Stream {
  const page: Page = {
    paint: painter(options.color === true),
    columns: Math.max(40, options.width ?? 100),
    verbose: options.verbosity === "verbose",
    options,
  };
  const quiet = options.verbosity === "quiet";
  const rows: SummaryRow[] = [];
  const whole = (lines: readonly string[]): string => lines.map((line) => `${harmless(line)}\n`).join("");
  return {
    head: "",
    module(module) {
      rows.push(rowOf(module));
      const told = verdictLines(module, frame, page);
      if (quiet) return whole([...quietLines(module, frame, page), ...told]);
      const lines = [...(folded(module, frame, page) ? [] : moduleLines(module, page)), ...told];
      return whole(frame.modules.length === 1 ? lines : [...lines, ""]);
    },
    tail(verdict) {
      const table = rows.length > 1 ? [...summaryTable({ modules: rows }, page.paint, page.columns), ""] : [];
      return whole([...table, ...(rows.length === 1 ? [] : overallLines({ ...frame, modules: rows, verdict }, page))]);
    },
  };
}

/** What the table at the end shows; the results are not kept for it. */
function rowOf({ name, verdict, strict, duration_ms }: ModuleReport): SummaryRow {
  return { name, verdict: { ...verdict, reasons: [] }, strict, duration_ms };
}

/** Among several modules one without anything to act on is its verdict line alone. */
function folded(module: ModuleReport, report: StreamFrame, page: Page): boolean {
  const silent =
    module.notes.length === 0 &&
    flakyIds(module).length === 0 &&
    module.partial === undefined &&
    !areasOf(module).some(needsAction);
  return report.modules.length > 1 && !page.verbose && silent && module.verdict.exit === 0;
}

function quietLines(module: ModuleReport, report: StreamFrame, page: Page): string[] {
  const prefix = report.modules.length > 1 ? `${visible(module.name)}: ` : "";
  return problems(module)
    .filter(({ state }) => state === "fail" || state === "error")
    .flatMap(({ result, state }) => {
      const text = `${result.level} ${prefix}${visible(result.id)}  ${reasonLine(result, 200)}`;
      return labelled(page.paint(TAGS[state].word, TAGS[state].style), text, {
        indent: 0,
        label: 6,
        columns: page.columns,
      });
    });
}

function moduleLines(module: ModuleReport, page: Page): string[] {
  const { paint } = page;
  const lines = [
    `${paint(visible(module.name), "bold")}  ${visible(module.contract.title)} ${visible(module.contract.version)}`,
  ];
  const remark = (text: string) => lines.push(...labelled("", text, { indent: 2, label: 0, columns: page.columns }));
  if (module.partial !== undefined) remark(`Partial: the run did not come to its end: ${visible(module.partial)}`);
  if (module.filtered !== undefined) remark(`Only a part was judged: ${visible(module.filtered)}`);
  if (module.profile !== undefined) remark(`Profile: ${visible(module.profile)}`);
  if (module.baseline !== undefined) remark(`Baseline: ${baselineFile(module.baseline)}`);
  for (const note of module.notes) remark(visible(note));
  lines.push("", ...causeLines(module, page));
  const areas = areasOf(module);
  const shown = new Set(page.verbose ? areas : areas.filter(needsAction));
  const detailed = new Set(
    page.verbose
      ? module.results
      : problems(module)
          .slice(0, DETAILED)
          .map((row) => row.result),
  );
  for (const area of shown) lines.push(...areaLines(area, detailed, page), "");
  const rest = areas.filter((area) => !shown.has(area));
  const widest = Math.max(0, ...rest.map((area) => columnsOf(visible(area.name))));
  for (const area of rest) lines.push(`${pad(visible(area.name), widest)}  ${areaCounts(area, page)}`);
  if (rest.length > 0) lines.push("");
  const flaky = flakyIds(module);
  if (flaky.length > 0)
    lines.push(...labelled("Flaky:", flaky.join(", "), { indent: 0, label: 9, columns: page.columns }), "");
  if (!page.verbose) lines.push(...waitingLines(module, page), ...skippedLines(module, page));
  for (const stale of module.staleBaseline ?? [])
    lines.push(
      ...labelled("Stale baseline entry:", visible(stale), { indent: 0, label: 23, columns: page.columns }),
      "",
    );
  return lines;
}

function needsAction(area: Area): boolean {
  const { fail, error, warning, info, known } = area.counts;
  return fail + error + warning + info + known > 0;
}

function causeLines(module: ModuleReport, page: Page): string[] {
  const causes = weightyCauses(module);
  if (causes.length === 0) return [];
  const lines = [page.paint("Root causes", "bold")];
  for (const cause of causes) {
    const wait = `${count(cause.waiting.length, "requirement waits", "requirements wait")} for ${visible(cause.by)}`;
    const reason = cause.reason ?? (cause.result === undefined ? undefined : reasonLine(cause.result, 200));
    const text = reason === undefined ? `${wait}.` : `${wait}: ${visible(reason)}`;
    lines.push(...labelled("", text, { indent: 2, label: 0, columns: page.columns }));
  }
  return [...lines, ""];
}

function areaLines(area: Area, detailed: Set<Result>, page: Page): string[] {
  const lines = [`${page.paint(visible(area.name), "bold")}  ${areaCounts(area, page)}`];
  for (const row of area.rows) {
    const folded = row.state === "pass" || row.state === "blocked" || row.state === "skipped";
    if (!folded || page.verbose) lines.push(...rowLines(row, !folded && detailed.has(row.result), page));
  }
  return lines;
}

function areaCounts({ counts }: Area, { paint }: Page): string {
  const part = (state: State, words: string) => (counts[state] > 0 ? paint(words, TAGS[state].style) : "");
  return [
    part("fail", `${grouped(counts.fail)} failed`),
    part("error", count(counts.error, "error")),
    part("warning", count(counts.warning, "warning")),
    part("info", count(counts.info, "note")),
    part("known", `${grouped(counts.known)} known`),
    part("blocked", `${grouped(counts.blocked)} waiting`),
    part("pass", `${grouped(counts.pass)} passed`),
    part("skipped", `${grouped(counts.skipped)} skipped`),
  ]
    .filter((text) => text !== "")
    .join(", ");
}

function rowLines({ result, state }: Row, details: boolean, page: Page): string[] {
  const { paint, columns } = page;
  const tag = paint(pad(TAGS[state].word, 6), TAGS[state].style, ...(state === "fail" ? ["bold" as const] : []));
  const head = `  ${tag}${pad(result.level, 7)}${paint(visible(result.id), "bold")}`;
  if (!details) {
    const text = state === "pass" ? visible(result.text) : `${visible(result.text)} (${reasonLine(result, 200)})`;
    return [head, ...wrap(text, columns - DETAIL.indent).map((line) => " ".repeat(DETAIL.indent) + line)];
  }
  const lines = [
    head,
    ...wrap(visible(result.text), columns - DETAIL.indent).map((l) => " ".repeat(DETAIL.indent) + l),
  ];
  const detail = (label: string, text: string) =>
    lines.push(...labelled(paint(label, "dim"), text, { ...DETAIL, columns }));
  if (result.outcome.kind === "error") detail("conform", cut(visible(result.outcome.message), valueMax(page)));
  if (result.outcome.kind === "fail") {
    const max = page.verbose ? 200 : 3;
    const { findings } = result.outcome;
    let before = "";
    for (const finding of findings.slice(0, max))
      before = findingLines(finding, { before, several: findings.length > 1 }, page, detail);
    const more = findings.length - Math.min(max, findings.length) + (result.outcome.omitted ?? 0);
    if (more > 0) detail("", `… ${count(more, "more finding")}${page.verbose ? "" : " (-v shows more)"}`);
  }
  const known = baselineText(result);
  if (known !== undefined) detail("baseline", known);
  if (result.sources.length > 0) detail("source", result.sources.map(visible).join("; "));
  if (page.verbose && result.why !== undefined) detail("why", visible(result.why));
  if (result.hint !== undefined) detail("hint", visible(result.hint));
  const evidence = result.evidence.slice(0, page.verbose ? 50 : 5);
  evidence.forEach((e, i) => {
    const seen = evidenceLines(e, valueMax(page), page.verbose ? 100 : 6);
    seen.forEach((line, j) => {
      detail(i === 0 && j === 0 ? "seen" : "", line);
    });
  });
  const unseen = result.evidence.length - evidence.length;
  if (unseen > 0) detail("", `… ${count(unseen, "more event")}`);
  // Commands are never broken: they are there to be copied.
  result.repeat.forEach((command, i) => {
    lines.push(
      `${" ".repeat(DETAIL.indent)}${pad(paint(i === 0 ? "repeat" : "", "dim"), DETAIL.label)}${visible(command)}`,
    );
  });
  return lines;
}

/** The place is not said again when the finding before was made there too. Returns it. */
function findingLines(
  finding: Finding,
  frame: { before: string; several: boolean },
  page: Page,
  detail: (label: string, text: string) => void,
): string {
  const { expected, actual } = contrast(finding, valueMax(page));
  const where = whereText(finding);
  const said = eventsText(finding);
  const events = said === "" ? "" : `(${said})`;
  const at = where !== "" || frame.several ? [where, events].filter(Boolean).join("  ") : "";
  if (at !== "" && at !== frame.before) detail("at", at);
  detail("expected", expected);
  detail("actual", at === "" && events !== "" ? `${actual}  ${events}` : actual);
  return at;
}

function valueMax(page: Page): number {
  return page.verbose ? 4096 : 300;
}

/** What waits for something that does not count is no news to open with. */
function waitingLines(module: ModuleReport, page: Page): string[] {
  const weighty = new Set(weightyCauses(module).map(({ by }) => by));
  const others = rootCauses(module).filter(({ by }) => !weighty.has(by));
  if (others.length === 0) return [];
  const parts = others.slice(0, 5).map(({ by, waiting }) => `${grouped(waiting.length)} for ${visible(by)}`);
  if (others.length > 5) parts.push(`${count(others.length - 5, "other cause")} (-v)`);
  return [...labelled("Waiting:", parts.join("; "), { indent: 0, label: 9, columns: page.columns }), ""];
}

function skippedLines(module: ModuleReport, page: Page): string[] {
  const reasons = new Map<string, number>();
  for (const { outcome } of module.results)
    if (outcome.kind === "skipped") reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1);
  if (reasons.size === 0) return [];
  const sorted = [...reasons].sort((a, b) => b[1] - a[1]);
  const parts = sorted.slice(0, 5).map(([reason, n]) => `${grouped(n)} ${cut(visible(reason), 120)}`);
  if (sorted.length > 5) parts.push(`${count(sorted.length - 5, "other reason")} (-v)`);
  return [...labelled("Skipped:", parts.join("; "), { indent: 0, label: 9, columns: page.columns }), ""];
}
