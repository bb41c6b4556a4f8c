// JSON from a module: depth-bounded parsing and pointers.
import type { Json } from "./types.ts";

/** As it was at the start: the guards also serve the child that hosts foreign code, which may replace it. */
const { isArray } = Array;

/** Deepest nesting accepted from a module. */
export const jsonDepthMax = 64;

/** Why a text gave no value. `not-finite`: it holds a number like 1e400, which no JSON could be written from again. */
export type JsonProblem = "not-json" | "too-deep" | "not-finite";

/** The value, or why there is none. Never throws. */
export function parseJson(text: string): { value?: Json; problem?: string; kind?: JsonProblem } {
  if (tooDeep(text)) return { kind: "too-deep", problem: `nested deeper than ${jsonDepthMax}` };
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { kind: "not-json", problem: error instanceof Error ? error.message : String(error) };
  }
  return finite(value) ? { value } : { kind: "not-finite", problem: "holds a number out of range" };
}

/** Recursion is bounded by the depth scan. */
function finite(value: Json): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return isScalar(value) || Object.values(value).every(finite);
}

/** Looks at brackets outside strings only, before any parser recurses into them. */
function tooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) i++;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 123 || c === 91) {
      if (++depth > jsonDepthMax) return true;
    } else if (c === 125 || c === 93) depth--;
  }
  return false;
}

/** RFC 6901 pointer of a path. */
export function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Is it a plain object (a map), that is no list and not null? */
export function isObject(value: Json | undefined): value is { [key: string]: Json };
export function isObject(value: unknown): value is Record<string, unknown>;
export function isObject(value: unknown): boolean {
  return hasParts(value) && !isArray(value);
}

/** Is it anything with parts: a list, a map or an instance of a class, but neither null nor a function? */
export function hasParts(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Has it no parts: neither a list nor a map? */
export function isScalar(value: Json | undefined): value is null | undefined | boolean | number | string {
  return !hasParts(value);
}

/** The same text for equal values, whatever the order of their keys. */
export function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (_, part: Json) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** The value where it is a plain object. */
export function fieldsOf(value: Json | undefined): { [key: string]: Json } | undefined {
  return isObject(value) ? value : undefined;
}
