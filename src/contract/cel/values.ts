// What values of expressions are. Host values (JSON) are used as they are: a whole number up to 2^53 is an int, any other number a double.
import { hasParts, isObject } from "../../base/json.ts";

/** A double that happens to be whole. Doubles that are not whole, infinite or not a number are plain numbers. */
export class Double {
  constructor(readonly value: number) {}
}
/** An unsigned 64-bit integer. */
export class Uint {
  constructor(readonly value: bigint) {}
}
/** Nanoseconds since 1970-01-01T00:00:00Z. */
export class Timestamp {
  constructor(readonly ns: bigint) {}
}
/** A span of time in nanoseconds. */
export class CelDuration {
  constructor(readonly ns: bigint) {}
}
/** What `type(x)` gives. */
export class TypeValue {
  constructor(readonly name: string) {}
}
/** `optional.of(x)`, or `optional.none()` when it has no value. */
export class Optional {
  static readonly none = new Optional(undefined, false);
  constructor(
    readonly value: unknown,
    readonly present = true,
  ) {}
}

type Key = string | number | bigint | boolean;

/** A map made by an expression; keys of any numeric type that are equal are one key. Maps of the host are plain objects. */
export class CelMap {
  readonly entries = new Map<Key, [key: unknown, value: unknown]>();
  /** Throws EvalFault when the key is there already or is none. */
  add(key: unknown, value: unknown): this {
    const plain = keyOf(key);
    if (plain === undefined) throw fault(`unsupported key type: ${typeName(key)}`);
    if (this.entries.has(plain)) throw fault(`repeated key: ${String(plain)}`);
    this.entries.set(plain, [key, value]);
    return this;
  }
  get(key: unknown): [key: unknown, value: unknown] | undefined {
    const plain = keyOf(key);
    return plain === undefined ? undefined : this.entries.get(plain);
  }
}

/** Keys compare by value: 1, 1u and 1.0 are one. Undefined for what cannot be a key. */
function keyOf(key: unknown): Key | undefined {
  if (typeof key === "string" || typeof key === "boolean" || typeof key === "number") return key;
  const number = key instanceof Double ? key.value : key instanceof Uint ? key.value : key;
  if (typeof number === "bigint")
    return number >= BigInt(Number.MIN_SAFE_INTEGER) && number <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(number)
      : number;
  return typeof number === "number" ? number : undefined;
}

/** A fault while an expression is evaluated: a missing name or key, types that do not fit, overflow. */
export class EvalFault extends Error {
  override name = "EvalFault";
}

/** Faults are thrown often (`has` and logic catch them), so they carry no stack. */
export function fault(message: string): EvalFault {
  const made = Object.create(EvalFault.prototype) as EvalFault;
  made.message = message;
  return made;
}

const intMin = -(2n ** 63n);
export const intMax = 2n ** 63n - 1n;
const uintMax = 2n ** 64n - 1n;

/** A double as expressions hold it. */
export function double(value: number): unknown {
  return Number.isSafeInteger(value) ? new Double(value) : value;
}

/** An int as expressions hold it. Throws EvalFault outside 64 bits. */
export function int(value: bigint): number | bigint {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
  if (value < intMin || value > intMax) throw fault("integer overflow");
  return value;
}

/** Throws EvalFault outside 64 bits. */
export function uint(value: bigint): Uint {
  if (value < 0n || value > uintMax) throw fault("unsigned integer overflow");
  return new Uint(value);
}

export function isInt(value: unknown): value is number | bigint {
  return typeof value === "number" ? Number.isSafeInteger(value) : typeof value === "bigint";
}

export function isDouble(value: unknown): boolean {
  return typeof value === "number" ? !Number.isSafeInteger(value) : value instanceof Double;
}

/** The number in a numeric value; comparisons between number and bigint are exact. Undefined when it is none. */
export function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return value instanceof Double || value instanceof Uint ? value.value : undefined;
}

/** A numeric value as a JavaScript number; NaN for others. */
export function toNumber(value: unknown): number {
  return Number(numeric(value) ?? Number.NaN);
}

