// Any JSON value as words for a sentence: no braces, no quotes, no escapes.
import { hasParts, isScalar } from "./json.ts";
import type { Json } from "./types.ts";

export type Fields = { [key: string]: Json };

const itemsMax = 20;

/** Texts, numbers and booleans stay; nothing, lists and objects become words. `known` may have better words for an object. */
export function inWords(value: Json, known: Known = () => undefined): Json {
  return value !== null && isScalar(value) ? value : wordsOf(value, known);
}

type Known = (object: Fields) => string | undefined;

function wordsOf(value: Json, known: Known): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return value === "" ? "an empty text" : value;
  if (isScalar(value)) return String(value);
  if (Array.isArray(value)) return listWords(value, known);
  return known(value) ?? fieldWords(value, known);
}

function listWords(list: readonly Json[], known: Known): string {
  if (list.length === 0) return "none";
  const shown = list.slice(0, itemsMax).map((item) => (isPair(item) ? pairWords(item) : wordsOf(item, known)));
  const more = list.length > itemsMax ? [`and ${list.length - itemsMax} more`] : [];
  const separator = shown.some((item) => item.includes(", ")) ? "; " : ", ";
  return [...shown, ...more].join(separator);
}

function isPair(item: Json): item is [string, string | number | boolean | null] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === "string" && isScalar(item[1]);
}

function pairWords([name, value]: [string, string | number | boolean | null]): string {
  return `${name} ${value === "" || value === null ? "empty" : value}`;
}

/** `debug: 1, error: 1`; a value of several parts stands in brackets. */
function fieldWords(value: Fields, known: Known): string {
  const entries = Object.entries(value);
  if (entries.length === 0) return "nothing";
  const shown = entries.slice(0, itemsMax).map(([key, item]) => {
    const inner = wordsOf(item, known);
    return `${key}: ${hasParts(item) && inner.includes(", ") ? `(${inner})` : inner}`;
  });
  return [...shown, ...(entries.length > itemsMax ? [`and ${entries.length - itemsMax} more`] : [])].join(", ");
}
