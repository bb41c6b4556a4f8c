// What zod says of a value, in words for authors: what is wrong, and what would be right.
import type { ZodError } from "zod";
import { didYouMean } from "../base/errors.ts";
import { isScalar } from "../base/json.ts";
import type { Json } from "../base/types.ts";

/** The value at a path; undefined when nothing is there. */
export function valueAt(value: Json, path: readonly (string | number | symbol)[]): Json | undefined {
  let at: Json | undefined = value;
  for (const part of path) {
    if (isScalar(at)) return undefined;
    at = (at as { [key: string]: Json })[String(part)];
  }
  return at;
}

/** What is wrong and what would be right: zod says "Invalid input" of unions and of what is not there. */
export function issueInWords(issue: ZodError["issues"][number], value: Json | undefined): string {
  if (!/^Invalid (?:input|option)/.test(issue.message)) return issue.message; // The shape has its own words.
  if (value === undefined) return "is missing";
  if (issue.code === "invalid_union") {
    const ways = issue.errors.flat().map((inner) => issueInWords(inner, inner.path.length === 0 ? value : undefined));
    return [...new Set(ways.filter((way) => way !== "is missing"))].join(", or ") || issue.message;
  }
  if (issue.code === "invalid_value") {
    const known = issue.values.map(String);
    return `must be one of ${known.join(", ")}${typeof value === "string" ? didYouMean(value, known) : ""}`;
  }
  if (issue.code === "invalid_type")
    return `must be ${issue.expected === "record" || issue.expected === "object" ? "a map" : `a ${issue.expected}`}`;
  return issue.message;
}
