// Names and types of an expression, checked without running it. Only what is certainly wrong is told; what a module sends may be anything.
import { nearest } from "../../base/errors.ts";
import type { Fault } from "./lex.ts";
import { macroNames } from "./macros.ts";
import { functionNames, overloadsOf, takes } from "./registry.ts";
import type { Node } from "./tree.ts";
import { dyn, fits, joined, type Signature, type Type, typeText } from "./types.ts";
import { typeName } from "./values.ts";

/** Types of the names that an expression may use. */
export type Known = { [name: string]: Type };

interface Checker {
  known: Known;
  bound: ReadonlyMap<string, Type>;
  faults: Fault[];
}

const typeWords = new Set("bool bytes double int list map null_type string type uint google optional_type".split(" "));

/** Faults of names and types, with their offsets in the expression. */
export function check(node: Node, known: Known): Fault[] {
  const checker: Checker = { known, bound: new Map(), faults: [] };
  infer(node, checker);
  return checker.faults;
}

function say(checker: Checker, at: number, message: string): Type {
  checker.faults.push({ at, message });
  return dyn;
}

function near(word: string, words: Iterable<string>): string {
  const found = nearest(word, words);
  return found === undefined ? "" : `; did you mean "${found}"?`;
}

function infer(node: Node, checker: Checker): Type {
  switch (node.kind) {
    case "literal":
      return { name: typeName(node.value).replace("null_type", "dyn") };
    case "name":
      return nameType(node, checker);
    case "select":
      return selectType(node, checker);
    case "index":
      infer(node.key, checker);
      return elementOf(infer(node.of, checker), node.optional ?? false);
    case "call":
      return callType(node, checker);
    case "list": {
      const items = node.items.map(({ value }) => infer(value, checker));
      const first = items[0] ?? dyn;
      return { name: "list", of: [items.slice(1).reduce(joined, first)] };
    }
    case "map":
      for (const { key, value } of node.entries) {
        infer(key, checker);
        infer(value, checker);
      }
      return { name: "map" };
    case "logic":
      for (const side of [node.left, node.right]) mustBe(side, "bool", checker, node.and ? "&&" : "||");
      return { name: "bool" };
    case "choice":
      mustBe(node.test, "bool", checker, "? :");
      return joined(infer(node.yes, checker), infer(node.no, checker));
    case "bind":
      return infer(node.body, within(checker, [[node.name, infer(node.value, checker)]]));
    case "macro":
      return macroType(node, checker);
  }
}

function mustBe(node: Node, wanted: string, checker: Checker, where: string): void {
  const type = infer(node, checker);
  if (!fits(type, { name: wanted })) say(checker, node.at, `${where} takes a ${wanted}, not ${typeText(type)}`);
}

function within(checker: Checker, names: [string, Type][]): Checker {
  return { ...checker, bound: new Map([...checker.bound, ...names]) };
}

function nameType(node: Node & { kind: "name" }, checker: Checker): Type {
  const bound = node.absolute ? undefined : checker.bound.get(node.name);
  if (bound !== undefined) return bound;
  if (Object.hasOwn(checker.known, node.name)) return checker.known[node.name] ?? dyn;
  if (typeWords.has(node.name)) return { name: "type" };
  const words = [...Object.keys(checker.known), ...checker.bound.keys()];
  return say(checker, node.at, `unknown name "${node.name}"${near(node.name, words)}`);
}

/** Words of an object that is open are told apart only when one is near: a slip of a letter or two in a longer word. */
function slip(word: string, words: string[]): string | undefined {
  if (word.length < 3) return undefined; // Shorter ones resemble too much.
  const found = nearest(word, words);
  if (found === undefined || Math.abs(found.length - word.length) > 1) return undefined;
  const sameLetters = [...word].sort().join("") === [...found].sort().join("");
  return sameLetters || (found[0] === word[0] && (word.length >= 4 || found.length === 4)) ? found : undefined;
}

function selectType(node: Node & { kind: "select" }, checker: Checker): Type {
  const type = infer(node.of, checker);
  const of = type.name === "optional" ? (type.of?.[0] ?? dyn) : type;
  const result = fieldType(node, of, checker);
  if (node.test) return { name: "bool" };
  return node.optional || type.name === "optional" ? { name: "optional", of: [result] } : result;
}

