// Reports as literals: the cases of the golden files.

import type { Counts, Outcome, Result, Verdict } from "../../src/base/judged.ts";
import type { Level } from "../../src/base/types.ts";
import type { ModuleReport, Report, ScenarioSummary } from "../../src/report/types.ts";

const DIGEST = "sha256:6d1b7c1f0f4d0ad0e2b8f9e3c58b6a0d5b6f3a7c0c9d8e7f6a5b4c3d2e1f0a9b";

export function result(id: string, level: Level, text: string, outcome: Outcome, more: Partial<Result> = {}): Result {
  return {
    id,
    area: id.split("/")[0] ?? id,
    level,
    text,
    sources: [`Module Template, "${id.split("/")[0]}"`],
    outcome,
    binding: level === "MUST",
    evidence: [],
    repeat: outcome.kind === "fail" ? [`conform ./module --only ${id}`] : [],
    scenarios: ["main"],
    ...more,
  };
}

export const pass: Outcome = { kind: "pass", events: [12] };

/** Counts as the engine's verdict has them; the reasons are given. */
export function verdictOf(results: Result[], kind: Verdict["kind"], reasons: string[]): Verdict {
  const tally = (some: Result[]): Counts => {
    const counts: Counts = { pass: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
    for (const { outcome } of some) counts[outcome.kind]++;
    return counts;
  };
  const of = (level: Level) => tally(results.filter((r) => r.level === level));
  return {
    kind,
    exit: kind === "conformant" || kind === "partial" ? 0 : kind === "nonconformant" ? 1 : 3,
    reasons,
    counts: tally(results),
    levels: { MUST: of("MUST"), SHOULD: of("SHOULD"), MAY: of("MAY") },
    baselined: results.filter((r) => r.outcome.kind === "fail" && r.baseline !== undefined).length,
  };
}

export function moduleOf(
  name: string,
  results: Result[],
  verdict: Verdict,
  more: Partial<ModuleReport> = {},
): ModuleReport {
  return {
    name,
    target: { kind: "folder", label: name, digest: DIGEST },
    contract: { name: "pywatt", version: "1.0.0", title: "PyWatt module", digest: DIGEST },
    started: "2026-03-01T09:30:00.000Z",
    duration_ms: 3210,
    strict: false,
    verdict,
    results,
    scenarios,
    notes: [],
    ...more,
  };
}

export function reportOf(modules: ModuleReport[], verdict: Verdict): Report {
  return {
    format: 1,
    tool: { name: "conform", version: "0.1.0" },
    started: "2026-03-01T09:30:00.000Z",
    duration_ms: 3250,
    verdict,
    modules,
  };
}

const scenarios: ScenarioSummary[] = [
  {
    name: "main",
    title: "An ordinary life: init, announce, probes, end",
    status: "ran",
    from: 0.012,
    to: 2.904,
    steps: [
      { name: "start", from: 0.012, to: 0.05, status: "done" },
      { name: "announced", from: 0.05, to: 0.412, status: "done" },
      { name: "health", from: 0.412, to: 0.43, status: "done" },
      { name: "scrape-1", from: 0.43, to: 0.447, status: "done" },
      { name: "traffic", from: 0.447, to: 0.52, status: "done" },
      { name: "scrape-2", from: 0.52, to: 0.541, status: "done" },
      { name: "ended", from: 0.541, to: 2.904, status: "done" },
    ],
  },
  {
    name: "malformed-init",
    title: "A first line that is no JSON",
    status: "ran",
    from: 0.013,
    to: 0.233,
    steps: [
      { name: "start", from: 0.013, to: 0.051, status: "done" },
      { name: "quiet", from: 0.051, to: 0.233, status: "done" },
    ],
  },
];

const SENTENCES: [string, Level, string][] = [
  ["handshake/reads-init", "MUST", "The module reads its init message from the first line of standard input."],
  ["handshake/rejects-malformed-json", "MUST", "A first line that is no JSON ends the module with a non-zero status."],
  [
    "handshake/ignores-unknown-fields",
    "SHOULD",
    "Fields of the init message that the module does not know are ignored.",
  ],
  ["announce/one-line", "MUST", "The announce is one JSON object on one line of standard output."],
  ["announce/listen-answers", "MUST", "The announced address accepts connections when it is announced."],
  ["endpoints/health-ok", "MUST", "GET /health answers 200, or 503 while the module is degraded."],
  ["endpoints/ping", "MUST", "GET /ping answers 200."],
  ["metrics/parses", "MUST", "GET /metrics answers a body that parses as Prometheus text."],
  ["metrics/counters-monotonic", "MUST", "A counter never falls between two scrapes of one run."],
  ["metrics/help-text", "SHOULD", "Every family has a help text."],
  ["manifest/version", "MUST", "The manifest's version is a semantic version."],
  ["lifecycle/ends-on-term", "MUST", "SIGTERM ends the module within five seconds."],
  ["lifecycle/exit-zero", "MAY", "A module that is ended by SIGTERM reports status 0."],
];

function conformingModule(name: string): ModuleReport {
  const results = SENTENCES.map(([id, level, text]) => result(id, level, text, pass));
  const skipped = result("channels/tcp", "SHOULD", "A declared TCP channel is connected.", {
    kind: "skipped",
    reason: "not declared in the manifest",
  });
  const all = [...results, skipped];
  return moduleOf(name, all, verdictOf(all, "conformant", ["13 requirements passed, none failed"]));
}

export function conforming(): Report {
  const module = conformingModule("./my-module");
  return reportOf([module], module.verdict);
}

export function empty(): Report {
  const module = moduleOf("./nothing", [], verdictOf([], "inconclusive", ["nothing was judged"]), {
    filtered: "--only nothing/*",
    scenarios: [],
  });
  return reportOf([module], module.verdict);
}

export function many(broken: Report): Report {
  const modules = [
    conformingModule("modules/alpha"),
    conformingModule("modules/Alpha"),
    ...broken.modules.map((module) => ({ ...module, name: "modules/broken" })),
    conformingModule("http://127.0.0.1:4100"),
  ];
  const verdict = verdictOf(
    modules.flatMap((module) => module.results),
    "nonconformant",
    ["1 of 4 modules does not conform"],
  );
  return reportOf(modules, verdict);
}
