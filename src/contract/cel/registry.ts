// All functions of expressions: CEL's own, its extensions, and those of conform. Overloads are tried in order.
import { conversions } from "./convert.ts";
import { extensions } from "./lists.ts";
import { numbers } from "./math.ts";
import { ownFunctions } from "./own.ts";
import { texts } from "./strings.ts";
import { times } from "./time.ts";
import { acceptsType, type Definition, type Signature, signatureOf } from "./types.ts";
import { double, fault, typeName } from "./values.ts";

interface Overload extends Signature {
  run: (...args: unknown[]) => unknown;
}

let table: Map<string, Definition[]> | undefined;
const overloads = new Map<string, Overload[]>();

const all = (): Definition[] => [...conversions, ...times, ...texts, ...numbers, ...extensions, ...ownFunctions];

/** `name` as it is called: `size`, `math.greatest`. */
function nameIn(signature: string): string {
  const match = /^(?:(math|sets|strings|lists|optional|base64|cel|regex)\.|[^(]*\.)?(\w+)\(/.exec(signature);
  return match?.[1] === undefined ? (match?.[2] ?? "") : `${match[1]}.${match[2]}`;
}

/** Overloads of a name; none when no function is called so. */
export function overloadsOf(name: string): Overload[] {
  let known = overloads.get(name);
  if (known === undefined) {
    table ??= grouped(all());
    known = (table.get(name) ?? []).map(([signature, , run]) => ({
      ...signatureOf(signature),
      run,
    }));
    overloads.set(name, known);
  }
  return known;
}

function grouped(definitions: Definition[]): Map<string, Definition[]> {
  const byName = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const name = nameIn(definition[0]);
    byName.set(name, [...(byName.get(name) ?? []), definition]);
  }
  return byName;
}

/** Names of all functions, for "did you mean". */
export function functionNames(): string[] {
  table ??= grouped(all());
  return [...table.keys()];
}

/** Fits the number of arguments (with the receiver, if it is a method). */
export function takes(overload: Signature, method: boolean, count: number): boolean {
  if (overload.method !== method) return false;
  return overload.variadic ? count >= overload.params.length : overload.params.length === count;
}

/** The function for a call of so many arguments. Whole doubles stay doubles, so that dividing them does not cut. Undefined when none fits. */
export function callable(name: string, method: boolean, count: number): ((args: unknown[]) => unknown) | undefined {
  const fitting = overloadsOf(name).filter((overload) => takes(overload, method, count));
  if (fitting.length === 0) return undefined;
  const only = fitting.length === 1 && !fitting[0]?.variadic ? fitting[0] : undefined;
  if (only?.params.every(({ name }) => name === "dyn") && only.result.name !== "double")
    return (args) => only.run(...args);
  return (args) => {
    const overload = fitting.find(({ params }) =>
      args.every((arg, i) => acceptsType(params[Math.min(i, params.length - 1)] ?? { name: "dyn" }, arg)),
    );
    if (overload === undefined) throw fault(`no such overload: ${name}(${args.map(typeName).join(", ")})`);
    const result = overload.run(...args);
    return overload.result.name === "double" && typeof result === "number" ? double(result) : result;
  };
}

/** Functions beside those of CEL and its extensions: signature and meaning. */
export function ownTable(): [signature: string, about: string][] {
  return ownFunctions.map(([signature, about]) => [signature, about]);
}
