// What a requirement reads: scenarios and their steps, found in the syntax trees of its expressions and of the definitions and variables they use.
import { ContractError } from "../base/errors.ts";
import { isScalar } from "../base/json.ts";
import type { Contract, Json, Requirement, Scenario, Step } from "../base/types.ts";
import type { Node } from "./cel/tree.ts";
import { treeOf } from "./cel.ts";
import { expressionsIn } from "./template.ts";

/** Steps by scenario, or all of a scenario: its lines and ends are read, or somebody may look any step up. */
export type Reads = Map<string, Set<string> | "all">;

/** What was found so far. */
interface Reader {
  contract: Contract;
  reads: Reads;
  /** Scenarios that `run` may be, and those whose `run` is `it` as well. */
  run: readonly string[];
  it: readonly string[];
  /** Texts that may name a scenario, should one be looked up by a computed name. */
  texts: Set<string>;
  computed: boolean;
  /** In words for the reader: they tell what was seen, whatever that was, and decide nothing. */
  words: boolean;
  /** `runs` itself goes somewhere: any scenario may be read. */
  all: boolean;
  followed: Set<string>;
}

/** Reads of a requirement: by `on`, as `run.step`, `runs.scenario.step`, `runs[...]`, `get(runs, ...)`, also through `def` and `vars`. */
export function readsOf(contract: Contract, { on, when, expect }: Requirement): Reads {
  const places = on.map((place) => place.split(".") as [string, string?]);
  const run = [...new Set(places.map(([name]) => name))];
  const reader = newReader(contract, run, [...new Set(places.flatMap(([name, step]) => (step ? [] : [name])))]);
  for (const [name, step] of places) note(reader, name, step === undefined ? [] : [step]);
  if (when !== undefined) readExpression(when, reader);
  const values = expect.map(({ value }) => value);
  readValue(values, reader);
  const reads = close(reader);
  for (const [name, steps] of reads) if (steps !== "all" && steps.size === 0) reads.set(name, "all");
  return reads;
}

/** Reads of a step: what its conditions and templates need of this scenario and of others. */
export function readsOfStep(contract: Contract, scenario: Scenario, step: Step): Reads {
  const reader = newReader(contract, [scenario.name], []);
  const { arg, if: condition, times, every_ms, parallel, each } = step;
  readValue([arg, condition ?? null, times ?? null, every_ms ?? null, parallel ?? null, each ?? null], reader);
  // A verb may name a step in plain words.
  const own = scenario.steps.map(({ name }) => name).filter((name) => reader.texts.has(name));
  note(reader, scenario.name, own);
  return close(reader);
}

/** Reads of what serves all steps of a scenario: its condition, its base URL, its replies and its stand-ins. */
export function readsOfScenario(contract: Contract, { name, if: condition, base, answers, standIns }: Scenario): Reads {
  const reader = newReader(contract, [name], []);
  const replies = answers.flatMap(({ when, send }) => [when, send]);
  readValue([condition ?? null, base ?? null, replies, standIns], reader);
  return close(reader);
}

/** Names of the scenarios that the requirement reads. */
export function scenariosRead(contract: Contract, requirement: Requirement): Set<string> {
  return new Set(readsOf(contract, requirement).keys());
}

function newReader(contract: Contract, run: readonly string[], it: readonly string[]): Reader {
  return {
    contract,
    reads: new Map(),
    run,
    it,
    texts: new Set(),
    computed: false,
    words: false,
    all: false,
    followed: new Set(),
  };
}

function close({ contract, reads, all, computed, texts }: Reader): Reads {
  for (const { name } of contract.scenarios) {
    if (all || (computed && [...texts].some((text) => text.split(".")[0] === name))) reads.set(name, "all");
  }
  return reads;
}

function note({ reads }: Reader, scenario: string, steps: readonly string[] | "all"): void {
  const known = reads.get(scenario) ?? new Set();
  if (steps === "all" || known === "all") reads.set(scenario, "all");
  else reads.set(scenario, new Set([...known, ...steps]));
}

/** A member of a scenario: a step, or one of its lists, to which every step may add. */
function noteMember(reader: Reader, scenario: string, member: string): void {
  const steps = reader.contract.scenarios.find(({ name }) => name === scenario)?.steps ?? [];
  if (steps.some(({ name }) => name === member)) note(reader, scenario, [member]);
  else note(reader, scenario, reader.words ? [] : "all");
}

