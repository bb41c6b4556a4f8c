// What an expectation kind is: a pure check of observations.
import type * as z from "zod";
import type { Finding } from "../../base/judged.ts";
import type { Contract, Json, Observation, Place } from "../../base/types.ts";
import type { Redirect } from "./redirect.ts";

/** What an expectation may read. Pure values and functions of them. */
export interface Evidences {
  /** The observation named by `on` (each in turn when `on` names several). */
  it: Observation | undefined;
  /** What the requirement demands, in words. */
  sentence: string;
  /** `scenario.step` of `it`. */
  at: string;
  /** Numbers of the events behind `it`. */
  events: number[];
  /** The observation's value at its source file, for lines and columns: place of a JSON pointer in a document that a step read. */
  place(observation: unknown, pointer: string): Place | undefined;
  /** Evaluates CEL with `it`, `run`, `runs`, ... and `extra` names in scope. Throws ContractError. */
  evaluate(expression: string, extra?: Record<string, unknown>): unknown;
  /** A JSON Schema of the contract by file name. Throws ContractError. */
  schema(file: string): Json;
  /** Event numbers of an observation found by evaluate (0 to n). */
  eventsOf(value: unknown): number[];
}

/** A finding, and the redirect that it is for. */
export type FoundFault = Finding & { redirect?: Redirect };

export interface ExpectationKind<A = never> {
  name: string;
  about: string;
  /** Shape of its YAML value. */
  schema: z.ZodType<A>;
  /** Faults of a well-shaped value: unknown schema file, expression that does not compile. Checked when the contract loads. */
  lint?(arg: A, contract: Contract): string[];
  /** When it cannot decide, nobody else's failure counts: it says whether the surroundings allow a judgement at all. */
  gate?: true;
  /** No findings: it holds. `undecidable` is no pass: the requirement is an error (conform could not tell). */
  check(arg: A, evidence: Evidences): FoundFault[] | { undecidable: string } | { skip: string };
}
