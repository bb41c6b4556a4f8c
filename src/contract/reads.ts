// Which scenarios a requirement reads, found in the syntax trees of its expressions and of the definitions and variables that they use.
import { ContractError } from "../base/errors.ts";
import { isScalar } from "../base/json.ts";
import type { Contract, Json, Requirement } from "../base/types.ts";
import type { Node } from "./cel/tree.ts";
import { treeOf } from "./cel.ts";
import { expressionsIn } from "./template.ts";

/** What was found so far. */
interface Reads {
  contract: Contract;
  names: Set<string>;
  /** Texts that may name a scenario, should one be looked up by a computed name. */
  texts: Set<string>;
  computed: boolean;
  /** `runs` itself goes somewhere: any scenario may be read. */
  all: boolean;
  followed: Set<string>;
}

/** Names of the scenarios that the requirement reads: by `on`, as `runs.name`, `runs[...]` or `get(runs, ...)`, also through `def` and `vars`. */
export function scenariosRead(contract: Contract, { on, when, expect }: Requirement): Set<string> {
  const names = new Set(on.map((place) => place.split(".")[0] ?? ""));
  const reads: Reads = { contract, names, texts: new Set(), computed: false, all: false, followed: new Set() };
  if (when !== undefined) readExpression(when, reads);
  readValue(
    expect.map(({ value }) => value),
    reads,
  );
  for (const { name } of contract.scenarios) {
    if (reads.all || (reads.computed && [...reads.texts].some((text) => text.split(".")[0] === name))) names.add(name);
  }
  return names;
}

/** A string of a contract is an expression, a text with expressions in it, or words that are no expression. */
function readValue(value: Json, reads: Reads): void {
  if (typeof value === "string") {
    reads.texts.add(value);
    const within = expressionsIn(value);
    for (const code of within.length === 0 ? [value] : within) readExpression(code, reads);
  } else if (!isScalar(value)) for (const part of Object.values(value)) readValue(part, reads);
}

function readExpression(code: string, reads: Reads): void {
  if (!/\b(runs|def|vars)\b|["']/.test(code)) return;
  let tree: Node;
  try {
    tree = treeOf(code);
  } catch (error) {
    if (error instanceof ContractError) return; // Words that are no expression.
    throw error;
  }
  readNode(tree, reads);
}

function readNode(node: Node, reads: Reads): void {
  if (node.kind === "literal" && typeof node.value === "string") reads.texts.add(node.value);
  else if (isName(node, "runs")) reads.all = true;
  else if (node.kind === "select" && isName(node.of, "runs")) reads.names.add(node.field);
  else if (node.kind === "select" && isName(node.of, "def")) follow(`def.${node.field}`, reads);
  else if (node.kind === "select" && isName(node.of, "vars")) follow(`vars.${node.field}`, reads);
  else if (node.kind === "index" && isName(node.of, "runs")) readPath(node.key, reads);
  else if (node.kind === "call" && node.name === "get" && isName(node.args[0], "runs")) {
    const [, path, ...rest] = node.args;
    if (path !== undefined) readPath(path, reads);
    for (const part of rest) readNode(part, reads);
  } else for (const part of partsOf(node)) readNode(part, reads);
}

/** The nodes right below a node. */
function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "select":
      return [node.of];
    case "index":
      return [node.of, node.key];
    case "call":
      return [...(node.on === undefined ? [] : [node.on]), ...node.args];
    case "list":
      return node.items.map(({ value }) => value);
    case "map":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "logic":
      return [node.left, node.right];
    case "choice":
      return [node.test, node.yes, node.no];
    case "bind":
      return [node.value, node.body];
    case "macro":
      return [node.of, ...node.args];
  }
}

/** The name or dotted path by which a scenario is looked up. */
function readPath(path: Node, reads: Reads): void {
  if (path.kind === "literal") reads.names.add(String(path.value).split(".")[0] ?? "");
  else {
    reads.computed = true;
    readNode(path, reads);
  }
}

function follow(name: string, reads: Reads): void {
  if (reads.followed.has(name)) return;
  reads.followed.add(name);
  const { contract } = reads;
  const [kind, key = ""] = name.split(".");
  if (kind === "def") readExpression(contract.define[key] ?? "", reads);
  else
    for (const vars of [contract.vars, ...contract.scenarios.map((one) => one.vars)])
      readValue(vars[key] ?? null, reads);
}

function isName(node: Node | undefined, name: string): boolean {
  return node?.kind === "name" && node.name === name;
}
