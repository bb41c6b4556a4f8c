// `conform explain <id>`: everything conform knows about one requirement.

import { didYouMean, UsageError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";
import type { Contract, Requirement, Step } from "../../base/types.ts";
import { type Example, examplesOf } from "../../contract/examples.ts";
import { findContract, shippedContracts } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { tell } from "../terminal.ts";

export async function explain(wanted: string, flags: FlagsOf<"explain">): Promise<number> {
  const colon = wanted.indexOf(":");
  const id = wanted.slice(colon + 1);
  const name = flags.contract ?? (colon === -1 ? undefined : wanted.slice(0, colon));
  const contracts = name === undefined ? shippedContracts() : [findContract(name)];
  const hits = contracts.flatMap((contract) =>
    contract.requirements
      .filter((requirement) => requirement.id === id || requirement.aliases.includes(id))
      .map((requirement) => explanation(contract, requirement, examplesOf(contract)[requirement.id])),
  );
  if (hits.length === 0) {
    const ids = contracts.flatMap(({ requirements }) => requirements.map((requirement) => requirement.id));
    throw new UsageError(`no requirement "${id}"${name === undefined ? "" : ` in ${name}`}${didYouMean(id, ids)}`);
  }
  tell(hits.join("\n"));
  return 0;
}

const indent = "\n            ";

/** The text of one requirement. */
function explanation(contract: Contract, requirement: Requirement, example?: Example): string {
  const { sources, why, needs, when, whenText, on, expect, untested, hint, mutant } = requirement;
  const words = sources.map(({ document, section }) =>
    [contract.sources[document]?.title ?? document, section].filter((part) => part !== undefined).join(", "),
  );
  const rules = expect.map(
    ({ kind, value }) => `${kind}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const rows: [string, string | undefined][] = [
    ["source", words.join("; ")],
    ["why", why],
    ["needs", needs.join(", ")],
    [
      "applies",
      when === undefined ? undefined : whenText === undefined ? "to some modules; see `when`" : `unless: ${whenText}`,
    ],
    ["observed", on.map((name) => observed(contract, name)).join(indent)],
    ["expected", expect.flatMap(expectedWords).join(indent)],
    ["untested", untested],
    ["hint", hint],
    ["mutant", mutant === undefined ? undefined : `${mutant} (a fixture that breaks exactly this)`],
    ["passing", example?.pass?.join(indent)],
    ["failing", example?.fail === undefined ? undefined : failing(example.fail).join(indent)],
    ["when", when],
    ["rule", rules.join(indent)],
  ];
  const body = rows.flatMap(([label, text]) => (text ? [`  ${label.padEnd(9)} ${text}\n`] : []));
  return `${requirement.level}  ${contract.name}:${requirement.id}\n  ${requirement.text}\n${body.join("")}`;
}

/** What an expectation demands where it says so in words; the rule itself comes last. */
function expectedWords({ value }: Requirement["expect"][number]): string[] {
  if (!isObject(value)) return [];
  return typeof value.expected === "string" ? [value.expected.replace(/\$\{([^}]*)\}/g, "‹$1›")] : [];
}

function failing({ findings, evidence }: NonNullable<Example["fail"]>): string[] {
  return [
    ...findings.map(({ at, expected, actual }) => `${at}: expected ${expected}, got ${actual}`),
    ...evidence.map((text) => `seen: ${text}`),
  ];
}

function observed(contract: Contract, on: string): string {
  const [name = "", stepName] = on.split(".");
  const scenario = contract.scenarios.find((one) => one.name === name);
  const step = scenario?.steps.find((one) => one.name === stepName);
  const title = scenario?.title === undefined ? `scenario ${name}` : `scenario ${name} (${scenario.title})`;
  return step === undefined ? title : `${title}, step ${step.name}: ${stepText(step)}`;
}

function stepText({ verb, arg }: Step): string {
  const text = JSON.stringify(arg);
  return `${verb} ${text.length > 200 ? `${text.slice(0, 200)}...` : text}`;
}