/** A string of a contract is an expression, a text with expressions in it, or words that are no expression. */
function readValue(value: Json, reader: Reader): void {
  if (typeof value === "string") {
    reader.texts.add(value);
    const within = expressionsIn(value);
    for (const code of within.length === 0 ? [value] : within) readExpression(code, reader);
  } else if (!isScalar(value)) {
    for (const [key, part] of Object.entries(value)) {
      const { words } = reader;
      reader.words = words || tells.has(key);
      readValue(part, reader);
      reader.words = words;
    }
  }
}

/** Members of an expectation's value that only tell. */
const tells = new Set(["expected", "actual", "at", "because"]);

function readExpression(code: string, reader: Reader): void {
  if (!/\b(runs?|it|def|vars)\b|["']/.test(code)) return;
  let tree: Node;
  try {
    tree = treeOf(code);
  } catch (error) {
    if (error instanceof ContractError) return; // Words that are no expression.
    throw error;
  }
  readNode(tree, reader);
}

function readNode(node: Node, reader: Reader): void {
  const path = pathOf(node);
  if (path !== undefined) {
    readPath(path, reader);
    return;
  }
  if (node.kind === "literal" && typeof node.value === "string") reader.texts.add(node.value);
  for (const part of partsOf(node)) readNode(part, reader);
}

/** `runs.main.hello`, `runs["main"]`, `get(run, "hello.ok", ...)`: the name and what is looked up in it; `undefined` where it is computed. */
interface Path {
  root: "run" | "runs" | "it" | "def" | "vars";
  keys: (string | undefined)[];
  /** Nodes within that are read for themselves. */
  rest: Node[];
}

function pathOf(node: Node): Path | undefined {
  switch (node.kind) {
    case "name":
      return isRoot(node.name) ? { root: node.name, keys: [], rest: [] } : undefined;
    case "select":
      return longer(pathOf(node.of), [node.field], []);
    case "index":
      return node.key.kind === "literal"
        ? longer(pathOf(node.of), [String(node.key.value)], [])
        : longer(pathOf(node.of), [undefined], [node.key]);
    case "call": {
      const [of, key, ...rest] = node.args;
      if (node.name !== "get" || of === undefined || key === undefined) return undefined;
      return key.kind === "literal"
        ? longer(pathOf(of), String(key.value).split("."), rest)
        : longer(pathOf(of), [undefined], [key, ...rest]);
    }
    default:
      return undefined;
  }
}

function isRoot(name: string): name is Path["root"] {
  return ["run", "runs", "it", "def", "vars"].includes(name);
}

function longer(path: Path | undefined, keys: (string | undefined)[], rest: Node[]): Path | undefined {
  return path === undefined
    ? undefined
    : { root: path.root, keys: [...path.keys, ...keys], rest: [...path.rest, ...rest] };
}

function readPath({ root, keys, rest }: Path, reader: Reader): void {
  for (const node of rest) readNode(node, reader);
  const [first, second] = keys;
  if (root === "run" || root === "it") {
    for (const name of root === "run" ? reader.run : reader.it) {
      if (first === undefined) note(reader, name, "all");
      else noteMember(reader, name, first);
    }
  } else if (root === "runs") {
    if (keys.length === 0) reader.all = true;
    else if (first === undefined) reader.computed = true;
    else if (second === undefined) note(reader, first, "all");
    else noteMember(reader, first, second);
  } else if (first !== undefined) follow(root, first, reader);
  else {
    // Any of them may be meant.
    const { define, vars, scenarios } = reader.contract;
    const all = root === "def" ? define : Object.assign({}, vars, ...scenarios.map((one) => one.vars));
    for (const name of Object.keys(all)) follow(root, name, reader);
  }
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

function follow(kind: "def" | "vars", key: string, reader: Reader): void {
  const name = `${reader.words ? "told " : ""}${kind}.${key}`;
  if (reader.followed.has(name)) return;
  reader.followed.add(name);
  const { contract } = reader;
  if (kind === "def") readExpression(contract.define[key] ?? "", reader);
  else
    for (const vars of [contract.vars, ...contract.scenarios.map((one) => one.vars)])
      readValue(vars[key] ?? null, reader);
}
