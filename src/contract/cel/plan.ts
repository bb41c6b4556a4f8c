// Syntax tree -> function of a scope. Names of macros have slots in a frame; everything else is looked up in the scope.

import { type BoundNames, bound, type Planned } from "./frame.ts";
import { comprehension } from "./loops.ts";
import { operators } from "./operators.ts";
import { callable, overloadsOf } from "./registry.ts";
import { accessed, indexed, optionally, present } from "./select.ts";
import type { Node } from "./tree.ts";
import { CelMap, fault, isInt, Optional, TypeValue, typeName } from "./values.ts";

const typeNames: Record<string, string> = Object.fromEntries(
  [
    "bool bytes double int list map null_type string type uint optional_type".split(" ").map((name) => [name, name]),
    [["google.protobuf.Timestamp", "google.protobuf.Timestamp"]],
    [["google.protobuf.Duration", "google.protobuf.Duration"]],
  ].flat(),
);

/** The plan of a tree. Throws nothing: what is wrong is a fault when it is run. */
export function plan(node: Node, names: BoundNames = { slots: new Map() }): Planned {
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return planName(node, names);
    case "select":
      return planSelect(node, names);
    case "index":
      return planIndex(node, names);
    case "call":
      return planCall(node, names);
    case "list":
      return planList(node, names);
    case "map":
      return planMap(node, names);
    case "logic":
      return planLogic(node, names);
    case "choice":
      return planChoice(node, names);
    case "bind": {
      const { slot, inner } = bound(names, node.name);
      const value = plan(node.value, names);
      const body = plan(node.body, inner);
      return (frame) => {
        frame.slots[slot] = value(frame);
        return body(frame);
      };
    }
    case "macro":
      return comprehension(node, names, plan);
  }
}

function planName(node: Node & { kind: "name" }, names: BoundNames): Planned {
  const { name } = node;
  const slot = node.absolute ? undefined : names.slots.get(name);
  if (slot !== undefined) return ({ slots }) => slots[slot];
  return ({ scope }) => {
    const value = scope[name];
    if (value !== undefined && Object.hasOwn(scope, name)) return value;
    if (Object.hasOwn(typeNames, name)) return new TypeValue(name);
    throw fault(`unknown name "${name}"`);
  };
}

/** `a.b.c` as one text, when it is names only and `a` is none that a macro has bound. */
function dotted(node: Node, names: BoundNames): string | undefined {
  if (node.kind === "name") return names.slots.has(node.name) && !node.absolute ? undefined : node.name;
  if (node.kind !== "select" || node.optional || node.test) return undefined;
  const before = dotted(node.of, names);
  return before === undefined ? undefined : `${before}.${node.field}`;
}

function planSelect(node: Node & { kind: "select" }, names: BoundNames): Planned {
  const { field } = node;
  const of = plan(node.of, names);
  if (node.test)
    return node.optional ? (frame) => optionally(of(frame), field).present : (frame) => present(of(frame), field);
  if (node.optional) return (frame) => optionally(of(frame), field);
  const whole = dotted(node, names);
  if (whole === undefined) return (frame) => accessed(of(frame), field);
  // A scope may hold `a.b` as one name, the longest one winning; type names are written so, too.
  return (frame) => {
    const { scope } = frame;
    if (Object.hasOwn(scope, whole)) return scope[whole];
    if (Object.hasOwn(typeNames, whole)) return new TypeValue(whole);
    return accessed(of(frame), field);
  };
}

function planIndex(node: Node & { kind: "index" }, names: BoundNames): Planned {
  const of = plan(node.of, names);
  const key = plan(node.key, names);
  if (node.optional) return (frame) => optionally(of(frame), key(frame));
  return (frame) => indexed(of(frame), key(frame));
}

