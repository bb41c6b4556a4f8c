// Label names that mean something, by hash, and all of a label set, for suspected repetitions.
import type { Buffer } from "node:buffer";
import { decode, HASH_PRIME, HASH_SEED } from "./names.ts";

export const QUANTILE_HASH = hashText("quantile");
export const RESERVED_HASH = hashText("__name__");

function hashText(text: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), HASH_PRIME);
  return hash;
}

/** Raw label names in bytes[from, to), which the scanner has accepted. Rare: only for suspected repetitions. */
export function labelNamesBefore(bytes: Buffer, from: number, to: number): Set<string> {
  const names = new Set<string>();
  const text = decode(bytes, from, to);
  const label = /(?:"((?:[^"\\]|\\[\s\S])*)"|([A-Za-z_][A-Za-z0-9_]*))[ \t]*=[ \t]*"(?:[^"\\]|\\[\s\S])*"/g;
  for (const [, quoted, bare] of text.matchAll(label)) names.add(quoted ?? bare ?? "");
  return names;
}
