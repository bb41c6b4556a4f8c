// Functions of lists and sets, optionals, and base64.
import type { Definition } from "./types.ts";
import {
  CelDuration,
  compare,
  entriesOf,
  equals,
  fault,
  isMap,
  numeric,
  Optional,
  Timestamp,
  typeName,
} from "./values.ts";

type List = unknown[];

function distinct(list: List): List {
  const kept: List = [];
  for (const item of list) if (!kept.some((other) => equals(other, item))) kept.push(item);
  return kept;
}

function flatten(list: List, depth: number | bigint = 1): List {
  if (depth < 0) throw fault("flatten: negative depth");
  return Number(depth) === 0 ? list : (list.flat(Number(depth)) as List);
}

function slice(list: List, from: number, to: number): List {
  if (from < 0 || to < from || to > list.length) throw fault(`slice from ${from} to ${to} of ${list.length}`);
  return list.slice(from, to);
}

/** A list in order by keys of one kind, stable. Throws EvalFault when keys differ in kind or have no order. */
export function sortedBy(list: List, keys: List): List {
  const first = typeName(keys[0]);
  for (const key of keys) {
    if (typeName(key) !== first) throw fault("sort: elements differ in type");
    if (["list", "map", "null_type", "optional_type", "type"].includes(typeName(key)))
      throw fault(`sort: ${first} has no order`);
  }
  return list
    .map((item, i) => ({ item, key: keys[i] }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item);
}

const contains = (list: List, wanted: List): boolean =>
  wanted.every((item) => list.some((other) => equals(other, item)));

function range(count: number | bigint): List {
  if (count < 0 || count > 1_000_000) throw fault("lists.range: from 0 to 1,000,000 elements");
  return Array.from({ length: Number(count) }, (_, i) => i);
}

const ofIfAny = (list: List, index: number): Optional =>
  list.length === 0 ? Optional.none : new Optional(list.at(index));

function isZero(value: unknown): boolean {
  const number = numeric(value);
  if (number !== undefined) return Number(number) === 0;
  if (value === null || value === false || value === "") return true;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof CelDuration) return value.ns === 0n;
  if (value instanceof Timestamp || value instanceof Optional) return value === Optional.none;
  return isMap(value) && entriesOf(value).length === 0;
}

function decoded(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw fault("not base64");
  return Uint8Array.from(Buffer.from(text, "base64"));
}

export const extensions: Definition[] = [
  ["list.distinct(): list", "", distinct],
  ["list.flatten(): list", "", flatten],
  ["list.flatten(int): list", "", flatten],
  ["list.reverse(): list", "", (list: List) => [...list].reverse()],
  ["list.slice(int, int): list", "", slice],
  ["list.sort(): list", "", (list: List) => sortedBy(list, list)],
  ["list.first(): optional", "", (list: List) => ofIfAny(list, 0)],
  ["list.last(): optional", "", (list: List) => ofIfAny(list, -1)],
  ["lists.range(int): list<int>", "", range],
  ["sets.contains(list, list): bool", "", contains],
  ["sets.equivalent(list, list): bool", "", (a: List, b: List) => contains(a, b) && contains(b, a)],
  [
    "sets.intersects(list, list): bool",
    "",
    (a: List, b: List) => a.some((item) => b.some((other) => equals(item, other))),
  ],
  ["optional.of(dyn): optional", "", (value: unknown) => new Optional(value)],
  ["optional.none(): optional", "", () => Optional.none],
  [
    "optional.ofNonZeroValue(dyn): optional",
    "",
    (value: unknown) => (isZero(value) ? Optional.none : new Optional(value)),
  ],
  [
    "optional.unwrap(list): list",
    "",
    (list: Optional[]) => list.filter(({ present }) => present).map(({ value }) => value),
  ],
  ["list.unwrapOpt(): list", "", (list: Optional[]) => list.filter(({ present }) => present).map(({ value }) => value)],
  ["base64.encode(bytes): string", "", (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")],
  ["base64.decode(string): bytes", "", decoded],
];
