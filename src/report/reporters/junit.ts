// JUnit XML. `portable` is valid under the three schemas in circulation, `rich` adds file, line and properties per case.

import type { Result, Verdict } from "../../base/judged.ts";
import { visible } from "../../base/visible.ts";
import type { ModuleReport } from "../types.ts";
import { placeOfResult, repositoryFile, runProblem } from "./arrange.ts";
import { type DetailLimits, detailLines, fullDetails } from "./details.ts";
import {
  frameOf,
  type RenderOptions,
  type Reporter,
  type Stream,
  type StreamFrame,
  throughStream,
} from "./reporter.ts";
import { moduleSlugs } from "./slug.ts";
import { baselineFile, baselineText, contractText, cut, headline, levelsText, reasonLine, stateOf } from "./wording.ts";
import { seconds, xml, xmlTimestamp } from "./xml.ts";

export const reporter: Reporter = {
  name: "junit",
  fileName: "junit.xml",
  render: (report, options) => throughStream(report, stream(frameOf(report), options)),
  stream,
};

type Dialect = "portable" | "rich";

/** One testcase as written. */
interface Case {
  name: string;
  classname: string;
  result?: Result;
  /** Where in the repository, rich dialect. */
  place?: { file: string; line?: number };
  kind: "pass" | "failure" | "error" | "skipped";
  type: string;
  message: string;
  body: string;
}

interface Suite {
  name: string;
  id: number;
  started: string;
  seconds: string;
  properties: [string, string][];
  cases: Case[];
  out: string;
}

/** Characters: of one case, a suite's standard output, all bodies. */
const MAX = { body: 16_384, out: 262_144, bodies: 4_000_000 };

function stream(frame: StreamFrame, options: RenderOptions): Stream {
  const dialect = options.junitDialect ?? "portable";
  const failing = frame.modules.reduce((sum, { open }) => sum + open, 0);
  const bodyMax = Math.min(MAX.body, Math.max(400, Math.floor(MAX.bodies / Math.max(1, failing))));
  const slugs = moduleSlugs(frame);
  const tallies = { tests: 0, failure: 0, error: 0, skipped: 0 };
  const lines = (suite: Suite): string => {
    tallies.tests += suite.cases.length;
    for (const kind of ["failure", "error", "skipped"] as const) tallies[kind] += tally(suite.cases, kind);
    return `${suiteLines(suite, dialect).join("\n")}\n`;
  };
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites';
  const totals = () =>
    ` name="conform" tests="${tallies.tests}" failures="${tallies.failure}" errors="${tallies.error}" skipped="${tallies.skipped}" time="${seconds(frame.duration_ms)}"`;
  return {
    head: dialect === "rich" ? "" : `${declaration}>\n`,
    ...(dialect === "rich" ? { lateHead: () => `${declaration}${totals()}>\n` } : {}),
    module: (module, id) =>
      lines(
        moduleSuite(dialect === "rich" ? selectedOf(module) : module, {
          slug: slugs[id] ?? "module",
          id,
          bodyMax,
          frame,
        }),
      ),
    tail: (verdict) => `${frame.modules.length === 0 ? lines(emptySuite(frame, verdict)) : ""}</testsuites>\n`,
  };
}

function moduleSuite(
  module: ModuleReport,
  frame: { slug: string; id: number; bodyMax: number; frame: StreamFrame },
): Suite {
  const several = frame.frame.modules.length > 1;
  const cases = module.results.map((result) => {
    const own = caseOf(result, frame.slug, frame.bodyMax);
    // Consumers take equal names for retries of one case, so names are unique over all modules.
    if (several) own.name = `${own.name} [${frame.slug}]`;
    const place = placed(module, result);
    if (place !== undefined) own.place = place;
    return own;
  });
  const problem = runProblem(module);
  if (problem !== undefined)
    cases.push(runCase(frame.slug, problem, frame.frame.modules.length > 1 ? `run [${frame.slug}]` : "run"));
  return {
    name: frame.slug,
    id: frame.id,
    started: xmlTimestamp(module.started),
    seconds: seconds(module.duration_ms),
    properties: propertiesOf(module, frame.frame),
    cases,
    out: suiteOutput(module),
  };
}

