// CTRF, the Common Test Report Format: one JSON for dashboards. What it has no word for stands under `extra` and `rawStatus`.

import type { Result } from "../../base/judged.ts";
import { visible, visibleJson } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import { placeOfResult, repositoryFile, runProblem } from "./arrange.ts";
import { detailLines } from "./details.ts";
import type { Reporter } from "./reporter.ts";
import { cut, headline, reasonLine, type State, stateOf } from "./wording.ts";

export const reporter: Reporter = { name: "ctrf", fileName: "ctrf.json", render };

type Status = "passed" | "failed" | "skipped" | "pending" | "other";

/** A warning is neither passed nor failed; what waits is pending; what conform could not tell must not look green. */
const STATUS: { [S in State]: Status } = {
  pass: "passed",
  fail: "failed",
  error: "failed",
  warning: "other",
  info: "other",
  known: "skipped",
  skipped: "skipped",
  blocked: "pending",
};

const LIMITS = { value: 2000, findings: 50, evidence: 20 };

function render(report: Report): string {
  const tests = report.modules.flatMap((module) => [
    ...module.results.map((result) => test(result, module)),
    ...runTest(module),
  ]);
  const tally = (status: Status) => tests.filter((t) => t.status === status).length;
  const start = milliseconds(report.started);
  const ctrf = {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    generatedBy: `${report.tool.name} ${report.tool.version}`,
    results: {
      tool: { name: report.tool.name || "conform", version: report.tool.version },
      summary: {
        tests: tests.length,
        passed: tally("passed"),
        failed: tally("failed"),
        skipped: tally("skipped"),
        pending: tally("pending"),
        other: tally("other"),
        suites: new Set(tests.map((t) => t.suite.join("\n"))).size,
        start,
        stop: start + Math.max(0, Math.round(report.duration_ms) || 0),
      },
      tests,
      extra: { verdict: report.verdict, modules: report.modules.map(moduleFacts) },
    },
  };
  return `${visibleJson(JSON.stringify(ctrf, null, 1))}\n`;
}

function test(result: Result, module: ModuleReport) {
  const state = stateOf(result);
  const place = placeOfResult(result);
  return {
    name: visible(result.id) || "?",
    status: STATUS[state],
    duration: result.duration_ms ?? 0,
    ...(result.flaky === true ? { flaky: true, retries: 1 } : {}),
    suite: [visible(module.name), visible(result.area)],
    rawStatus: state,
    ...(state === "pass"
      ? {}
      : { message: reasonLine(result, 300), trace: cut(detailLines(result, LIMITS).join("\n"), 16_384) }),
    ...(place === undefined ? {} : { filePath: repositoryFile(module, place) }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    labels: { level: result.level, binding: result.binding },
    extra: {
      text: visible(result.text),
      sources: result.sources.map(visible),
      scenarios: result.scenarios.map(visible),
      ...(result.hint === undefined ? {} : { hint: visible(result.hint) }),
      ...(result.repeat.length === 0 ? {} : { repeat: result.repeat.map(visible) }),
    },
  };
}

function runTest(module: ModuleReport) {
  const problem = runProblem(module);
  if (problem === undefined) return [];
  const status: Status = "failed";
  return [
    {
      name: "run",
      status,
      duration: Math.max(0, Math.round(module.duration_ms) || 0),
      suite: [visible(module.name), "run"],
      rawStatus: module.verdict.kind,
      message: cut(problem.lines.join("\n") || "inconclusive", 4000),
    },
  ];
}

function moduleFacts(module: ModuleReport) {
  const { name, target, contract, started, duration_ms, profile, strict, filtered, partial, baseline, verdict } =
    module;
  return {
    name,
    target,
    contract,
    started,
    duration_ms,
    profile,
    strict,
    filtered,
    partial,
    baseline,
    verdict,
    headline: headline(module),
  };
}

function milliseconds(iso: string): number {
  const time = new Date(iso).getTime();
  return Number.isNaN(time) ? 0 : time;
}
