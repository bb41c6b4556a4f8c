// The public conformance tests of CEL (fixtures/cel/simple.jsonl), with the list of what is missed and why.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCel } from "../../src/contract/cel/parse.ts";
import { plan } from "../../src/contract/cel/plan.ts";
import {
  CelMap,
  double,
  entriesOf,
  equals,
  int,
  isMap,
  TypeValue,
  typeName,
  Uint,
} from "../../src/contract/cel/values.ts";

interface Row {
  file: string;
  section: string;
  name: string;
  expr: string;
  bindings?: Record<string, { value: Value }>;
  value?: Value;
  error?: boolean;
}
type Value = Record<string, unknown>;

/** `file/section/name`: why it is missed. */
const misses: Record<string, string> = {};

const core = [
  "basic",
  "comparisons",
  "conversions",
  "fields",
  "fp_math",
  "integer_math",
  "lists",
  "logic",
  "macros",
  "parse",
  "plumbing",
  "string",
  "timestamps",
];
const extensions = ["string_ext", "math_ext", "sets_ext", "lists_ext", "macros2", "optionals"];

const rows = readFileSync("fixtures/cel/simple.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

const idOf = ({ file, section, name }: Row): string => `${file}/${section}/${name}`;

function fromJson(value: Value): unknown {
  const [kind, content] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case "int64Value":
      return int(BigInt(content as string));
    case "uint64Value":
      return new Uint(BigInt(content as string));
    case "doubleValue":
      return double(Number(content));
    case "bytesValue":
      return Uint8Array.from(Buffer.from(content as string, "base64"));
    case "listValue":
      return ((content as { values?: Value[] }).values ?? []).map(fromJson);
    case "mapValue": {
      const map = new CelMap();
      for (const { key, value: item } of (content as { entries?: { key: Value; value: Value }[] }).entries ?? [])
        map.add(fromJson(key), fromJson(item));
      return map;
    }
    case "typeValue":
      return new TypeValue(content as string);
    default:
      return content;
  }
}

/** Equal and of the same types throughout; NaN is NaN. */
function same(a: unknown, b: unknown): boolean {
  if (typeName(a) !== typeName(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isMap(a) && isMap(b)) {
    const others = entriesOf(b);
    return (
      entriesOf(a).length === others.length &&
      entriesOf(a).every(([key, item]) => others.some(([other, value]) => same(key, other) && same(item, value)))
    );
  }
  return equals(a, b) || (Number.isNaN(a) && Number.isNaN(b));
}

/** Undefined when the row is right, else what came instead. */
function wrong(row: Row): string | undefined {
  const scope = Object.fromEntries(
    Object.entries(row.bindings ?? {}).map(([name, { value }]) => [name, fromJson(value)]),
  );
  let got: unknown;
  try {
    got = plan(parseCel(row.expr))({ scope, slots: [] });
  } catch (error) {
    return row.error ? undefined : `fault: ${(error as { message: string }).message}`;
  }
  const right = row.value !== undefined && same(got, fromJson(row.value));
  return right
    ? undefined
    : `${typeName(got)} ${String(got)} instead of ${row.error ? "an error" : JSON.stringify(row.value)}`;
}

const found = new Map(rows.map((row) => [idOf(row), wrong(row)] as const).filter(([, what]) => what !== undefined));

function share(files: string[]): number {
  const chosen = rows.filter(({ file }) => files.includes(file));
  return chosen.filter((row) => !found.has(idOf(row))).length / chosen.length;
}

describe("CEL is CEL", () => {
  it("misses exactly what is listed, each with its reason", () => {
    expect(Object.fromEntries([...found].filter(([id]) => !(id in misses)))).toEqual({});
    expect(Object.keys(misses).filter((id) => !found.has(id))).toEqual([]);
  });

  it("keeps 99 % of the core files and 90 % of the extensions", () => {
    expect(share(core)).toBeGreaterThanOrEqual(0.99);
    expect(share(extensions)).toBeGreaterThanOrEqual(0.9);
  });
});