function planCall(node: Node & { kind: "call" }, names: BoundNames): Planned {
  const operator = operators[node.name];
  if (operator !== undefined && node.on === undefined) {
    const left = plan(node.args[0] as Node, names);
    const right = node.args[1] === undefined ? undefined : plan(node.args[1], names);
    return right === undefined
      ? (frame) => operator(left(frame), undefined)
      : (frame) => operator(left(frame), right(frame));
  }
  const space = node.on === undefined ? undefined : dotted(node.on, names);
  const qualified = space === undefined ? node.name : `${space}.${node.name}`;
  if (node.on === undefined || (space !== undefined && overloadsOf(qualified).length > 0))
    return invoked(
      qualified,
      false,
      node.args.map((arg) => plan(arg, names)),
    );
  const on = plan(node.on, names);
  if (node.name === "or" || node.name === "orValue" || node.name === "value" || node.name === "hasValue")
    return ofOptional(node.name, on, node.args[0] === undefined ? undefined : plan(node.args[0], names));
  return invoked(node.name, true, [on, ...node.args.map((arg) => plan(arg, names))]);
}

function invoked(name: string, method: boolean, args: Planned[]): Planned {
  const call = callable(name, method, args.length);
  if (call === undefined)
    return () => {
      throw fault(`no such function: ${name} of ${args.length - (method ? 1 : 0)} arguments`);
    };
  return (frame) => call(args.map((arg) => arg(frame)));
}

/** The other value is worked out only when it is needed. */
function ofOptional(name: string, on: Planned, other: Planned | undefined): Planned {
  return (frame) => {
    const optional = on(frame);
    if (!(optional instanceof Optional)) throw fault(`no such overload: ${typeName(optional)}.${name}()`);
    if (name === "hasValue") return optional.present;
    if (name === "or" || name === "orValue") {
      if (other === undefined) throw fault(`${name} takes one argument`);
      if (optional.present) return name === "or" ? optional : optional.value;
      return other(frame);
    }
    if (!optional.present) throw fault("optional.none() has no value");
    return optional.value;
  };
}

function planList(node: Node & { kind: "list" }, names: BoundNames): Planned {
  const items = node.items.map(({ value, optional }) => ({ run: plan(value, names), optional }));
  if (items.every(({ optional }) => !optional)) return (frame) => items.map(({ run }) => run(frame));
  return (frame) =>
    items.flatMap(({ run, optional }) => {
      const value = run(frame);
      return optional ? unwrapped(value) : [value];
    });
}

function unwrapped(value: unknown): unknown[] {
  if (!(value instanceof Optional)) throw fault(`an optional is needed here, not ${typeName(value)}`);
  return value.present ? [value.value] : [];
}

function planMap(node: Node & { kind: "map" }, names: BoundNames): Planned {
  const entries = node.entries.map(({ key, value, optional }) => ({
    key: plan(key, names),
    value: plan(value, names),
    optional,
  }));
  return (frame) => {
    const map = new CelMap();
    for (const { key, value, optional } of entries) {
      const at = key(frame);
      if (typeof at !== "string" && typeof at !== "boolean" && !isInt(at) && typeName(at) !== "uint")
        throw fault(`unsupported key type: ${typeName(at)}`);
      for (const item of optional ? unwrapped(value(frame)) : [value(frame)]) map.add(at, item);
    }
    return map;
  };
}

/** One side that decides is enough: what fails on the other does not matter. */
function planLogic(node: Node & { kind: "logic" }, names: BoundNames): Planned {
  const decisive = !node.and;
  const left = plan(node.left, names);
  const right = plan(node.right, names);
  const sign = node.and ? "&&" : "||";
  const truth = (value: unknown): boolean => {
    if (typeof value !== "boolean") throw fault(`no such overload: ${sign} of ${typeName(value)}`);
    return value;
  };
  return (frame) => {
    let first: boolean;
    try {
      first = truth(left(frame));
    } catch (error) {
      if (truth(right(frame)) === decisive) return decisive;
      throw error;
    }
    return first === decisive ? decisive : truth(right(frame));
  };
}

function planChoice(node: Node & { kind: "choice" }, names: BoundNames): Planned {
  const test = plan(node.test, names);
  const yes = plan(node.yes, names);
  const no = plan(node.no, names);
  return (frame) => {
    const answer = test(frame);
    if (typeof answer !== "boolean") throw fault(`no such overload: ${typeName(answer)} ? :`);
    return answer ? yes(frame) : no(frame);
  };
}
