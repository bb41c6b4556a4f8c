// Contract x target x selection -> what is driven and what is judged.
import { describe, expect, test } from "vitest";
import type { Target } from "../../src/base/types.ts";
import { readContractFiles } from "../../src/contract/files.ts";
import { loadContract } from "../../src/session/contracts.ts";
import { makePlan, type Selection } from "../../src/session/plan.ts";
import { tinyContract } from "../cli/the-cli.ts";

const contract = loadContract(readContractFiles(tinyContract));
const folder: Target = { kind: "folder", label: "m" };
const plan = (selection: Partial<Selection>, target = folder) =>
  makePlan(contract, target, { only: [], skip: [], ...selection });

describe("a plan", () => {
  test("drives the scenarios that fit the target, and leaves nothing out unasked", () => {
    const { scenarios, filtered } = plan({});
    expect(scenarios.map(({ name }) => name)).toEqual(["file", "main"]);
    expect(filtered).toBeUndefined();
    expect(plan({}, { kind: "url", label: "u" }).scenarios.map(({ name }) => name)).toEqual(["service"]);
  });

  test("takes what the selected requirements need along", () => {
    const { scenarios, selected, filtered } = plan({ only: ["file/has-version"] });
    expect(scenarios.map(({ name }) => name)).toEqual(["file"]);
    expect([...selected]).toEqual(["file/has-name", "file/has-version"]);
    expect(filtered).toBe("--only file/has-version (1 of 9 requirements)");
  });

  test("says of a profile how many requirements are left", () => {
    const { scenarios, filtered } = plan({ profile: "quick" });
    expect(scenarios.map(({ name }) => name)).toEqual(["file"]);
    expect(filtered).toBe("--profile quick (5 of 9 requirements)");
  });

  test("refuses globs and profiles that match nothing, naming the nearest", () => {
    expect(() => plan({ only: ["flie/*"] })).toThrow('no requirement of tiny matches "flie/*"');
    expect(() => plan({ profile: "quik" })).toThrow('has no profile "quik"; did you mean "quick"?');
  });
});
