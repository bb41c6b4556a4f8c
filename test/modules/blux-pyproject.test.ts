// pyproject.toml of different build backends: expectations written first, then tried with the backends (fixtures/deployment/README.md).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { accused, deployed, judgedBy } from "./deployed.ts";

type Case = { name: string; text: string; fine: boolean; files?: { [file: string]: string } };

const cases = readFileSync("fixtures/deployment/pyproject.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

describe("pyproject.toml as its build backend reads it", () => {
  it("has all kinds of backends", () => {
    for (const word of ["setuptools", "poetry", "hatch", "flit", "pdm", "uv"])
      expect(cases.filter(({ name }) => name.startsWith(word)).length).toBeGreaterThan(2);
  });

  it.each(cases.map((one) => [one.name, one] as const))("%s", async (_, { text, fine, files = {} }) => {
    const folder = deployed(["pyproject.toml"], { "pyproject.toml": text, ...files });
    expect(accused("layout/", await judgedBy("layout/pyproject", folder))).toEqual(fine ? [] : ["pyproject"]);
  });
});
