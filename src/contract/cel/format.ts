// `"%s took %.2f s".format([name, seconds])`.
import {
  CelDuration,
  type CelMap,
  compare,
  Double,
  durationText,
  entriesOf,
  fault,
  isDouble,
  isInt,
  isMap,
  numeric,
  Timestamp,
  TypeValue,
  timestampText,
  typeName,
  Uint,
} from "./values.ts";

/** Throws EvalFault for an unknown verb, an argument that does not fit, or too few arguments. */
export function formatted(pattern: string, args: unknown[]): string {
  let next = 0;
  return pattern.replace(/%(?:(%)|(?:\.(\d*))?([\s\S])?)/g, (_, percent, precision, verb) => {
    if (percent !== undefined) return "%";
    if (next >= args.length) throw fault(`format: no argument ${next}`);
    return one(verb, precision === undefined ? undefined : Number(precision || 0), args[next++]);
  });
}

function one(verb: string | undefined, precision: number | undefined, value: unknown): string {
  if (precision !== undefined && precision > 1000) throw fault("format: precision above 1000");
  switch (verb) {
    case "s":
      return text(value);
    case "d":
      return whole(value);
    case "f":
      return real(value, (number) => fixed(number, precision ?? 6));
    case "e":
      return real(value, (number) =>
        number.toExponential(Math.min(precision ?? 6, 100)).replace(/e([+-])(\d)$/, "e$10$2"),
      );
    case "b":
      if (typeof value === "boolean") return value ? "1" : "0";
      return based(value, 2, "%b");
    case "o":
      return based(value, 8, "%o");
    case "x":
      return hex(value);
    case "X":
      return hex(value).toUpperCase();
    default:
      throw fault(`format: unknown verb %${verb ?? ""}`);
  }
}

function wrong(verb: string, value: unknown): Error {
  return fault(`format: ${verb} takes no ${typeName(value)}`);
}

function whole(value: unknown): string {
  if (isInt(value) || value instanceof Uint) return String(numeric(value));
  if (isDouble(value)) return text(value);
  throw wrong("%d", value);
}

function real(value: unknown, show: (number: number) => string): string {
  const number = numeric(value);
  if (number === undefined) throw wrong("%f", value);
  return Number.isFinite(Number(number)) ? show(Number(number)) : String(number);
}

/** Half to even in decimal, which toFixed does by the exact binary value except for ties. */
function fixed(number: number, digits: number): string {
  if (digits <= 15) {
    const scaled = Math.abs(number) * 10 ** digits;
    const floor = Math.floor(scaled);
    if (scaled - floor === 0.5 && floor < 2 ** 52 && scaled / 10 ** digits === Math.abs(number)) {
      const even = floor % 2 === 0 ? floor : floor + 1;
      return `${number < 0 ? "-" : ""}${(even / 10 ** digits).toFixed(digits)}`;
    }
  }
  return number.toFixed(Math.min(digits, 100));
}

function based(value: unknown, base: number, verb: string): string {
  if (isInt(value) || value instanceof Uint) return BigInt(numeric(value) ?? 0).toString(base);
  throw wrong(verb, value);
}

function hex(value: unknown): string {
  if (typeof value === "string") return Buffer.from(value).toString("hex");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return based(value, 16, "%x");
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (value instanceof Double || value instanceof Uint || typeof value === "number" || typeof value === "bigint")
    return Object.is(numeric(value), -0) ? "-0" : String(numeric(value));
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (isMap(value)) return mapText(value);
  throw wrong("%s", value);
}

function mapText(map: CelMap | Record<string, unknown>): string {
  const entries = entriesOf(map).map(([key, item]) => [text(key), text(item)] as const);
  return `{${entries
    .sort((a, b) => compare(a[0], b[0]))
    .map((entry) => entry.join(": "))
    .join(", ")}}`;
}
