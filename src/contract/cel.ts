// The expression language of contracts: CEL with a few pure functions. No effects, always ends.
import { ContractError } from "../base/errors.ts";
import type { Planned } from "./cel/frame.ts";
import { isFault } from "./cel/lex.ts";
import { parseCel } from "./cel/parse.ts";
import { plan } from "./cel/plan.ts";
import { ownTable } from "./cel/registry.ts";
import type { Node } from "./cel/tree.ts";
import { toPlain } from "./cel/values.ts";

type Compiled = (scope: Record<string, unknown>) => unknown;

/** What expressions may call besides CEL's own functions: signature and meaning. specs/README.md documents them from here. */
export const functionTable = ownTable;

const compiled = new Map<string, Compiled>();

/** Compiles once and remembers. Throws ContractError naming the fault and its column. */
export function compile(expression: string): Compiled {
  let program = compiled.get(expression);
  if (program === undefined) {
    const run: Planned = plan(treeOf(expression));
    program = (scope) => toPlain(run({ scope, slots: [] }));
    compiled.set(expression, program);
  }
  return program;
}

/** The syntax tree. Throws ContractError naming the fault and its column. */
export function treeOf(expression: string): Node {
  try {
    return parseCel(expression);
  } catch (error) {
    if (!isFault(error)) throw error;
    throw new ContractError(`in expression \`${expression}\`: ${error.message} (column ${error.at + 1})`);
  }
}

/** Evaluates in a scope of plain values. Throws ContractError when a name or key is missing or types do not fit. */
export function evaluate(expression: string, scope: Record<string, unknown>): unknown {
  const program = compile(expression);
  try {
    return program(scope);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ContractError(`in expression \`${expression}\`: ${message}`);
  }
}
