// The kill matrix of the PyWatt contract. slice.ts says which mutants are judged, and by what.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, MUTANTS, prepare } from "../../fixtures/modules/pywatt/variants.mjs";
import { slots } from "../../src/base/slots.ts";
import { findContract } from "../../src/session/contracts.ts";
import { type Fixtures, judgeFixture, judgeMutant, withMutants } from "./matrix.ts";
import { pywattOptions } from "./pywatt-options.ts";
import { due, onlyTheRest, whole } from "./slice.ts";

// A mutant that hangs is watched for a minute; on a loaded machine everything takes longer.
const timeout = whole ? 900_000 : 300_000;

let program = "";
const folder = mkdtempSync(join(tmpdir(), "conform-pywatt-"));

const fixtures: Fixtures = {
  contract: "pywatt",
  prepare: (mutant, into) => prepare(mutant, into, program),
  options: pywattOptions,
  // Shorter deadlines would make a loaded machine look like a faulty module; a mutant that shows exactly its fault all the same is killed.
  scale: 1,
  hasty: 0.25,
  slots: slots(16),
};

beforeAll(async () => {
  program = await bundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// One after the other, so that no crowd is the test's own.
if (!onlyTheRest)
  describe("pywatt", () => {
    const references: [string, Fixtures][] = [
      ["", fixtures],
      [" also within the first try's deadlines", { ...fixtures, scale: fixtures.hasty ?? 1 }],
    ];
    it.each(references)("the reference keeps every requirement%s", { timeout }, async (_, its) => {
      const report = await judgeFixture(its, undefined, { strict: true });
      const open = report.results.filter(({ outcome }) => outcome.kind !== "pass" && outcome.kind !== "skipped");
      expect(open.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)).toEqual([]);
      expect(report.verdict.kind).toBe("conformant");
    });
  });

describe.concurrent("pywatt", () => {
  it.each(
    due("pywatt", withMutants("pywatt"), ({ id }) => id).map((requirement) => [requirement.id, requirement] as const),
  )("%s has a mutant that breaks it alone", { timeout }, async (_, requirement) => {
    expect(await judgeMutant(fixtures, requirement, whole)).toBeUndefined();
  });

  it("every requirement has a mutant or a reason", () => {
    const bare = findContract("pywatt").requirements.filter(
      ({ mutant, untested }) => mutant === undefined && untested === undefined,
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it("every mutant belongs to a requirement", () => {
    const used = new Set(withMutants("pywatt").map(({ mutant }) => mutant));
    expect(Object.keys(MUTANTS).filter((name) => !used.has(name))).toEqual([]);
  });
});
