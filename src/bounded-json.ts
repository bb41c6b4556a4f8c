// JSON text -> value, with bounded nesting and only what JSON can hold again.
import type { Json } from "./types.ts";

export type JsonRead = { json: Json } | { problem: "not-json" | "too-deep" | "not-finite"; detail: string };

/** Nesting above which JSON is refused before it is parsed. */
export const depthMax = 64;

/** Never throws. `not-finite`: a number like 1e400 that no double holds. */
export function readJson(text: string, depth = depthMax): JsonRead {
  if (tooDeep(text, depth)) return { problem: "too-deep", detail: `nested deeper than ${depth}` };
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: "not-json", detail: error instanceof Error ? error.message : String(error) };
  }
  return finite(json) ? { json } : { problem: "not-finite", detail: "holds a number out of range" };
}

/** Scans brackets outside strings; linear, and right for every text that is JSON. */
function tooDeep(text: string, depth: number): boolean {
  let open = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++open > depth) return true;
    } else if (c === 0x7d || c === 0x5d) open--;
  }
  return false;
}

/** Recursion is bounded by the depth scan. */
function finite(value: Json): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value !== "object") return true;
  return Object.values(value).every(finite);
}
