// What a well-shaped contract can still get wrong: ids, references, cycles, levels, expressions, schemas.

import { type Complaint, didYouMean } from "../base/errors.ts";
import type { Contract, Place, Requirement } from "../base/types.ts";
import { compile } from "./cel.ts";
import { issueInWords, valueAt } from "./in-words.ts";
import { expressionsIn } from "./template.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Kinds = Vocabulary["expectations"];

const levelRank = { MUST: 2, SHOULD: 1, MAY: 0 };

/** All complaints about a built contract; empty when it is sound. */
export function lintContract(contract: Contract, kinds: Kinds): Complaint[] {
  return [
    ...duplicateIds(contract),
    ...contract.requirements.flatMap((requirement) => lintRequirement(contract, requirement, kinds)),
    ...needsCycles(contract),
    ...contract.scenarios.flatMap((scenario) => lintSteps(scenario)),
    ...Object.entries(contract.define).flatMap(([name, code]) =>
      expressionFaults(code, { file: "contract.yaml" }, `define.${name}`),
    ),
    ...lintProfiles(contract),
  ];
}

function duplicateIds(contract: Contract): Complaint[] {
  const seen = new Map<string, Requirement>();
  const complaints: Complaint[] = [];
  for (const requirement of contract.requirements) {
    for (const id of [requirement.id, ...requirement.aliases]) {
      const first = seen.get(id);
      if (first === undefined) seen.set(id, requirement);
      else
        complaints.push({ place: requirement.at, message: `id "${id}" is used twice; first at line ${first.at.line}` });
    }
  }
  return complaints;
}

function lintRequirement(contract: Contract, requirement: Requirement, kinds: Kinds): Complaint[] {
  const say = (message: string): Complaint => ({ place: requirement.at, message: `${requirement.id}: ${message}` });
  const ids = new Map(contract.requirements.map((other) => [other.id, other]));
  const complaints: Complaint[] = [];
  for (const { document } of requirement.sources) {
    if (!Object.hasOwn(contract.sources, document)) {
      complaints.push(say(`unknown source "${document}"${didYouMean(document, Object.keys(contract.sources))}`));
    }
  }
  for (const id of requirement.needs) {
    const needed = ids.get(id);
    if (needed === undefined) complaints.push(say(`needs unknown requirement "${id}"${didYouMean(id, ids.keys())}`));
    else if (levelRank[needed.level] < levelRank[requirement.level]) {
      complaints.push(
        say(
          `a ${requirement.level} must not need the ${needed.level} "${id}": it could be blocked by what is not binding`,
        ),
      );
    }
  }
  if (requirement.when !== undefined)
    complaints.push(...expressionFaults(requirement.when, requirement.at, `${requirement.id}: when`));
  for (const on of requirement.on) complaints.push(...lintOn(contract, on).map(say));
  if (requirement.untested === undefined && requirement.expect.length === 0)
    complaints.push(say("has neither `expect` nor `untested`"));
  if (!Object.hasOwn(contract.areas, requirement.area)) {
    complaints.push(
      say(`area "${requirement.area}" is not in \`areas\`${didYouMean(requirement.area, Object.keys(contract.areas))}`),
    );
  }
  for (const { kind, value } of requirement.expect) {
    const known = kinds.get(kind);
    if (known === undefined) complaints.push(say(`unknown expectation "${kind}"${didYouMean(kind, kinds.keys())}`));
    else {
      const checked = known.schema.safeParse(value);
      if (!checked.success) {
        complaints.push(
          ...checked.error.issues.map((issue) =>
            say(`${[kind, ...issue.path.map(String)].join(".")}: ${issueInWords(issue, valueAt(value, issue.path))}`),
          ),
        );
      } else complaints.push(...known.lint(value, contract).map((message) => say(`${kind}: ${message}`)));
    }
  }
  return complaints;
}

function lintOn(contract: Contract, on: string): string[] {
  const [scenarioName = "", stepName] = on.split(".");
  const scenario = contract.scenarios.find(({ name }) => name === scenarioName);
  if (scenario === undefined) {
    return [
      `unknown scenario "${scenarioName}"${didYouMean(
        scenarioName,
        contract.scenarios.map(({ name }) => name),
      )}`,
    ];
  }
  const steps = scenario.steps.map(({ name }) => name);
  if (stepName === undefined || steps.includes(stepName)) return [];
  return [`scenario "${scenarioName}" has no step "${stepName}"${didYouMean(stepName, steps)}`];
}

function needsCycles(contract: Contract): Complaint[] {
  const needs = new Map(contract.requirements.map((requirement) => [requirement.id, requirement]));
  const done = new Set<string>();
  const complaints: Complaint[] = [];
  const visit = (id: string, trail: string[]): void => {
    const requirement = needs.get(id);
    if (requirement === undefined || done.has(id)) return;
    const start = trail.indexOf(id);
    if (start !== -1) {
      complaints.push({
        place: requirement.at,
        message: `cycle in needs: ${[...trail.slice(start), id].join(" -> ")}`,
      });
      return;
    }
    for (const next of requirement.needs) visit(next, [...trail, id]);
    done.add(id);
  };
  for (const id of needs.keys()) visit(id, []);
  return complaints;
}

function lintSteps(scenario: Contract["scenarios"][number]): Complaint[] {
  const complaints: Complaint[] = [];
  const seen = new Set<string>();
  for (const step of scenario.steps) {
    if (seen.has(step.name))
      complaints.push({ place: step.at, message: `scenario "${scenario.name}" has two steps "${step.name}"` });
    seen.add(step.name);
    const where = `${scenario.name}.${step.name}`;
    for (const code of [step.if, step.each])
      if (code !== undefined) complaints.push(...expressionFaults(code, step.at, where));
    try {
      for (const code of expressionsIn(step.arg)) complaints.push(...expressionFaults(code, step.at, where));
    } catch (error) {
      // A template that is not closed.
      complaints.push({
        place: step.at,
        message: `${where}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return complaints;
}

function expressionFaults(code: string, place: Place, where: string): Complaint[] {
  try {
    compile(code);
    return [];
  } catch (error) {
    return [{ place, message: `${where}: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function lintProfiles(contract: Contract): Complaint[] {
  const ids = contract.requirements.map(({ id }) => id);
  return Object.entries(contract.profiles).flatMap(([name, profile]) =>
    Object.keys(profile.levels)
      .filter((id) => !ids.includes(id))
      .map((id) => ({
        place: { file: "contract.yaml" },
        message: `profile ${name}: unknown requirement "${id}"${didYouMean(id, ids)}`,
      })),
  );
}
