// Helpers shared by expectation kinds.

import type { Finding } from "../../base/judged.ts";
import type { Json, Place } from "../../base/types.ts";
import { compile } from "../../contract/cel.ts";

/** Any value as JSON; what JSON cannot say becomes null. */
export function jsonOf(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value) ?? "null") as Json);
}

/** A finding, with its place when there is one. */
export function finding(at: string, expected: Json, actual: unknown, events: number[], place?: Place): Finding {
  return { at, expected, actual: jsonOf(actual), events, ...(place === undefined ? {} : { place }) };
}

/** Complaints about expressions that do not compile. */
export function expressionLint(...expressions: (string | undefined)[]): string[] {
  return expressions.flatMap((expression) => {
    if (expression === undefined) return [];
    try {
      compile(expression);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}
