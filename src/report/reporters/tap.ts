// TAP 14: one line per requirement with a YAML block of what a reader needs. Warnings and known failures are TODO, they do not fail.

import type { Result } from "../../base/judged.ts";
import { harmless, visible, visibleJson } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import { runProblem } from "./arrange.ts";
import type { Reporter } from "./reporter.ts";
import {
  contrast,
  count,
  cut,
  evidenceText,
  flakyIds,
  headline,
  reasonLine,
  reasonsText,
  type State,
  stateOf,
  whereText,
} from "./wording.ts";

export const reporter: Reporter = { name: "tap", fileName: "report.tap", render };

interface Point {
  ok: boolean;
  description: string;
  directive: string;
  diagnostic: [string, unknown][];
}

const FINDINGS = 50;
const EVIDENCE = 20;

function render(report: Report): string {
  const points = report.modules.flatMap((module) => modulePoints(module, report.modules.length > 1));
  if (report.modules.length === 0 && report.verdict.exit !== 0) points.push(runPoint("run", report.verdict.reasons));
  const lines = ["TAP version 14", `1..${points.length}${points.length === 0 ? " # SKIP nothing was judged" : ""}`];
  for (const [i, point] of points.entries()) lines.push(...pointLines(point, i + 1));
  for (const module of report.modules)
    lines.push(
      `# ${escaped(visible(module.name))}: ${headline(module).toLowerCase()} ${escaped(reasonsText(module.verdict.reasons))}`.trimEnd(),
    );
  for (const flaky of report.modules.flatMap(flakyIds)) lines.push(`# flaky: ${escaped(flaky)}`);
  lines.push(`# verdict: ${report.verdict.kind}`);
  return `${lines.map(harmless).join("\n")}\n`;
}

function modulePoints(module: ModuleReport, several: boolean): Point[] {
  const prefix = several ? `${visible(module.name)}: ` : "";
  const points = module.results.map((result) => pointOf(result, prefix));
  const problem = runProblem(module);
  return problem === undefined ? points : [...points, runPoint(`${prefix}run`, problem.lines)];
}

function runPoint(description: string, reasons: string[]): Point {
  return {
    ok: false,
    description,
    directive: "",
    diagnostic: [["reasons", reasons.slice(0, 20).map((r) => visible(r))]],
  };
}

function pointOf(result: Result, prefix: string): Point {
  const state = stateOf(result);
  const reason = cut(reasonLine(result, 200), 200);
  const directives: { [S in State]: string } = {
    pass: "",
    fail: "",
    error: "",
    warning: `TODO warning: a ${result.level} that does not count`,
    info: `TODO note: a ${result.level} that does not count`,
    known: `TODO known: ${cut(visible(result.baseline?.reason ?? ""), 200)}`,
    blocked: `SKIP blocked: ${reason}`,
    skipped: `SKIP ${reason}`,
  };
  return {
    ok: state === "pass" || state === "blocked" || state === "skipped",
    description: `${prefix}${visible(result.id)} ${cut(visible(result.text), 300)}`,
    directive: directives[state],
    diagnostic: state === "pass" || state === "skipped" || state === "blocked" ? [] : diagnostic(result, state),
  };
}

function diagnostic(result: Result, state: State): [string, unknown][] {
  const { outcome } = result;
  const entries: [string, unknown][] = [
    ["level", result.level],
    ["state", state],
    ["sentence", visible(result.text)],
    ["source", result.sources.map(visible)],
  ];
  if (outcome.kind === "error") entries.push(["conform", cut(visible(outcome.message), 2000)]);
  if (outcome.kind === "fail") {
    const findings = outcome.findings.slice(0, FINDINGS);
    entries.push([
      "findings",
      findings.map((f) => ({ at: cut(whereText(f), 500), ...contrast(f, 1000), events: f.events.slice(0, 20) })),
    ]);
    const more = outcome.findings.length - findings.length + (outcome.omitted ?? 0);
    if (more > 0) entries.push(["cut", count(more, "more finding")]);
  }
  if (result.hint !== undefined) entries.push(["hint", visible(result.hint)]);
  if (result.evidence.length > 0) {
    const more = result.evidence.length - EVIDENCE;
    const seen = result.evidence.slice(0, EVIDENCE).map((e) => evidenceText(e, 1000));
    entries.push(["seen", more > 0 ? [...seen, `… ${count(more, "more event")}`] : seen]);
  }
  if (result.repeat.length > 0) entries.push(["repeat", result.repeat.map(visible)]);
  return entries;
}

/** JSON is YAML; one entry per line. */
function pointLines({ ok, description, directive, diagnostic }: Point, n: number): string[] {
  const words = escaped(description);
  const first = `${ok ? "ok" : "not ok"} ${n} - ${words}${directive === "" ? "" : ` # ${escaped(directive)}`}`;
  if (diagnostic.length === 0) return [first];
  return [
    first,
    "  ---",
    ...diagnostic.map(([key, value]) => `  ${key}: ${visibleJson(JSON.stringify(value))}`),
    "  ...",
  ];
}

/** TAP 14: `\` and `#` in a description are escaped. */
function escaped(text: string): string {
  return text.replace(/[\\#]/g, "\\$&");
}
