// The kill matrix of the BLUX contract. slice.ts says which mutants are judged, and by what.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { MUTANTS, prepare } from "../../fixtures/modules/blux/variants.mjs";
import { findContract } from "../../src/session/contracts.ts";
import { type Fixtures, judgeFixture, judgeMutant, withMutants } from "./matrix.ts";
import { due, onlyTheRest, whole } from "./slice.ts";

const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0;

// Python starts slowly where many start at once, so deadlines are not shortened; only a few mutants wait for theirs. Each module has a port of
// its own that it serves on by itself, or they would wait for each other; the reference keeps the usual one.
let ports = 8100;
const fixtures: Fixtures = {
  contract: "blux",
  prepare: (mutant, folder) => prepare(mutant, folder, mutant === undefined ? 8000 : ports++),
  scale: 1,
};

describe.skipIf(!python)("blux (needs python3 3.9 or later)", { concurrent: true }, () => {
  it.each(onlyTheRest ? [] : [undefined])("the reference keeps every requirement", { timeout: 180_000 }, async () => {
    const report = await judgeFixture(fixtures, undefined, { strict: true });
    const open = report.results.filter(({ outcome }) => outcome.kind !== "pass");
    expect(open.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)).toEqual([]);
    expect(report.verdict.kind).toBe("conformant");
  });

  it.each(
    due("blux", withMutants("blux"), ({ id }) => id).map((requirement) => [requirement.id, requirement] as const),
  )("%s has a mutant that breaks it alone", { timeout: 180_000 }, async (_, requirement) => {
    expect(await judgeMutant(fixtures, requirement, whole)).toBeUndefined();
  });
});

describe("the BLUX contract", () => {
  it("has a mutant or a reason for every requirement, and enough of them", () => {
    const { requirements } = findContract("blux");
    expect(requirements.filter(({ mutant, untested }) => mutant === undefined && untested === undefined)).toEqual([]);
    expect(requirements.length).toBeGreaterThanOrEqual(172);
  });

  it("has no mutant that belongs to no requirement", () => {
    const used = new Set(withMutants("blux").map(({ mutant }) => mutant));
    expect(Object.keys(MUTANTS).filter((name) => !used.has(name))).toEqual([]);
  });
});