/** Rich: what the user did not select is no case; `filtered` says what it was. */
function selectedOf(module: ModuleReport): ModuleReport {
  const results = module.results.filter(
    ({ outcome }) => outcome.kind !== "skipped" || outcome.left_out !== "selection",
  );
  return { ...module, results };
}

function emptySuite(report: StreamFrame, verdict: Verdict): Suite {
  return {
    name: "conform",
    id: 0,
    started: xmlTimestamp(report.started),
    seconds: seconds(report.duration_ms),
    properties: [["tool", `${report.tool.name} ${report.tool.version}`]],
    cases:
      verdict.exit === 0
        ? []
        : [runCase("conform", { failed: false, lines: verdict.reasons.map((line) => visible(line)) })],
    out: "",
  };
}

/** A case about the run itself: the file must not look green where the verdict is not. */
function runCase(slug: string, { failed, lines }: { failed: boolean; lines: string[] }, name = "run"): Case {
  return {
    name,
    classname: `${slug}.run`,
    kind: failed ? "failure" : "error",
    type: failed ? "nonconformant" : "inconclusive",
    message: cut(lines[0] ?? "inconclusive", 150),
    body: cut(lines.join("\n"), MAX.body),
  };
}

function caseOf(result: Result, slug: string, bodyMax: number): Case {
  const state = stateOf(result);
  const name = visible(result.id);
  const classname = `${slug}.${visible(result.area)}`;
  const skipped = (type: string, body: string): Case => {
    const message = cut(`${type}: ${body}`, 150);
    return { name, classname, result, kind: "skipped", type, message, body };
  };
  switch (state) {
    case "pass":
    case "warning":
    case "info":
      return { name, classname, result, kind: "pass", type: state, message: "", body: "" };
    case "blocked":
      return skipped("blocked", reasonLine(result, 1000));
    case "skipped":
      return skipped("skipped", reasonLine(result, 1000));
    case "known":
      return skipped("known", baselineText(result) ?? reasonLine(result, 1000));
    case "fail":
    case "error": {
      const type = state === "fail" ? result.level : "conform";
      const body = bodyText(result, bodyMax);
      return {
        name,
        classname,
        result,
        kind: state === "fail" ? "failure" : "error",
        type,
        message: cut(reasonLine(result, 150), 150),
        body,
      };
    }
  }
}

/** The details, with values short enough that hint and commands at the end are not what is cut. */
function bodyText(result: Result, max: number): string {
  const limits: DetailLimits = {
    value: Math.min(fullDetails.value, Math.floor(max / 6)),
    findings: Math.max(1, Math.min(fullDetails.findings, Math.floor(max / 800))),
    evidence: Math.max(2, Math.min(fullDetails.evidence, Math.floor(max / 800))),
  };
  return cut(detailLines(result, limits).join("\n"), max);
}

/** What a pass or skip cannot carry: warnings, notes and known failures. */
function suiteOutput(module: ModuleReport): string {
  const lines = module.notes.map((note) => `note: ${visible(note)}`);
  for (const stale of module.staleBaseline ?? []) lines.push(`stale baseline entry: ${visible(stale)}`);
  for (const result of module.results) {
    const state = stateOf(result);
    if (state !== "warning" && state !== "info" && state !== "known") continue;
    lines.push(
      "",
      `${state}: ${visible(result.id)}`,
      ...detailLines(result, { value: 500, findings: 10, evidence: 5 }),
    );
  }
  return cut(lines.join("\n").replace(/^\n/, ""), MAX.out);
}

