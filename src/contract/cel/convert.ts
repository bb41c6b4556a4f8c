// Conversions between types, strict as CEL has them: text that is no number is an error, never NaN or 0.
import { celDuration, celTimestamp } from "./operators.ts";
import { durationOf, timestampOf } from "./time.ts";
import type { Definition } from "./types.ts";
import {
  CelDuration,
  Double,
  durationText,
  fault,
  int,
  isHostMap,
  numeric,
  Timestamp,
  TypeValue,
  timestampText,
  typeName,
  Uint,
  uint,
} from "./values.ts";

function intOf(value: unknown): unknown {
  if (typeof value === "number" || value instanceof Double) return int(truncated(Number(numeric(value)), 2 ** 63));
  if (value instanceof Uint) return int(value.value);
  if (value instanceof Timestamp) return int(floorDivide(value.ns));
  if (value instanceof CelDuration) return int(value.ns / 1_000_000_000n);
  if (typeof value === "string") {
    if (!/^[+-]?\d+$/.test(value)) throw fault(`not a whole number: ${JSON.stringify(value)}`);
    return int(BigInt(value.replace("+", "")));
  }
  return value;
}

function floorDivide(ns: bigint): bigint {
  const rest = ns % 1_000_000_000n;
  return (ns - (rest < 0n ? rest + 1_000_000_000n : rest)) / 1_000_000_000n;
}

/** Toward zero; both ends of the range are refused, since a double cannot tell them from what is beyond. */
function truncated(value: number, limit: number): bigint {
  if (!(Math.abs(value) < limit)) throw fault("integer overflow");
  return BigInt(Math.trunc(value));
}

function uintOf(value: unknown): unknown {
  if (value instanceof Uint) return value;
  if (typeof value === "string") {
    if (!/^\d+$/.test(value)) throw fault(`not an unsigned whole number: ${JSON.stringify(value)}`);
    return uint(BigInt(value));
  }
  if (typeof value === "bigint") return uint(value);
  const number = Number(numeric(value));
  if (number < 0 || !(number < 2 ** 64)) throw fault("unsigned integer overflow");
  return uint(BigInt(Math.trunc(number)));
}

const real = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf(?:inity)?)$/i;

function doubleOf(value: unknown): number {
  if (typeof value !== "string") return Number(numeric(value));
  if (!real.test(value)) throw fault(`not a number: ${JSON.stringify(value)}`);
  const word = /^([+-]?)(nan|inf)/i.exec(value);
  if (word === null) return Number(value);
  if (word[2]?.toLowerCase() === "nan") return Number.NaN;
  return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Text of a value, as `string(x)` gives it. */
function stringOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof Uint8Array) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      throw fault("bytes are not UTF-8");
    }
  }
  if (Object.is(value, -0) || (value instanceof Double && Object.is(value.value, -0))) return "-0";
  return String(typeof value === "boolean" ? value : numeric(value));
}

const truths = new Map<string, boolean>([
  ...["1", "t", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

function boolOf(text: string): boolean {
  const truth = truths.get(text);
  if (truth === undefined) throw fault(`not a bool: ${JSON.stringify(text)}`);
  return truth;
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") {
    let count = 0;
    for (const _ of value) count++;
    return count;
  }
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (isHostMap(value)) return Object.keys(value).length;
  return (value as { entries: Map<unknown, unknown> }).entries.size;
}

export const conversions: Definition[] = [
  ["size(string): int", "", sizeOf],
  ["size(list): int", "", sizeOf],
  ["size(map): int", "", sizeOf],
  ["size(bytes): int", "", sizeOf],
  ["string.size(): int", "", sizeOf],
  ["list.size(): int", "", sizeOf],
  ["map.size(): int", "", sizeOf],
  ["bytes.size(): int", "", sizeOf],
  ["int(number): int", "", intOf],
  ["int(string): int", "", intOf],
  ["int(timestamp): int", "", intOf],
  ["int(duration): int", "", intOf],
  ["uint(number): uint", "", uintOf],
  ["uint(string): uint", "", uintOf],
  ["double(number): double", "", doubleOf],
  ["double(string): double", "", doubleOf],
  ["string(number): string", "", stringOf],
  ["string(string): string", "", stringOf],
  ["string(bool): string", "", stringOf],
  ["string(bytes): string", "", stringOf],
  ["string(timestamp): string", "", stringOf],
  ["string(duration): string", "", stringOf],
  ["bytes(string): bytes", "", (text: string) => new TextEncoder().encode(text)],
  ["bytes(bytes): bytes", "", (bytes: Uint8Array) => bytes],
  ["bool(string): bool", "", boolOf],
  ["bool(bool): bool", "", (value: boolean) => value],
  ["type(dyn): type", "", (value: unknown) => new TypeValue(typeName(value))],
  ["dyn(dyn): dyn", "", (value: unknown) => value],
  ["timestamp(string): timestamp", "", timestampOf],
  ["timestamp(int): timestamp", "", (seconds: number | bigint) => celTimestamp(BigInt(seconds) * 1_000_000_000n)],
  ["timestamp(timestamp): timestamp", "", (value: Timestamp) => value],
  ["duration(string): duration", "", durationOf],
  ["duration(int): duration", "", (seconds: number | bigint) => celDuration(BigInt(seconds) * 1_000_000_000n)],
  ["duration(duration): duration", "", (value: CelDuration) => value],
];
