// What a step verb is, and the world it acts in.
import type { Duration } from "../../base/duration.ts";
import type { Note, TranscriptEvent } from "../../base/events.ts";
import type { Limits } from "../../base/limits.ts";
import type { Observation, Scenario, Target } from "../../base/types.ts";
import type { ScenarioView } from "../../contract/view.ts";
import type { VerbWords } from "../../contract/vocabulary.ts";
import type { ModuleProcess } from "../../drivers/process/process.ts";

/** The scenario a verb acts in. One per scenario run; everything in it dies with the scenario. */
export interface World {
  /** In a `session`: the scenario's own world. */
  readonly outer?: World;
  readonly scenario: Scenario;
  readonly target: Target;
  readonly limits: Limits;
  /** What was seen in this scenario so far, as expressions see it. */
  readonly view: ScenarioView;
  /** Called after every event of this scenario. */
  readonly watchers: Set<(event: TranscriptEvent) => void>;
  /** Extra environment and headers given by the user. */
  readonly env: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly unsafeProbes: boolean;
  /** Requests that a running service may still be asked, over all scenarios; none for a module that conform starts. */
  readonly budget?: { left: number };
  /** Port that this run has for itself on this machine, so that nobody else's reservation stands in its way. */
  readonly ownPort?: number;
  /** Processes of this scenario by name; the module itself is `main`. */
  readonly processes: Map<string, ModuleProcess>;
  /** Aborted when the run is interrupted or its overall deadline passes. */
  readonly signal: AbortSignal;
  /** Seconds since the run's start (monotonic). */
  now(): number;
  /** Milliseconds of a deadline, with --time-scale applied. */
  deadline(duration: Duration | undefined, fallback: Duration): number;
  /** Milliseconds of a wait or an interval, not scaled. */
  pause(duration: Duration | undefined, fallback: Duration): number;
  /** Appends an event (redacted) and returns its number. */
  record: Note;
  /** Evaluates CEL with the scenario's scope and `extra` names. Throws ContractError. */
  evaluate(expression: string, extra?: Record<string, unknown>): unknown;
  /** Base URL of HTTP steps, without trailing slash. Throws ContractError when there is none yet. */
  base(): string;
  /** Identity proof: who else listens on this port of a started module; undefined when it is the module, nobody, or unknown. */
  impostor(port: number): string | undefined;
  /** The scenario's own empty folder, removed at its end. */
  folder(): Promise<string>;
  /** Run at the scenario's end, last registered first, whatever happened. */
  onEnd(cleanup: () => Promise<void> | void): void;
  /** Random, reproducible with --seed: n hex characters. */
  random(characters: number): string;
}

/** One step verb: its words, and what it does. */
export interface Verb<A = never> extends VerbWords<A> {
  /** `raw`: the verb expands templates itself (lazily, e.g. conditions polled later). Default: expanded before `run`. */
  raw?: boolean;
  /** `extra`: names of a repetition (`each`, `index`), which raw verbs must pass on when they evaluate. */
  run(arg: A, world: World, extra?: Record<string, unknown>): Promise<Observation>;
}
