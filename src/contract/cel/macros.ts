// Calls that are macros -> nodes of their own: their first arguments are names, not values.
import type { Fault } from "./lex.ts";
import type { MacroName, Node } from "./tree.ts";

interface Call {
  at: number;
  name: string;
  on?: Node;
  args: Node[];
}

/** How many names a macro takes, and how many expressions after them. */
const comprehensions: Record<string, { as: MacroName; names: number[]; bodies: number[] }> = {
  all: { as: "all", names: [1, 2], bodies: [1] },
  exists: { as: "exists", names: [1, 2], bodies: [1] },
  exists_one: { as: "existsOne", names: [1], bodies: [1] },
  existsOne: { as: "existsOne", names: [1, 2], bodies: [1] },
  map: { as: "map", names: [1], bodies: [1, 2] },
  filter: { as: "filter", names: [1], bodies: [1] },
  transformList: { as: "transformList", names: [2], bodies: [1, 2] },
  transformMap: { as: "transformMap", names: [2], bodies: [1, 2] },
  transformMapEntry: { as: "transformMapEntry", names: [2], bodies: [1, 2] },
  sortBy: { as: "sortBy", names: [1], bodies: [1] },
  optMap: { as: "optMap", names: [1], bodies: [1] },
  optFlatMap: { as: "optFlatMap", names: [1], bodies: [1] },
};

/** Names of all macros, for "did you mean". */
export const macroNames = ["has", ...Object.keys(comprehensions)];

/** The node of a macro, or undefined when the call is a plain one. Throws a Fault. */
export function expandMacro(call: Call): Node | undefined {
  if (call.on === undefined) return call.name === "has" && call.args.length === 1 ? has(call) : undefined;
  if (call.name === "bind" && call.on.kind === "name" && call.on.name === "cel") return bind(call);
  const macro = Object.hasOwn(comprehensions, call.name) ? comprehensions[call.name] : undefined;
  if (macro === undefined) return undefined;
  // Two names when two fit: `l.all(i, v, ...)`; `l.map(x, test, value)` has one, and two expressions.
  const count = [...macro.names].reverse().find((names) => macro.bodies.includes(call.args.length - names));
  if (count === undefined) return undefined;
  const names = call.args.slice(0, count).map(nameOf);
  if (count === 2 && names[0] === names[1])
    throw { at: call.args[1]?.at ?? call.at, message: `${call.name}: two names must differ` } satisfies Fault;
  return { kind: "macro", at: call.at, name: macro.as, of: call.on, names, args: call.args.slice(count) };
}

function has({ args }: Call): Node {
  const [of] = args;
  if (of?.kind !== "select")
    throw { at: of?.at ?? 0, message: "has() takes a selection such as has(it.json)" } satisfies Fault;
  return { ...of, test: true };
}

function bind({ at, args }: Call): Node {
  const [name, value, body] = args;
  if (name === undefined || value === undefined || body === undefined || args.length !== 3)
    throw { at, message: "cel.bind takes a name, a value and an expression" } satisfies Fault;
  return { kind: "bind", at, name: nameOf(name), value, body };
}

function nameOf(node: Node): string {
  if (node.kind !== "name" || node.absolute) throw { at: node.at, message: "must be a plain name" } satisfies Fault;
  return node.name;
}
