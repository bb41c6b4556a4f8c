// What judging decides: outcomes with their findings, results, verdicts. Types only, no code.
import type { Json, Level, Place } from "./types.ts";

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

/** What became of a requirement: `fail` with what contradicts it; `blocked` by what had to come first; `error`: conform could not tell. */
export type Outcome =
  | { kind: "pass"; events: number[] }
  /** `omitted`: findings beyond the judge's cap, counted but not kept. */
  | { kind: "fail"; findings: [Finding, ...Finding[]]; omitted?: number }
  | { kind: "blocked"; by: string; reason?: string }
  /** `left_out`: it may apply, but the user did not select it, or this kind of target hides it. */
  | { kind: "skipped"; reason: string; left_out?: LeftOut }
  | { kind: "error"; message: string };

/** Why a requirement was not judged: not chosen, or it does not apply to this module. */
export type LeftOut = "selection" | "target";

/** `pass`, `fail`, `blocked`, `skipped` or `error`. */
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
  /** How long the steps took that it was judged from. */
  duration_ms?: number;
  /** It failed at first and passed at the second look. */
  flaky?: true;
}

/** `partial`: nothing failed, but not everything that may bind was judged. */
export type VerdictKind = "conformant" | "partial" | "nonconformant" | "inconclusive";

/** How many requirements came to each outcome. */
export interface Counts {
  pass: number;
  fail: number;
  blocked: number;
  skipped: number;
  error: number;
}

/** The verdict with its exit code (0, 1, 3, 70, 130, 143), counts over all levels and by level, and its reasons, worst first. */
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
