// Macros: `all`, `exists`, `map`, `filter`, `transformMap`, `sortBy`, `optMap` and so on, as loops.

import { type BoundNames, bound, type Planned } from "./frame.ts";
import { sortedBy } from "./lists.ts";
import type { Node } from "./tree.ts";
import { CelMap, entriesOf, fault, isMap, Optional, typeName } from "./values.ts";

type Macro = Node & { kind: "macro" };
type Planner = (node: Node, names: BoundNames) => Planned;

/** The plan of a macro. */
export function comprehension(node: Macro, names: BoundNames, plan: Planner): Planned {
  const of = plan(node.of, names);
  const first = bound(names, node.names[0] ?? "");
  const second = node.names[1] === undefined ? undefined : bound(first.inner, node.names[1]);
  const inner = second?.inner ?? first.inner;
  const args = node.args.map((arg) => plan(arg, inner));
  if (node.name === "optMap" || node.name === "optFlatMap")
    return optionalMap(node.name, of, first.slot, args[0] as Planned);
  const slots = [first.slot, ...(second === undefined ? [] : [second.slot])];
  const run = loops[node.name]?.(args) as Loop;
  return (frame) => run(frame, rangeOf(of(frame), frame.slots, slots));
}

function optionalMap(name: string, of: Planned, slot: number, body: Planned): Planned {
  return (frame) => {
    const optional = of(frame);
    if (!(optional instanceof Optional)) throw fault(`no such overload: ${typeName(optional)}.${name}()`);
    if (!optional.present) return Optional.none;
    frame.slots[slot] = optional.value;
    const value = body(frame);
    if (name === "optMap") return new Optional(value);
    if (!(value instanceof Optional)) throw fault("optFlatMap: the expression must give an optional");
    return value;
  };
}

/** What a macro goes through: `set(i)` gives its names their values of round `i`, of which `first` is told too. */
interface Range {
  size: number;
  set(round: number): void;
  first(round: number): unknown;
}

/** Names hold: element; index and element; key; key and value. */
function rangeOf(range: unknown, slots: unknown[], [one = 0, two]: number[]): Range {
  if (Array.isArray(range)) {
    const set =
      two === undefined
        ? (i: number) => {
            slots[one] = range[i];
          }
        : (i: number) => {
            slots[one] = i;
            slots[two] = range[i];
          };
    return { size: range.length, set, first: (i) => (two === undefined ? range[i] : i) };
  }
  if (!isMap(range)) throw fault(`no such overload: ${typeName(range)} is neither a list nor a map`);
  const entries = entriesOf(range);
  const set = (i: number) => {
    slots[one] = entries[i]?.[0];
    if (two !== undefined) slots[two] = entries[i]?.[1];
  };
  return { size: entries.length, set, first: (i) => entries[i]?.[0] };
}

type Frame = Parameters<Planned>[0];
type Loop = (frame: Frame, range: Range) => unknown;

const truth = (value: unknown): boolean => {
  if (typeof value !== "boolean") throw fault(`no such overload: a condition is no ${typeName(value)}`);
  return value;
};

/** `all` and `exists`: one round that decides is enough, whatever fails in others. */
function quantifier(decisive: boolean): (args: Planned[]) => Loop {
  return ([condition]) =>
    (frame, range) => {
      let failed: unknown;
      for (let i = 0; i < range.size; i++) {
        range.set(i);
        try {
          if (truth(condition?.(frame)) === decisive) return decisive;
        } catch (error) {
          failed ??= error;
        }
      }
      if (failed !== undefined) throw failed;
      return !decisive;
    };
}

/** Rounds whose condition holds; without one, all. */
function selecting(args: Planned[], frame: Frame, range: Range, take: (value: unknown, key: unknown) => void): void {
  const [condition, value] = args.length === 2 ? args : [undefined, args[0]];
  for (let i = 0; i < range.size; i++) {
    range.set(i);
    if (condition === undefined || truth(condition(frame))) take(value?.(frame), range.first(i));
  }
}

function toList(args: Planned[]): Loop {
  return (frame, range) => {
    const made: unknown[] = [];
    selecting(args, frame, range, (value) => made.push(value));
    return made;
  };
}

function filter([condition]: Planned[]): Loop {
  return (frame, range) => {
    const kept: unknown[] = [];
    for (let i = 0; i < range.size; i++) {
      range.set(i);
      if (truth(condition?.(frame))) kept.push(range.first(i));
    }
    return kept;
  };
}

function sortBy([key]: Planned[]): Loop {
  return (frame, range) => {
    const items = Array.from({ length: range.size }, (_, i) => range.first(i));
    const keys = items.map((_, i) => {
      range.set(i);
      return key?.(frame);
    });
    return sortedBy(items, keys);
  };
}

function toEntries(args: Planned[]): Loop {
  return (frame, range) => {
    const made = new CelMap();
    selecting(args, frame, range, (entry) => {
      if (!isMap(entry)) throw fault(`transformMapEntry: a map is needed, not ${typeName(entry)}`);
      for (const [key, item] of entriesOf(entry)) made.add(key, item);
    });
    return made;
  };
}

const loops: Record<string, (args: Planned[]) => Loop> = {
  all: quantifier(false),
  exists: quantifier(true),
  existsOne: (args) => (frame, range) => (filter(args)(frame, range) as unknown[]).length === 1,
  map: toList,
  transformList: toList,
  filter,
  transformMap: (args) => (frame, range) => {
    const made = new CelMap();
    selecting(args, frame, range, (value, key) => made.add(key, value));
    return made;
  },
  transformMapEntry: toEntries,
  sortBy,
};
