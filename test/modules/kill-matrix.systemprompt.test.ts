// The kill matrix of both versions of the systemprompt contract. slice.ts says which mutants are
// judged, and by what.
import { describe, expect, it } from "vitest";
import {
  MUTANTS,
  NEWER,
  NEWER_REFERENCE,
  type Prepared,
  prepare,
  prepareNewer,
  REFERENCES,
} from "../../fixtures/modules/systemprompt/variants.mjs";
import { findContract } from "../../src/session/contracts.ts";
import { type Fixtures, judgeFixture, judgeMutant, withMutants } from "./matrix.ts";
import { due, onlyTheRest, whole } from "./slice.ts";

/** Mutants of commands need commands that run. */
const runsCommands = /^cli-execute/;

const first: Fixtures = {
  contract: "systemprompt@1",
  references: REFERENCES,
  scale: 0.5,
  prepare(mutant = "kv-service", folder) {
    const all = runsCommands.test(mutant) || REFERENCES.includes(mutant);
    return asMade(prepare(mutant, folder), { run_commands: all });
  },
};
const second: Fixtures = {
  contract: "systemprompt@2",
  references: [NEWER_REFERENCE],
  scale: 0.5,
  prepare: (mutant = NEWER_REFERENCE, folder) => asMade(prepareNewer(mutant, folder), {}),
};

function asMade({ modulesDir, ...made }: Prepared, params: Record<string, boolean>) {
  return { ...made, params: { ...params, ...(modulesDir === undefined ? {} : { modules_dir: modulesDir }) } };
}

describe.concurrent.each([
  ["systemprompt@1", first, REFERENCES, MUTANTS, 85],
  ["systemprompt@2", second, [NEWER_REFERENCE], NEWER, 20],
] as const)("%s", (contract, fixtures, references, mutants, passing) => {
  it.each(onlyTheRest ? [] : references)("%s keeps every requirement", { timeout: 180_000 }, async (name) => {
    const report = await judgeFixture(fixtures, name, { strict: true });
    const open = report.results.filter(({ outcome }) => outcome.kind !== "pass" && outcome.kind !== "skipped");
    expect(open.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)).toEqual([]);
    expect(report.verdict.kind).toBe("conformant");
    expect(report.verdict.counts.pass).toBeGreaterThan(passing);
  });

  it.each(
    due("systemprompt", withMutants(contract), ({ id }) => id).map(
      (requirement) => [requirement.id, requirement] as const,
    ),
  )("%s has a mutant that breaks it alone", { timeout: 180_000 }, async (_, requirement) => {
    expect(await judgeMutant(fixtures, requirement, whole)).toBeUndefined();
  });

  it("every requirement has a mutant or a reason", () => {
    const bare = findContract(contract).requirements.filter(
      ({ mutant, untested }) => mutant === undefined && untested === undefined,
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it("every mutant belongs to a requirement", () => {
    const used = new Set(withMutants(contract).map(({ mutant }) => mutant));
    expect(Object.keys(mutants).filter((name) => !used.has(name))).toEqual([]);
  });
});