function fieldType(node: Node & { kind: "select" }, type: Type, checker: Checker): Type {
  if (type.name === "map") return type.of?.[1] ?? dyn;
  if (type.name === "dyn") return dyn;
  if (type.fields === undefined)
    return type.name === "type" ? dyn : say(checker, node.at, `${typeText(type)} has no field "${node.field}"`);
  if (Object.hasOwn(type.fields, node.field)) return type.fields[node.field] ?? dyn;
  const words = Object.keys(type.fields);
  if (!type.open) return say(checker, node.at, `${typeText(type)} has no "${node.field}"${near(node.field, words)}`);
  const meant = slip(node.field, words);
  return meant === undefined
    ? dyn
    : say(checker, node.at, `${typeText(type)} has no "${node.field}"; did you mean "${meant}"?`);
}

function elementOf(type: Type, optional: boolean): Type {
  const element = type.name === "list" ? (type.of?.[0] ?? dyn) : type.name === "map" ? (type.of?.[1] ?? dyn) : dyn;
  return optional ? { name: "optional", of: [element] } : element;
}

function macroType(node: Node & { kind: "macro" }, checker: Checker): Type {
  const range = infer(node.of, checker);
  if (node.name === "optMap" || node.name === "optFlatMap") {
    const inner = infer(node.args[0] as Node, within(checker, [[node.names[0] ?? "", range.of?.[0] ?? dyn]]));
    return node.name === "optMap" ? { name: "optional", of: [inner] } : inner;
  }
  if (!["dyn", "list", "map", "object"].includes(range.name))
    say(checker, node.at, `${node.name} goes through lists and maps, not ${typeText(range)}`);
  const names = namesOf(node, range);
  const inner = within(checker, names);
  const types = node.args.map((arg) => infer(arg, inner));
  const last = types.at(-1) ?? dyn;
  const conditional = ["all", "exists", "existsOne", "filter"].includes(node.name) || node.args.length === 2;
  if (conditional && !fits(types[0] ?? dyn, { name: "bool" }))
    say(checker, node.args[0]?.at ?? node.at, `${node.name} takes a condition, not ${typeText(types[0] ?? dyn)}`);
  if (node.name === "all" || node.name === "exists" || node.name === "existsOne") return { name: "bool" };
  if (node.name === "map" || node.name === "transformList") return { name: "list", of: [last] };
  if (node.name === "transformMap" || node.name === "transformMapEntry") return { name: "map" };
  return range.name === "list" ? range : { name: "list", of: [names[0]?.[1] ?? dyn] };
}

function namesOf(node: Node & { kind: "macro" }, range: Type): [string, Type][] {
  const element = range.name === "list" ? (range.of?.[0] ?? dyn) : dyn;
  const [one = "", two] = node.names;
  if (two === undefined) return [[one, range.name === "object" || range.name === "map" ? { name: "string" } : element]];
  return [
    [one, range.name === "list" ? { name: "int" } : dyn],
    [two, element],
  ];
}

/** `a.b` as a namespace of functions, such as `math`. */
function spaceOf(node: Node | undefined, checker: Checker): string | undefined {
  return node?.kind === "name" && !checker.bound.has(node.name) ? node.name : undefined;
}

const comparisons = new Set(["_<_", "_<=_", "_>_", "_>=_"]);
const sums = new Set(["_+_", "_-_", "_*_", "_/_", "_%_"]);
const numberNames = new Set(["int", "uint", "double", "number"]);

function operatorType(node: Node & { kind: "call" }, args: Type[], checker: Checker): Type | undefined {
  const [left = dyn, right = dyn] = args;
  const sign = node.name.replaceAll("_", "").replace("@", "");
  if (node.name === "_==_" || node.name === "_!=_") {
    if (!fits(left, right) && !(numberNames.has(left.name) && numberNames.has(right.name)))
      say(checker, node.at, `${typeText(left)} ${sign} ${typeText(right)} is always ${node.name === "_!=_"}`);
    return { name: "bool" };
  }
  if (comparisons.has(node.name)) {
    if (!fits(left, right) && !(numberNames.has(left.name) && numberNames.has(right.name)))
      say(checker, node.at, `no ${sign} between ${typeText(left)} and ${typeText(right)}`);
    return { name: "bool" };
  }
  if (node.name === "@in") {
    if (!["dyn", "list", "map", "object"].includes(right.name))
      say(checker, node.at, `"in" takes a list or a map, not ${typeText(right)}`);
    return { name: "bool" };
  }
  if (sums.has(node.name)) return sumType(node, left, right, checker);
  if (node.name === "!_") {
    if (!fits(left, { name: "bool" })) say(checker, node.at, `! takes a bool, not ${typeText(left)}`);
    return { name: "bool" };
  }
  return node.name === "-_" ? left : undefined;
}

