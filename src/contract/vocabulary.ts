// The words that a contract may use: step verbs and expectation kinds with the shapes of their arguments. What they do lives elsewhere
// (drive/verbs, judge/expect); whoever loads a contract hands the words in, so that loading one starts and judges nothing.
import type * as z from "zod";
import { type Duration, milliseconds } from "../base/duration.ts";
import type { Contract, Json, TargetKind } from "../base/types.ts";

/** A step verb as a contract's author sees it; `A`: its argument once its templates are filled in. */
export interface VerbWords<A = unknown> {
  name: string;
  /** One sentence for the contract handbook. */
  about: string;
  /** Shape of the YAML argument; where it allows a text with `${...}`, that is expanded before or by the verb. */
  schema: z.ZodType<A>;
  /** Kinds of target it makes sense on. On others the step is skipped. `folder` alone: whenever the target has a folder. */
  targets: TargetKind[];
  /** Name of the field that a scalar argument stands for: `get: /health` is `get: {path: /health}`. */
  primary?: string;
  /** Fields of its observation as types of the contract language (`status: int, json: dyn`); without them anything may be in it. */
  sees?: string;
  /** How long it takes at least, whatever the module does; by this scenarios are ordered. Nothing when it waits for the module. */
  lasts?(arg: A): Duration;
  /** It looks at the other modules of the run, so that its outcome depends on them. */
  peers?: true;
}

/** What a verb's argument is, told by its words. */
export type ArgOf<W> = W extends VerbWords<infer A> ? A : never;

/** The words of a verb as they are written; the argument's type comes from the schema. */
export function says<A>(words: VerbWords<A>): VerbWords<A> {
  return words;
}

/** zod would write and compile code for every shape; few are used more than a few times. */
export const jitless = { jitless: true };

/** Milliseconds that a step takes at least; 0 when that is not known before the run. */
export function lastsMs<A>(words: VerbWords<A> | undefined, arg: Json): number {
  if (words?.lasts === undefined) return 0;
  const known = words.schema.safeParse(arg, jitless);
  const given = known.success ? words.lasts(known.data) : 0;
  return typeof given === "string" && given.includes("${") ? 0 : milliseconds(given);
}

/** An expectation kind as a contract's author sees it. */
export interface ExpectationWords {
  name: string;
  /** One sentence for the contract handbook. */
  about: string;
  /** Shape of the YAML value. */
  schema: z.ZodType;
  /** Faults of a well-shaped value: unknown schema file, expression that does not compile. */
  lint(value: unknown, contract: Contract): string[];
}

/** All words by name. */
export interface Vocabulary {
  verbs: ReadonlyMap<string, VerbWords>;
  expectations: ReadonlyMap<string, ExpectationWords>;
}
