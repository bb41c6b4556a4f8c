// Composite values of OpenMetrics 2.0: `{count:2,sum:1.2,bucket:[1:1,+Inf:2]}` and their native and summary relatives. Pure.
import type { FamilyType } from "./model.ts";
import { parseInt64, parseNumber } from "./numbers.ts";
import type { Composite, Native } from "./samples.ts";

/** What stands wrong, at which offset of the text. */
export interface CompositeFault {
  at: number;
  expected: string;
}

interface Field {
  name: string;
  nameAt: number;
  value: string;
  valueAt: number;
}

const NATIVE = ["schema", "zero_threshold", "zero_count"];
const NEGATIVE = ["negative_spans", "negative_buckets"];
const POSITIVE = ["positive_spans", "positive_buckets"];

/** Reads `{...}`, as long as the text. `type`: of the family; an unknown one is told by its fields. */
export function readComposite(text: string, type: FamilyType): Composite | CompositeFault {
  const fields = fieldsOf(text);
  if (!Array.isArray(fields)) return fields;
  const kind = kindOf(type, fields);
  const orders = ordersOf(kind);
  const names = fields.map(({ name }) => name);
  if (!orders.some((order) => order.join() === names.join())) return misplaced(fields, orders);
  try {
    return compositeOf(kind, fields);
  } catch (fault) {
    if (fault instanceof BadField) return { at: fault.at, expected: fault.expected };
    throw fault;
  }
}

/** Thrown inside this file only: the first value that is none. */
class BadField extends Error {
  readonly at: number;
  readonly expected: string;
  constructor(at: number, expected: string) {
    super(expected);
    this.at = at;
    this.expected = expected;
  }
}

const FIELD = /([a-z_]+):(\[[^\]\s]*\]|[^,}[\]\s]*)([,}])/y;

function fieldsOf(text: string): Field[] | CompositeFault {
  const fields: Field[] = [];
  let at = 1;
  for (;;) {
    FIELD.lastIndex = at;
    const found = FIELD.exec(text);
    if (found === null) return { at, expected: "field:value, then a comma or }, without blanks" };
    const [all, name = "", value = "", end] = found;
    fields.push({ name, nameAt: at, value, valueAt: at + name.length + 1 });
    at += all.length;
    if (end === "}") return at === text.length ? fields : { at, expected: "nothing behind the composite value" };
  }
}

function kindOf(type: FamilyType, fields: Field[]): Composite["kind"] {
  if (type === "histogram" || type === "gaugehistogram" || type === "summary") return type;
  const names = fields.map(({ name }) => name);
  if (names.includes("quantile")) return "summary";
  return names.includes("gcount") ? "gaugehistogram" : "histogram";
}

function ordersOf(kind: Composite["kind"]): string[][] {
  if (kind === "summary") return [["count", "sum", "quantile"]];
  const head = kind === "gaugehistogram" ? ["gcount", "gsum"] : ["count", "sum"];
  const natives = [[], NEGATIVE, POSITIVE, [...NEGATIVE, ...POSITIVE]].map((sides) => [...head, ...NATIVE, ...sides]);
  return [[...head, "bucket"], ...natives, ...natives.map((one) => [...one, "bucket"])];
}

/** The first field that no order has there. */
function misplaced(fields: Field[], orders: string[][]): CompositeFault {
  let left = orders;
  for (const [k, { name, nameAt }] of fields.entries()) {
    const fitting = left.filter((order) => order[k] === name);
    if (fitting.length === 0) {
      const wanted = [...new Set(left.map((order) => order[k] ?? "}"))];
      return { at: nameAt, expected: wanted.map((one) => (one === "}" ? one : `${one}:`)).join(" or ") };
    }
    left = fitting;
  }
  const wanted = [...new Set(left.map((order) => order[fields.length] ?? "}"))];
  const last = fields.at(-1);
  return {
    at: (last?.valueAt ?? 0) + (last?.value.length ?? 0),
    expected: wanted.map((one) => `${one}:`).join(" or "),
  };
}

function compositeOf(kind: Composite["kind"], fields: Field[]): Composite {
  const by = new Map(fields.map((field) => [field.name, field]));
  const number = (name: string): number => {
    const field = by.get(name);
    return numberIn(field?.value ?? "", field?.valueAt ?? 0);
  };
  const gauge = kind === "gaugehistogram" ? "g" : "";
  const composite: Composite = { kind, count: number(`${gauge}count`), sum: number(`${gauge}sum`) };
  const buckets = by.get("bucket");
  if (buckets !== undefined) {
    const pairs = pairsOf(buckets, (text, at) =>
      text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : real(text, at),
    );
    composite.bounds = pairs.map(([bound]) => bound);
    composite.counts = pairs.map(([, count]) => count);
  }
  const quantiles = by.get("quantile");
  if (quantiles !== undefined) {
    const pairs = pairsOf(quantiles, real);
    composite.quantiles = pairs.map(([quantile]) => quantile);
    composite.values = pairs.map(([, value]) => value);
  }
  const schema = by.get("schema");
  if (schema !== undefined) composite.native = nativeOf(schema, by, number);
  return composite;
}

function nativeOf(schema: Field, by: Map<string, Field>, number: (name: string) => number): Native {
  const threshold = by.get("zero_threshold");
  const native: Native = {
    schema: integer(schema.value, schema.valueAt),
    threshold: real(threshold?.value ?? "", threshold?.valueAt ?? 0),
    zero: number("zero_count"),
  };
  for (const sign of ["negative", "positive"] as const) {
    const spans = by.get(`${sign}_spans`);
    const buckets = by.get(`${sign}_buckets`);
    if (spans === undefined || buckets === undefined) continue;
    native[sign] = {
      spans: spansOf(spans),
      buckets: items(buckets).map(({ text, at }) => numberIn(text, at)),
    };
  }
  return native;
}

function spansOf(field: Field): [number, number][] {
  return items(field).map(({ text, at }): [number, number] => {
    const colon = text.indexOf(":");
    if (colon < 0) throw new BadField(at, "offset:length");
    return [integer(text.slice(0, colon), at), integer(text.slice(colon + 1), at + colon + 1)];
  });
}

function pairsOf(field: Field, key: (text: string, at: number) => number): [number, number][] {
  return items(field).map(({ text, at }): [number, number] => {
    const colon = text.indexOf(":");
    if (colon < 0) throw new BadField(at, "threshold:count");
    return [key(text.slice(0, colon), at), numberIn(text.slice(colon + 1), at + colon + 1)];
  });
}

/** What stands between the brackets, by commas. */
function items({ value, valueAt }: Field): { text: string; at: number }[] {
  if (!value.startsWith("[")) throw new BadField(valueAt, "a list in [ ]");
  const inner = value.slice(1, -1);
  if (inner === "") return [];
  let at = valueAt + 1;
  return inner.split(",").map((text) => {
    const item = { text, at };
    at += text.length + 1;
    return item;
  });
}

function numberIn(text: string, at: number): number {
  const value = parseNumber(text, "overflow-infinite");
  if (value === undefined) throw new BadField(at, "a number");
  return value;
}

function real(text: string, at: number): number {
  const value = numberIn(text, at);
  if (Number.isNaN(value) || /inf/i.test(text)) throw new BadField(at, "a real number");
  return value;
}

function integer(text: string, at: number): number {
  const value = parseInt64(text);
  if (value === undefined) throw new BadField(at, "a whole number");
  return value;
}
