// Names and types in all expressions of a contract, checked when it loads; complaints say line and column inside the expression.

import type * as z from "zod";
import { type Complaint, ContractError } from "../base/errors.ts";
import { isObject } from "../base/json.ts";
import type { Contract, Json, Place, Requirement, Scenario } from "../base/types.ts";
import { check, type Known } from "./cel/check.ts";
import type { Node } from "./cel/tree.ts";
import { dyn, type Type, typeOf } from "./cel/types.ts";
import { treeOf } from "./cel.ts";
import { inside } from "./inside.ts";
import { expressionsIn as templatesIn } from "./template.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What the check needs beside the contract: the words, and the files' texts for places. */
export interface Sources {
  words: Vocabulary;
  files: ReadonlyMap<string, string>;
}

interface Code {
  code: string;
  place: Place;
  where: string;
  known: Known;
}

const line = typeOf(
  "{n: int, t: number, proc: dyn, stream: string, text: string, json: dyn, problem: dyn, step: dyn, bytes: dyn, ...}",
);
const lists: { [name: string]: Type } = {
  lines: { name: "list", of: [{ ...line, what: "a line" }] },
  exits: {
    name: "list",
    of: [
      { ...typeOf("{n: int, t: number, proc: dyn, code: dyn, signal: dyn, by: dyn, step: dyn, ...}"), what: "an exit" },
    ],
  },
  requests: { name: "list", of: [dyn] },
  limits: { name: "list", of: [dyn] },
  spawns: { name: "list", of: [dyn] },
  incidents: { name: "list", of: [dyn] },
};

/** All complaints about names and types; empty when every name is known. */
export function checkNames(contract: Contract, { words, files }: Sources): Complaint[] {
  const found: Complaint[] = [];
  const seen = new Set<string>();
  for (const code of codesOf(contract, words)) {
    for (const complaint of faultsOf(code, files)) {
      const key = JSON.stringify(complaint);
      if (!seen.has(key)) found.push(complaint);
      seen.add(key);
    }
  }
  return found;
}

/** Templates that are not closed are told by the lint of the contract. */
function expressionsIn(value: Json): string[] {
  try {
    return templatesIn(value);
  } catch (error) {
    if (error instanceof ContractError) return [];
    throw error;
  }
}

const trees = new Map<string, Node>();

function faultsOf({ code, place, where, known }: Code, files: ReadonlyMap<string, string>): Complaint[] {
  try {
    return check(cached(code), known).map(({ at, message }) => ({
      place: inside(place, files.get(place.file) ?? "", code, at),
      message: `${where}: ${message}`,
    }));
  } catch (error) {
    if (error instanceof ContractError) return []; // Faults of syntax are told by the lint of the contract.
    throw error;
  }
}

function cached(code: string): Node {
  const tree = trees.get(code) ?? treeOf(code);
  trees.set(code, tree);
  return tree;
}

function codesOf(contract: Contract, words: Vocabulary): Code[] {
  const scenarios = new Map(contract.scenarios.map((scenario) => [scenario.name, scenarioType(scenario, words)]));
  const runs = new Map<string, Type>();
  const runOf = (own: Scenario[]): Type => {
    const key = own.map(({ name }) => name).join(" ");
    const known = runs.get(key);
    if (known !== undefined) return known;
    const types = own.flatMap(({ name }) => scenarios.get(name) ?? []);
    const type = merged(types, "the scenario");
    runs.set(key, type);
    return type;
  };
  const base = (own: Scenario[], extra: Known): Known => ({
    run: runOf(own),
    runs: { name: "object", fields: Object.fromEntries(scenarios), what: "runs" },
    vars: names([...Object.keys(contract.vars), ...own.flatMap(({ vars }) => Object.keys(vars))], "vars"),
    params: names(Object.keys(contract.params), "params"),
    canary: names(contract.canaries, "canary"),
    def: names(Object.keys(contract.define), "def"),
    target: { ...typeOf("{kind: string, label: string, name: dyn}"), what: "target" },
    unsafe_probes: { name: "bool" },
    scale: { name: "number" },
    peers: dyn,
    ...extra,
  });
  // Fragments and answers are shared by scenarios, so in steps `run` is any of them.
  const all = base(contract.scenarios, { ...inSteps, value: dyn });
  return [
    ...Object.entries(contract.define).map(([name, code]) => ({
      code,
      place: { file: "contract.yaml", line: 1 },
      where: `define.${name}`,
      known: all,
    })),
    ...contract.scenarios.flatMap((scenario) => {
      const vars = names([...Object.keys(contract.vars), ...Object.keys(scenario.vars)], "vars");
      return scenarioCodes(scenario, words, { ...all, vars });
    }),
    ...contract.requirements.flatMap((requirement) =>
      requirementCodes(contract, requirement, { words, scenarios, base }),
    ),
  ];
}

const inSteps: Known = {
  it: dyn,
  line: { ...line, what: "a line" },
  request: dyn,
  each: dyn,
  index: { name: "int" },
  count: dyn,
};

