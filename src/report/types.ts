// The nouns of a judged run: outcomes, results, reports. Types only, no code.
import type { Json, JudgedTarget, Level, Place } from "../base/types.ts";

// ---------------------------------------------------------------- judging

/** One contradiction between a sentence and what was seen. Facts only; wording.ts makes sentences. */
export interface Finding {
  /** What is concerned: a step, a pointer into a document, a series. */
  at: string;
  expected: Json;
  actual: Json;
  /** Numbers of the events that show it. */
  events: number[];
  place?: Place;
}

export type Outcome =
  | { kind: "pass"; events: number[] }
  /** `omitted`: findings beyond the judge's cap, counted but not kept. */
  | { kind: "fail"; findings: [Finding, ...Finding[]]; omitted?: number }
  | { kind: "blocked"; by: string; reason?: string }
  | { kind: "skipped"; reason: string }
  | { kind: "error"; message: string };

export type OutcomeKind = Outcome["kind"];

/** An event as shown beside a finding: the transcript's slice in words, already redacted and cut. */
export interface Evidence {
  event: number;
  /** Seconds since the run's start. */
  t: number;
  scenario: string;
  step?: string;
  text: string;
}

/** A requirement with its outcome and everything a reader needs to act. */
export interface Result {
  id: string;
  area: string;
  level: Level;
  text: string;
  /** `Title, section` of each source. */
  sources: string[];
  outcome: Outcome;
  /** Does a failure count for the verdict? MUST always, SHOULD with --strict; never when baselined. */
  binding: boolean;
  baseline?: { owner?: string; reason: string; issue?: string; expires?: string };
  why?: string;
  hint?: string;
  evidence: Evidence[];
  /** Commands that repeat the observation. */
  repeat: string[];
  /** Names of the scenarios it was judged from. */
  scenarios: string[];
}

export type VerdictKind = "conformant" | "nonconformant" | "inconclusive";

export interface Counts {
  pass: number;
  fail: number;
  blocked: number;
  skipped: number;
  error: number;
}

export interface Verdict {
  kind: VerdictKind;
  /** 0, 1, 3, 70, 130 or 143. */
  exit: number;
  /** One reason per line, most important first. */
  reasons: string[];
  counts: Counts;
  levels: { [L in Level]: Counts };
  /** Failures that were excused by a valid baseline entry. */
  baselined: number;
}

// ---------------------------------------------------------------- report

export interface StepSummary {
  name: string;
  /** Seconds since the run's start. */
  from: number;
  to: number;
  status: StepStatus;
}

/** `done`: came to its good end; `failed`: did not; `skipped`: its condition was false; `not-run`: an earlier step ended the scenario. */
export type StepStatus = "done" | "failed" | "skipped" | "not-run";

export interface ScenarioSummary {
  name: string;
  title?: string;
  status: "ran" | "stopped" | "skipped" | "error";
  reason?: string;
  from: number;
  to: number;
  steps: StepSummary[];
}

/** One judged module. */
export interface ModuleReport {
  /** Unique in the report; the target's label. */
  name: string;
  /** `changed`: its digest when the run had ended, where that is another. */
  target: JudgedTarget & { changed?: string };
  contract: { name: string; version: string; title: string; digest: string };
  /** Kind of machine: `linux x64, Node 20.19.0`. */
  machine?: string;
  started: string;
  duration_ms: number;
  profile?: string;
  strict: boolean;
  /** Requests that may change what the module keeps were allowed. */
  unsafe_probes?: boolean;
  /** What was left out on the command line, in words; a filtered run earns no badge. */
  filtered?: string;
  /** Why the run did not come to its end. */
  partial?: string;
  verdict: Verdict;
  results: Result[];
  scenarios: ScenarioSummary[];
  notes: string[];
  /** The baseline of the run, if it had one; a run with entries earns no badge. */
  baseline?: { file: string; entries: number };
  /** Baseline entries that no longer apply: `id: why`. */
  staleBaseline?: string[];
}

/** The result of a run: the only input of reporters, badge and certificate. */
export interface Report {
  format: 1;
  tool: { name: string; version: string };
  started: string;
  duration_ms: number;
  verdict: Verdict;
  modules: ModuleReport[];
}

/** A reporter is pure: report in, files or text out. */
export interface RenderedFile {
  /** File name below --out, or `-` for standard output. */
  name: string;
  content: string;
}
