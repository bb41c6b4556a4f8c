// The kill matrix of the PyWatt contract. `CONFORM_MATRIX=whole` judges every mutant by all requirements.
import { describe, expect, it } from "vitest";
import { MUTANTS, prepare } from "../fixtures/modules/pywatt/variants.mjs";
import { findContract } from "../src/contracts.ts";
import type { RunOptions } from "../src/options.ts";
import { type Fixtures, judgeFixture, judgeMutant, withMutants } from "./matrix.ts";

const whole = process.env.CONFORM_MATRIX === "whole";
const scale = 0.3;

/** Each run has its own range of ports, so that runs side by side do not wait for each other. */
function options(index: number): RunOptions {
  const first = 10_000 + (index % 40) * 450;
  return {
    params: { port_first: first, port_last: first + 420, echo: "/api/echo" },
    env: { CONFORM_FIXTURE_PORT: String(first) },
  };
}

const fixtures: Fixtures = { contract: "pywatt", prepare, options, scale };

describe.concurrent("pywatt", () => {
  it("the reference keeps every requirement", { timeout: 120_000 }, async () => {
    const report = await judgeFixture(fixtures, undefined, { strict: true });
    const open = report.results.filter(({ outcome }) => outcome.kind !== "pass" && outcome.kind !== "skipped");
    expect(open.map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)).toEqual([]);
    expect(report.verdict.kind).toBe("conformant");
  });

  it.each(withMutants("pywatt").map((requirement) => [requirement.id, requirement] as const))(
    "%s has a mutant that breaks it alone",
    { timeout: 120_000 },
    async (_, requirement) => {
      expect(await judgeMutant(fixtures, requirement, whole)).toBeUndefined();
    },
  );

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
