// Static types of expressions, and signatures of functions: `string.charAt(int): string`, `math.greatest(dyn...): dyn`.
import { CelDuration, isDouble, isInt, isMap, Optional, Timestamp, TypeValue, Uint } from "./values.ts";

/** A type. `of` are its parameters (element; key and value). An object knows its fields; one that is `open` may have others too. */
export interface Type {
  name: string;
  of?: Type[];
  fields?: { [name: string]: Type };
  open?: boolean;
  /** What an object is, for messages: "the observation of `get`". */
  what?: string;
}

/** A method's parameters may be narrower than `unknown`: the signature is checked before each call. */
interface Running {
  run(...args: unknown[]): unknown;
}
type Implementation = Running["run"];

/** A function: its signature, what it does in words (for those that CEL does not have), and how. Arguments are of the signature's types. */
export type Definition = readonly [signature: string, about: string, run: Implementation];

export const dyn: Type = { name: "dyn" };

export interface Signature {
  name: string;
  /** Called as `x.name(...)`; then the first parameter is `x`. */
  method: boolean;
  params: Type[];
  /** The last parameter may come any number of times, at least once. */
  variadic: boolean;
  result: Type;
}

const parsed = new Map<string, Signature>();

/** The parts of a signature. It is written by us: a malformed one is a bug. */
export function signatureOf(text: string): Signature {
  let signature = parsed.get(text);
  if (signature === undefined) {
    signature = readSignature(text);
    parsed.set(text, signature);
  }
  return signature;
}

const namespaces = new Set(["math", "sets", "strings", "lists", "optional", "base64", "cel", "regex"]);

function readSignature(text: string): Signature {
  const match = /^(?:(\w+(?:<.*?>)?)\.)?(\w+)\((.*)\): (.+)$/.exec(text);
  if (match === null) throw new Error(`malformed signature: ${text}`);
  const [, before, name = "", inside = "", result = "dyn"] = match;
  const method = before !== undefined && !namespaces.has(before);
  const variadic = inside.endsWith("...");
  const params = splitTypes(variadic ? inside.slice(0, -3) : inside).map(typeOf);
  return {
    name: before !== undefined && !method ? `${before}.${name}` : name,
    method,
    params: method ? [typeOf(before), ...params] : params,
    variadic,
    result: typeOf(result),
  };
}

/** A type from its text: `int`, `list<string>`, `map<string, dyn>`, `{ok: bool, at?: int}` (an object; with `...` at its end an open one). */
export function typeOf(text: string): Type {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return objectType(trimmed.slice(1, -1));
  const generic = /^(\w+)<(.*)>$/s.exec(trimmed);
  if (generic !== null) return { name: generic[1] ?? "dyn", of: splitTypes(generic[2] ?? "").map(typeOf) };
  return trimmed === "dyn" ? dyn : { name: trimmed };
}

function objectType(inside: string): Type {
  const fields: { [name: string]: Type } = {};
  let open = false;
  for (const part of splitTypes(inside)) {
    const [name = "", ...rest] = part.split(":");
    if (name.trim() === "...") open = true;
    else fields[name.trim()] = rest.length === 0 ? dyn : typeOf(rest.join(":"));
  }
  return { name: "object", fields, ...(open ? { open } : {}) };
}

/** Splits at commas outside brackets. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if ("<{".includes(c)) depth++;
    else if (">}".includes(c)) depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Does a value fit a parameter's type? */
export function acceptsType(type: Type, value: unknown): boolean {
  switch (type.name) {
    case "int":
      return isInt(value);
    case "double":
      return isDouble(value);
    case "number":
      return isInt(value) || isDouble(value) || value instanceof Uint;
    case "uint":
      return value instanceof Uint;
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "map":
      return isMap(value);
    case "bytes":
      return value instanceof Uint8Array;
    case "timestamp":
      return value instanceof Timestamp;
    case "duration":
      return value instanceof CelDuration;
    case "optional":
      return value instanceof Optional;
    case "type":
      return value instanceof TypeValue;
    case "null":
      return value === null;
    default:
      return true;
  }
}

/** A type in words, as messages tell it. */
export function typeText(type: Type): string {
  if (type.name === "object") return type.what ?? "an object";
  return type.of === undefined ? type.name : `${type.name}<${type.of.map(typeText).join(", ")}>`;
}

const numbers = new Set(["int", "uint", "double", "number"]);

/** Can a value of one type be one of the other? Only what is certain is refused: dyn fits everything, type parameters too. */
export function fits(actual: Type, wanted: Type): boolean {
  if (actual.name === "dyn" || wanted.name === "dyn" || /^[A-Z]$/.test(wanted.name)) return true;
  if (actual.name === "number" || wanted.name === "number") return numbers.has(actual.name) && numbers.has(wanted.name);
  const isMapLike = (type: Type) => type.name === "map" || type.name === "object";
  if (isMapLike(actual) && isMapLike(wanted)) return true;
  if (actual.name !== wanted.name) return false;
  return (actual.of ?? []).every((part, i) => fits(part, wanted.of?.[i] ?? dyn));
}

/** The type of something that is one or the other. */
export function joined(a: Type, b: Type): Type {
  if (a === b) return a;
  if (a.name === b.name && a.fields === undefined && b.fields === undefined)
    return a.of === undefined || b.of === undefined
      ? { name: a.name }
      : { name: a.name, of: a.of.map((part, i) => joined(part, b.of?.[i] ?? dyn)) };
  if (numbers.has(a.name) && numbers.has(b.name)) return { name: "number" };
  return dyn;
}
