// `${expression}` in YAML values. A string that is one template keeps the type of its value; `$${` is a literal `${`.

import { ContractError } from "../base/errors.ts";
import { isScalar } from "../base/json.ts";
import type { Json } from "../base/types.ts";

type Evaluate = (expression: string) => unknown;

/** All expressions in a value, for checking at load time. */
export function expressionsIn(value: Json): string[] {
  if (typeof value === "string") return split(value).flatMap((part) => (part.code ? [part.text] : []));
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (!isScalar(value)) return Object.values(value).flatMap(expressionsIn);
  return [];
}

/** The value with every template replaced. Throws ContractError. */
export function expand(value: Json, evaluate: Evaluate): Json {
  if (typeof value === "string") return expandText(value, evaluate);
  if (Array.isArray(value)) return value.map((item) => expand(item, evaluate));
  if (!isScalar(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, evaluate)]));
  }
  return value;
}

function expandText(text: string, evaluate: Evaluate): Json {
  if (!text.includes("${")) return text;
  const parts = split(text);
  const only = parts[0];
  if (parts.length === 1 && only?.code) return jsonOf(evaluate(only.text));
  return parts.map((part) => (part.code ? textOf(evaluate(part.text)) : part.text)).join("");
}

function jsonOf(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value) ?? "null") as Json);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Splits a string into literal and code parts; braces and quotes inside code are balanced. */
function split(text: string): { code: boolean; text: string }[] {
  const parts: { code: boolean; text: string }[] = [];
  let literal = "";
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith("$${", i)) {
      literal += "${";
      i += 2;
    } else if (text.startsWith("${", i)) {
      const end = closingBrace(text, i + 2);
      if (end === -1) throw new ContractError(`template without closing brace in "${text}"`);
      if (literal !== "") parts.push({ code: false, text: literal });
      literal = "";
      parts.push({ code: true, text: text.slice(i + 2, end).trim() });
      i = end;
    } else literal += text[i];
  }
  if (literal !== "") parts.push({ code: false, text: literal });
  return parts;
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  let quote = "";
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "{") depth++;
    else if (c === "}" && depth-- === 0) return i;
  }
  return -1;
}