function scenarioCodes(scenario: Scenario, words: Vocabulary, known: Known): Code[] {
  const first = { file: scenario.at.file, line: 1 };
  const answers = scenario.answers.map(({ when }) => ({
    code: when,
    place: first,
    where: `${scenario.name}: answers`,
    known,
  }));
  const own = scenario.if === undefined ? [] : [{ code: scenario.if, place: scenario.at, where: scenario.name, known }];
  const ofSteps = scenario.steps.flatMap((step) => {
    const verb = words.verbs.get(step.verb);
    // What a request's condition reads is what that verb sees.
    const it = verb?.sees === undefined ? dyn : observationOf(step.verb, verb.sees);
    const codes = [
      step.if,
      step.each,
      ...expressionsIn(step.arg),
      ...(verb === undefined ? [] : conditions(step.arg, verb.schema)),
    ];
    return codes
      .filter((code) => code !== undefined)
      .map((code) => ({ code, place: step.at, where: `${scenario.name}.${step.name}`, known: { ...known, it } }));
  });
  return [...own, ...answers, ...ofSteps];
}

interface Context {
  words: Vocabulary;
  scenarios: ReadonlyMap<string, Type>;
  base(own: Scenario[], extra: Known): Known;
}

function requirementCodes(contract: Contract, requirement: Requirement, { words, scenarios, base }: Context): Code[] {
  const own = contract.scenarios.filter(({ name }) => requirement.on.some((on) => on.split(".")[0] === name));
  const its = requirement.on.map((on) => {
    const [scenario = "", step] = on.split(".");
    return step === undefined ? dyn : (scenarios.get(scenario)?.fields?.[step] ?? dyn);
  });
  const it = its.length === 0 ? dyn : merged(its, its[0]?.what ?? "it");
  const extra = { it, each: dyn, index: { name: "int" }, value: dyn };
  const known = base(own.length > 0 ? own : contract.scenarios, extra);
  const codes = requirement.expect.flatMap(({ kind, value }) => {
    const schema = words.expectations.get(kind)?.schema;
    return [...(schema === undefined ? [] : conditions(value, schema)), ...expressionsIn(value)];
  });
  return [...(requirement.when === undefined ? [] : [requirement.when]), ...codes].map((code) => ({
    code,
    place: requirement.at,
    where: requirement.id,
    known,
  }));
}

/** Steps by name with the types of what they see; the lists of the scenario beside them. */
function scenarioType(scenario: Scenario, words: Vocabulary): Type {
  const steps = scenario.steps.map((step) => {
    const repeated = step.times !== undefined || step.each !== undefined;
    const sees = repeated ? "ok: bool, count: int, all: list<dyn>" : words.verbs.get(step.verb)?.sees;
    const type = sees === undefined ? dyn : observationOf(repeated ? "steps that repeat" : step.verb, sees);
    return [step.name, type] as const;
  });
  return { name: "object", fields: { ...lists, ...Object.fromEntries(steps) }, what: `scenario "${scenario.name}"` };
}

const observations = new Map<string, Type>();

/** One type per verb, so that equal ones are one. */
function observationOf(verb: string, sees: string): Type {
  const known = observations.get(verb) ?? {
    ...typeOf(`{${common}, ${sees}, ...}`),
    what: `the observation of ${verb}`,
  };
  observations.set(verb, known);
  return known;
}

/** What any observation may have. */
const common = "ok: bool, n: int, problem: dyn, detail: dyn, skipped: dyn, reason: dyn";

function names(words: string[], what: string): Type {
  return { name: "object", fields: Object.fromEntries(words.map((word) => [word, dyn])), what };
}

/** One object with the fields of all; where one is not known, nothing is. */
function merged(types: Type[], what: string): Type {
  const [only] = types;
  if (only !== undefined && types.every((type) => type === only)) return only;
  if (types.some(({ fields }) => fields === undefined)) return dyn;
  const fields: { [name: string]: Type } = {};
  for (const type of types)
    for (const [name, field] of Object.entries(type.fields ?? {}))
      fields[name] = Object.hasOwn(fields, name) ? same(fields[name] ?? dyn, field) : field;
  return {
    name: "object",
    fields,
    what: types.length === 1 ? (types[0]?.what ?? what) : what,
    ...(types.some(({ open }) => open) ? { open: true } : {}),
  };
}

const same = (a: Type, b: Type): Type =>
  a === b ? a : a.fields !== undefined && b.fields !== undefined ? merged([a, b], a.what ?? "it") : dyn;

const shapes = new WeakMap<z.ZodType, Json>();

/** Texts in a value that its shape says are CEL: their description does. */
function conditions(value: Json, schema: z.ZodType): string[] {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = schema.toJSONSchema({ unrepresentable: "any", io: "input" }) as unknown as Json;
    shapes.set(schema, shape);
  }
  return texts(value, shape);
}

function texts(value: Json, shape: Json | undefined): string[] {
  if (!isObject(shape)) return [];
  const inner = [shape.anyOf, shape.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const isCel = typeof shape.description === "string" && /\bCEL\b(?!})/.test(shape.description);
  if (typeof value === "string")
    return isCel && !value.includes("${") ? [value] : inner.flatMap((one) => texts(value, one)).slice(0, 1);
  if (Array.isArray(value)) {
    const items = isCel ? { description: "CEL" } : shape.items;
    return value.flatMap((item) => texts(item, items as Json)).concat(inner.flatMap((one) => texts(value, one)));
  }
  if (!isObject(value)) return [];
  const properties = (shape.properties ?? {}) as { [key: string]: Json };
  const own = Object.entries(value).flatMap(([key, item]) => texts(item, properties[key]));
  return [...own, ...inner.flatMap((one) => texts(value, one))];
}
