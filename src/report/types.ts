// The nouns of a report. Types only, no code.
import type { Result, Verdict } from "../base/judged.ts";
import type { JudgedTarget } from "../base/transcript.ts";
import type { StepStatus } from "../base/types.ts";

/** One step of a scenario; times are seconds since the run's start. */
export interface StepSummary {
  name: string;
  /** Seconds since the run's start; the end likewise. */
  from: number;
  to: number;
  status: StepStatus;
}

/** One scenario with its steps; times are seconds since the run's start. */
export interface ScenarioSummary {
  name: string;
  title?: string;
  status: "ran" | "stopped" | "skipped" | "error";
  /** Why it was stopped, skipped or could not be driven. */
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
  /** `digest`: sha256 over the contract's files, hexadecimal. */
  contract: { name: string; version: string; title: string; digest: string };
  /** Digest of what else was asked of the run: an equal one, with equal module, contract and conform, gives an equal verdict. */
  asked?: string;
  /** Kind of machine: `linux x64, Node 20.19.0`. */
  machine?: string;
  /** ISO 8601, UTC. */
  started: string;
  duration_ms: number;
  /** Name of the contract's profile that it was judged under. */
  profile?: string;
  /** A failed SHOULD counts. */
  strict: boolean;
  /** Requests that may change what the module keeps were allowed. */
  unsafe_probes?: boolean;
  /** What was left out on the command line, in words; a filtered run earns no badge. */
  filtered?: string;
  /** Why the run did not come to its end. */
  partial?: string;
  verdict: Verdict;
  /** Of all requirements, in contract order. */
  results: Result[];
  /** Those that were due, in contract order. */
  scenarios: ScenarioSummary[];
  /** Remarks of the contract, limits reached, what was looked at twice: a sentence each. */
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
  /** ISO 8601, UTC. */
  started: string;
  /** Of the whole run. */
  duration_ms: number;
  /** On all modules: the worst of theirs. */
  verdict: Verdict;
  /** In the order in which they were named. */
  modules: ModuleReport[];
}
