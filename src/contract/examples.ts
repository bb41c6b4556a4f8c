// A passing and a failing example of each requirement, from the kill matrix; shipped in specs/examples/.
import * as z from "zod";
import { readShipped } from "../base/io.ts";
import type { Contract } from "../base/types.ts";

const example = z.object({
  pass: z.array(z.string()).optional(),
  fail: z
    .object({
      mutant: z.string(),
      findings: z.array(z.object({ at: z.string(), expected: z.string(), actual: z.string() })),
      evidence: z.array(z.string()),
    })
    .optional(),
});

/** How the reference passes, and how the mutant fails. */
export type Example = z.infer<typeof example>;

/** By requirement id; empty for contracts without examples. */
export function examplesOf({ name, version }: Contract): { [id: string]: Example } {
  const text = readShipped(`specs/examples/${name}@${version}.json`);
  return text === undefined ? {} : z.record(z.string(), example).parse(JSON.parse(text));
}