/** A map of the host: an object that is none of the classes above. */
export function isHostMap(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isMap(value: unknown): value is CelMap | Record<string, unknown> {
  return value instanceof CelMap || isHostMap(value);
}

/** Entries of a map of either kind. */
export function entriesOf(map: CelMap | Record<string, unknown>): [key: unknown, value: unknown][] {
  return map instanceof CelMap ? [...map.entries.values()] : Object.entries(map);
}

/** Value of a map at a key; undefined when it is not there. */
export function mapGet(map: CelMap | Record<string, unknown>, key: unknown): unknown {
  if (map instanceof CelMap) return map.get(key)?.[1];
  return typeof key === "string" && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** CEL's name of a value's type. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "null_type";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (isInt(value)) return "int";
  if (isDouble(value)) return "double";
  if (Array.isArray(value)) return "list";
  if (value instanceof Uint) return "uint";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof CelDuration) return "google.protobuf.Duration";
  if (value instanceof Optional) return "optional_type";
  if (value instanceof TypeValue) return "type";
  return "map";
}

/** Equality of CEL: numbers by value whatever their type, NaN equals nothing, different types are unequal. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return !hasParts(a) || !hasNaN(a);
  if (typeof a === "string" || typeof b === "string") return false;
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined || right !== undefined)
    return left !== undefined && right !== undefined && sameNumber(left, right);
  if (a === null || a === undefined) return b === null || b === undefined;
  if (!hasParts(a) || !hasParts(b)) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equals(item, b[i]));
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ns === b.ns;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.ns === b.ns;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional)
    return b instanceof Optional && a.present === b.present && (!a.present || equals(a.value, b.value));
  return isMap(a) && isMap(b) && sameMap(a, b);
}

function sameMap(a: CelMap | Record<string, unknown>, b: CelMap | Record<string, unknown>): boolean {
  const entries = entriesOf(a);
  if (entries.length !== entriesOf(b).length) return false;
  return entries.every(([key, value]) => {
    const other = mapGet(b, key);
    return (other !== undefined || value === undefined) && equals(value, other);
  });
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  return typeof a === typeof b ? a === b : !(a < b) && !(a > b) && !Number.isNaN(a) && !Number.isNaN(b);
}

/** A value that is compared with itself is equal unless a NaN is in it. */
function hasNaN(value: unknown): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (Array.isArray(value)) return value.some(hasNaN);
  if (value instanceof Optional) return hasNaN(value.value);
  return isMap(value) && entriesOf(value).some(([, item]) => hasNaN(item));
}

/** Order of two values of one kind: negative, zero, positive; NaN when they have none. */
export function compare(a: unknown, b: unknown): number {
  // With a double on one side both are compared as doubles, whatever an int loses by it: so says the specification.
  const lossy = isDouble(a) || isDouble(b);
  const [left, right] = [a, b].map((value) =>
    lossy && numeric(value) !== undefined ? toNumber(value) : numeric(value),
  );
  if (left !== undefined && right !== undefined)
    return left < right ? -1 : left > right ? 1 : Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : 0;
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return Number(a.ns - b.ns);
  if (a instanceof CelDuration && b instanceof CelDuration) return Number(a.ns - b.ns);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  throw fault(`no such overload: ${typeName(a)} < ${typeName(b)}`);
}

/** By code points, which differs from UTF-16's order for characters beyond the basic plane. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A value as JSON-like data, as it leaves expressions. */
export function toPlain(value: unknown): unknown {
  if (!hasParts(value)) return typeof value === "bigint" ? Number(value) : value;
  if (Array.isArray(value)) return value.some(isMade) ? value.map(toPlain) : value;
  if (value instanceof Double) return value.value;
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof CelMap)
    return Object.fromEntries([...value.entries].map(([key, [, item]]) => [String(key), toPlain(item)]));
  if (value instanceof Optional) return value.present ? toPlain(value.value) : null;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Timestamp || value instanceof CelDuration || value instanceof Uint8Array) return textOf(value);
  return Object.values(value).some(isMade)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]))
    : value;
}

/** May hold something that expressions made. */
function isMade(value: unknown): boolean {
  return typeof value === "bigint" || hasParts(value);
}

/** Text of a value that JSON has no form for: RFC 3339, seconds, base64. */
function textOf(value: Timestamp | CelDuration | Uint8Array): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value instanceof Timestamp ? timestampText(value) : durationText(value);
}

/** Fraction of a second without trailing zeros: `.5`, or nothing. */
function fraction(ns: bigint): string {
  return ns === 0n ? "" : `.${ns.toString().padStart(9, "0").replace(/0+$/, "")}`;
}

export function durationText({ ns }: CelDuration): string {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / 1_000_000_000n}${fraction(size % 1_000_000_000n)}s`;
}

export function timestampText({ ns }: Timestamp): string {
  const part = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const iso = new Date(Number((ns - part) / 1_000_000n)).toISOString();
  return `${iso.slice(0, 19)}${fraction(part)}Z`;
}
