// `same`: two lists hold the same values, or two values are equal; differences are listed one by one.
import * as z from "zod";
import type { ExpectationKind } from "./expectation.ts";
import { expressionLint, finding, jsonOf } from "./finding.ts";

const shape = z.strictObject({
  left: z.string().describe("CEL"),
  right: z.string().describe("CEL"),
  "left-name": z.string(),
  "right-name": z.string(),
  within: z.boolean().optional().describe("left may hold less than right"),
  pointer: z.string().optional(),
  place: z.string().optional().describe("CEL: the observation that `pointer` points into; default `it`"),
});

/** Lists are compared as sets, everything else by value. */
export const same: ExpectationKind<z.infer<typeof shape>> = {
  name: "same",
  about: "Two lists hold the same values (as sets), or two values are equal.",
  schema: shape,
  lint: (arg) => expressionLint(arg.left, arg.right, arg.place),
  check(arg, evidence) {
    const left = evidence.evaluate(arg.left);
    const right = evidence.evaluate(arg.right);
    const [l, r] = [arg["left-name"], arg["right-name"]];
    const events = [...new Set([...evidence.events, ...evidence.eventsOf(left), ...evidence.eventsOf(right)])];
    const place =
      arg.pointer === undefined
        ? undefined
        : evidence.place(arg.place === undefined ? evidence.it : evidence.evaluate(arg.place), arg.pointer);
    if (!Array.isArray(left) || !Array.isArray(right)) {
      return JSON.stringify(left) === JSON.stringify(right) ? [] : [finding(l, jsonOf(right), left, events, place)];
    }
    const missing = arg.within ? [] : without(right, left);
    return [
      ...without(left, right).map((value) => finding(l, `only what ${r} has`, value, events, place)),
      ...missing.map((value) => finding(l, jsonOf(value), `missing; ${r} has it`, events, place)),
    ];
  },
};

function without(list: unknown[], other: unknown[]): unknown[] {
  const known = new Set(other.map((value) => JSON.stringify(value)));
  return list.filter((value) => !known.has(JSON.stringify(value)));
}
