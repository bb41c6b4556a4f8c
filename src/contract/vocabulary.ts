// The words that a contract may use: step verbs and expectation kinds with the shapes of their arguments. What they do lives elsewhere
// (drive/verbs, judge/expect); whoever loads a contract hands the words in, so that loading one starts and judges nothing.
import type * as z from "zod";
import type { Contract, TargetKind } from "../base/types.ts";

/** A step verb as a contract's author sees it. */
export interface VerbWords {
  name: string;
  /** One sentence for the contract handbook. */
  about: string;
  /** Shape of the YAML argument. */
  schema: z.ZodType;
  /** Kinds of target it makes sense on. `folder` alone: whenever the target has a folder. */
  targets: TargetKind[];
  /** Name of the field that a scalar argument stands for: `get: /health` is `get: {path: /health}`. */
  primary?: string;
  /** Fields of its observation as types of the contract language (`status: int, json: dyn`); without them anything may be in it. */
  sees?: string;
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
