// `known`: conform can tell only under this condition; else the requirement is an error with the reason, never a pass or a failure.
import * as z from "zod";
import { expand, expressionsIn } from "../../contract/template.ts";
import type { ExpectationKind } from "./expectation.ts";
import { expressionLint } from "./finding.ts";

const shape = z.strictObject({
  if: z.string().describe("CEL condition under which the other expectations can be judged"),
  because: z.string().describe("what prevents it otherwise, and what to do about it; `${...}` allowed"),
});

export const known: ExpectationKind<z.infer<typeof shape>> = {
  name: "known",
  about: "The surroundings allow a judgement; otherwise the requirement is an error with this reason, not a failure.",
  schema: shape,
  gate: true,
  lint: (arg) => expressionLint(arg.if, ...expressionsIn(arg.because)),
  check(arg, evidence) {
    if (evidence.evaluate(arg.if) === true) return [];
    return { undecidable: String(expand(arg.because, (code) => evidence.evaluate(code))) };
  },
};
