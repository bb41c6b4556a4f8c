// BLUX modules that must not be failed, and faults that must be one failure each. `CONFORM_MATRIX=whole` judges every variant by all requirements.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { FAIR, prepareFair } from "../../fixtures/modules/blux/fair.mjs";
import { type Fixtures, judgeFixture } from "./matrix.ts";

const whole = process.env.CONFORM_MATRIX === "whole";
const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0;

let ports = 8400;
const fixtures = (name: string): Fixtures => ({
  contract: "blux",
  prepare: (_, folder) => prepareFair(name, folder, ports++),
  scale: 1,
});

describe.skipIf(!python)("blux variants (need python3 3.9 or later)", { concurrent: true }, () => {
  it.each(Object.entries(FAIR))("%s", { timeout: 300_000 }, async (name, { areas, fails = [], says }) => {
    const report = await judgeFixture(fixtures(name), name, whole || areas === undefined ? {} : { only: areas });
    const failed = report.results.filter(({ outcome }) => outcome.kind === "fail" || outcome.kind === "error");
    expect(failed.map(({ id, outcome }) => (fails.includes(id) ? id : `${id}: ${JSON.stringify(outcome)}`))).toEqual(
      fails,
    );
    const root = failed[0]?.outcome;
    if (says !== undefined) expect(root?.kind === "fail" ? root.findings[0].actual : root).toMatch(says);
    // What waits, waits for the one failure.
    const waiting = report.results.flatMap(({ outcome }) => (outcome.kind === "blocked" ? [outcome.by] : []));
    expect(waiting.filter((by) => !fails.includes(by))).toEqual([]);
  });
});