function sumType(node: Node & { kind: "call" }, left: Type, right: Type, checker: Checker): Type {
  if (left.name === "dyn" || right.name === "dyn") return dyn;
  if (numberNames.has(left.name) && numberNames.has(right.name))
    return left.name === right.name ? left : { name: "number" };
  const times = ["timestamp", "duration"];
  if (times.includes(left.name) && times.includes(right.name)) return dyn;
  if (left.name === right.name && node.name === "_+_") return joined(left, right);
  return say(checker, node.at, `no ${node.name[1]} between ${typeText(left)} and ${typeText(right)}`);
}

const optionalMethods = new Set(["or", "orValue", "value", "hasValue"]);

function callType(node: Node & { kind: "call" }, checker: Checker): Type {
  const unknown = node.on !== undefined && !optionalMethods.has(node.name) && overloadsOf(node.name).length === 0;
  // The arguments of a macro that is misspelt are no faults of their own.
  const args = unknown && spaceOf(node.on, checker) === undefined ? [] : node.args.map((arg) => infer(arg, checker));
  const operator = node.on === undefined ? operatorType(node, args, checker) : undefined;
  if (operator !== undefined) return operator;
  const space = spaceOf(node.on, checker);
  const qualified = space === undefined ? node.name : `${space}.${node.name}`;
  const isFunction = node.on === undefined || (space !== undefined && overloadsOf(qualified).length > 0);
  if (isFunction) return signatureType({ node, name: qualified, method: false, args }, checker);
  if (
    space !== undefined &&
    !Object.hasOwn(checker.known, space) &&
    functionNames().some((name) => name.startsWith(`${space}.`))
  )
    return say(checker, node.at, `unknown function "${qualified}"${near(qualified, functionNames())}`);
  const on = infer(node.on as Node, checker);
  if (optionalMethods.has(node.name)) {
    if (!fits(on, { name: "optional" }))
      say(checker, node.at, `${node.name}() is of optionals, not of ${typeText(on)}`);
    return node.name === "hasValue" ? { name: "bool" } : node.name === "or" ? on : dyn;
  }
  return signatureType({ node, name: node.name, method: true, args: [on, ...args] }, checker);
}

interface Call {
  node: Node;
  name: string;
  method: boolean;
  args: Type[];
}

function signatureType({ node, name, method, args }: Call, checker: Checker): Type {
  const all: Signature[] = overloadsOf(name).filter((overload) => overload.method === method);
  if (all.length === 0) {
    const other = overloadsOf(name).length > 0;
    if (other)
      return say(checker, node.at, method ? `write ${name}(x), not x.${name}()` : `write x.${name}(), not ${name}(x)`);
    return say(
      checker,
      node.at,
      `unknown function "${name}"${near(name, [...functionNames(), ...macroNames, ...optionalMethods])}`,
    );
  }
  const fitting = all.filter((overload) => takes(overload, method, args.length));
  const counts = [...new Set(all.map(({ params }) => params.length - (method ? 1 : 0)))].join(" or ");
  if (fitting.length === 0)
    return say(
      checker,
      node.at,
      `${name} takes ${counts} argument${counts === "1" ? "" : "s"}, not ${args.length - (method ? 1 : 0)}`,
    );
  const chosen = fitting.filter(({ params }) =>
    args.every((arg, i) => fits(arg, params[Math.min(i, params.length - 1)] ?? dyn)),
  );
  const [first] = chosen;
  if (first === undefined) return say(checker, node.at, `${name} does not take (${args.map(typeText).join(", ")})`);
  return chosen.length === 1 ? first.result : chosen.map(({ result }) => result).reduce(joined);
}