function propertiesOf(module: ModuleReport, report: StreamFrame): [string, string][] {
  const optional: [string, string | undefined][] = [
    ["tool", `${report.tool.name} ${report.tool.version}`],
    ["module", module.name],
    ["target", `${module.target.kind} ${module.target.label}`],
    ["target-digest", module.target.digest],
    ["contract", contractText(module)],
    ["contract-digest", module.contract.digest],
    ["verdict", module.verdict.kind],
    ["headline", headline(module)],
    ["exit", String(module.verdict.exit)],
    ["levels", levelsText(module.verdict, module.strict)],
    ["strict", String(module.strict)],
    ["filtered", module.filtered],
    ["partial", module.partial],
    ["baseline", module.baseline === undefined ? undefined : baselineFile(module.baseline)],
  ];
  return optional.flatMap(([name, value]) => (value === undefined ? [] : [[name, cut(visible(value), 1000)]]));
}

function suiteLines(suite: Suite, dialect: Dialect): string[] {
  const attributes = `name="${xml(suite.name)}" package="${xml(suite.name)}" id="${suite.id}" timestamp="${suite.started}" hostname="localhost"`;
  return [
    `  <testsuite ${attributes} ${totalsOf(suite.cases)} skipped="${tally(suite.cases, "skipped")}" time="${suite.seconds}">`,
    "    <properties>",
    ...suite.properties.map(([name, value]) => `      <property name="${xml(name)}" value="${xml(value)}"/>`),
    "    </properties>",
    ...suite.cases.flatMap((c) => caseLines(c, dialect)),
    `    <system-out>${xml(suite.out)}</system-out>`,
    "    <system-err></system-err>",
    "  </testsuite>",
  ];
}

function caseLines(c: Case, dialect: Dialect): string[] {
  const open = `    <testcase name="${xml(c.name)}" classname="${xml(c.classname)}" time="${seconds(c.result?.duration_ms ?? 0)}"${dialect === "rich" ? fileOf(c) : ""}`;
  const inner = [...(dialect === "rich" ? [...richProperties(c), ...flakyLines(c)] : []), ...outcomeLines(c)];
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, "    </testcase>"];
}

/** Maven's word for what failed at first and passed then. */
function flakyLines({ result }: Case): string[] {
  if (result?.flaky !== true) return [];
  return [`      <flakyFailure type="${result.level}" message="failed at first, passed at the second look"/>`];
}

function outcomeLines(c: Case): string[] {
  if (c.kind === "pass") return [];
  if (c.kind === "skipped") return [`      <skipped message="${xml(c.message)}">${xml(c.body)}</skipped>`];
  return [`      <${c.kind} type="${xml(c.type)}" message="${xml(c.message)}">${xml(c.body)}</${c.kind}>`];
}

function placed(module: ModuleReport, result: Result): Case["place"] {
  const place = placeOfResult(result);
  if (place === undefined) return undefined;
  return { file: repositoryFile(module, place), ...(place.line === undefined ? {} : { line: place.line }) };
}

function fileOf({ place }: Case): string {
  if (place === undefined) return "";
  return ` file="${xml(place.file)}"${place.line === undefined ? "" : ` line="${place.line}"`}`;
}

function richProperties({ result }: Case): string[] {
  if (result === undefined) return [];
  const properties: [string, string][] = [
    ["level", result.level],
    ["sentence", result.text],
    ["state", stateOf(result)],
    ...result.sources.map((source): [string, string] => ["source", source]),
    ...result.scenarios.map((scenario): [string, string] => ["scenario", scenario]),
  ];
  return [
    "      <properties>",
    ...properties.map(
      ([name, value]) => `        <property name="${name}" value="${xml(cut(visible(value), 1000))}"/>`,
    ),
    "      </properties>",
  ];
}

function totalsOf(cases: Case[]): string {
  return `tests="${cases.length}" failures="${tally(cases, "failure")}" errors="${tally(cases, "error")}"`;
}

function tally(cases: Case[], kind: Case["kind"]): number {
  return cases.filter((c) => c.kind === kind).length;
}
