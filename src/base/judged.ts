// What judging decides: outcomes with their findings, results, verdicts. Types only, no code.
import type { Json, Level, Place } from "./types.ts";

/** One contradiction between a sentence and what was seen. Facts only; reporters make sentences of them. */
export interface Finding {
  /** What is concerned: a step, a pointer into a document, a series. */
  at: string;
  expected: Json;
  actual: Json;
  /** Numbers (`n`) of the events that show it. */
  events: number[];
  /** Where in the module's files it stands, where it stands in one. */
  place?: Place;
}

/** What became of a requirement: `fail` with what contradicts it; `blocked` by what had to come first; `error`: conform could not tell. */
export type Outcome =
  /** `events`: numbers of those that show it. */
  | { kind: "pass"; events: number[] }
  /** `omitted`: findings beyond the judge's cap, counted but not kept. */
  | { kind: "fail"; findings: [Finding, ...Finding[]]; omitted?: number }
  /** `by`: id of the requirement that did not pass, or `scenario.step` or `scenario NAME` of what did not come about. */
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
  /** Its number (`n`). */
  event: number;
  /** Seconds since the run's start. */
  t: number;
  scenario: string;
  step?: string;
  text: string;
}

/** A requirement with its outcome and everything a reader needs to act. */
export interface Result {
  /** `area/short-slug`, as in the contract. */
  id: string;
  area: string;
  level: Level;
  text: string;
  /** `Title, section` of each source. */
  sources: string[];
  outcome: Outcome;
  /** Does a failure count for the verdict? MUST always, SHOULD with --strict; never when baselined. */
  binding: boolean;
  /** The entry of known failures that excuses it; `expires`: last day, `2030-01-31`, UTC. */
  baseline?: { owner?: string; reason: string; issue?: string; expires?: string };
  /** Why the requirement exists. */
  why?: string;
  /** The likely fix. */
  hint?: string;
  /** Of a failure; of anything else none. */
  evidence: Evidence[];
  /** Command lines that repeat the observation of a failure or an error. */
  repeat: string[];
  /** Names of the scenarios it was judged from. */
  scenarios: string[];
  /** Milliseconds that the steps took that it was judged from. */
  duration_ms?: number;
  /** It failed at first and passed at the second look. */
  flaky?: true;
}

/**
 * `conformant`: everything that binds was judged and nothing failed. `partial`: nothing failed, but not everything that may bind was judged.
 * `nonconformant`: something binding failed, or the baseline is stale. `inconclusive`: conform could not tell.
 */
export type VerdictKind = "conformant" | "partial" | "nonconformant" | "inconclusive";

/** How many requirements came to each outcome. */
export interface Counts {
  pass: number;
  fail: number;
  blocked: number;
  skipped: number;
  error: number;
}

/** The verdict with its exit code, counts over all levels and by level, and its reasons, worst first. */
export interface Verdict {
  kind: VerdictKind;
  /**
   * 0 nothing failed; 1 nonconformant; 3 inconclusive, or partial where the whole was asked for; 70 a bug of conform; 129, 130 or 143
   * interrupted by SIGHUP, SIGINT or SIGTERM.
   */
  exit: number;
  /** One reason per line, most important first. */
  reasons: string[];
  counts: Counts;
  levels: { [L in Level]: Counts };
  /** Failures that were excused by a valid baseline entry. */
  baselined: number;
}
