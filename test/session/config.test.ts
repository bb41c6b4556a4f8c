// conform.yaml: a key for every flag, places and nearest keys in complaints, paths relative to the file, flags win.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ContractError } from "../../src/base/errors.ts";
import { configShape, parseConfig, settledPaths } from "../../src/session/config.ts";
import { theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const cli = theCli();
afterAll(() => cli.close());

test("every flag of a run has a key, and the other way round", async () => {
  const { stdout } = await cli.run(["--help"]);
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--(no-)?([a-z-]+)/gm)].map((match) => match[2] ?? "");
  // What lists and other runs are concerned is said of all modules, not by one of them.
  const withoutKey = ["version", "config", "help", "modules-from", "resume", "since", "timings"];
  const wanted = new Set(flags.filter((flag) => !withoutKey.includes(flag)));
  expect([...wanted].sort()).toEqual(Object.keys(configShape.shape).sort());
});

test("specs/conform.schema.json accepts what the shape accepts", () => {
  const file = new URL("../../specs/conform.schema.json", import.meta.url);
  const text = readFileSync(file, "utf8");
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(text));
  expect(valid({ run: "./module", only: ["a/*"], env: { A: 1 }, baseline: false, jobs: 2 })).toBe(true);
  expect(valid({ jobs: 0 })).toBe(false);
  expect(valid({ stict: true })).toBe(false);
});

test.each([
  ["stict: true", 'c.yaml:1:1: unknown key "stict"; did you mean "strict"?'],
  ["run: ./m\ntime_scale: 2", 'c.yaml:2:1: unknown key "time_scale"; did you mean "time-scale"?'],
  ["strict: maybe", "c.yaml:1:9: strict: must be true or false"],
  ["strict: on", "c.yaml:1:9: strict: must be true or false"],
  ["level: MUST", "c.yaml:1:8: level: must be must, should or may"],
  ["jobs: 0", "c.yaml:1:7: jobs: must be at least 1"],
  ["jobs: 1.5", "c.yaml:1:7: jobs: must be a whole number"],
  ["timeout: -1", "c.yaml:1:10: timeout: must be above 0"],
  ["timeout: soon", "c.yaml:1:10: timeout: must be a number of seconds"],
  ["time-scale: 1000", "c.yaml:1:13: time-scale: must be at most 100"],
  ["only: { a: b }", "c.yaml:1:7: only: must be a text or a list of texts"],
  ["only: [1]", "c.yaml:1:7: only: must be a text or a list of texts"],
  ["run: []", "c.yaml:1:6: run: must not be empty"],
  ["run: ''", "run: must"],
  ["env: { A: [1] }", "c.yaml:1:11: env.A: must be a text, a number or a boolean"],
  ["env: x", "c.yaml:1:6: env:"],
  ["junit-dialect: poor", "c.yaml:1:16: junit-dialect: must be portable or rich"],
  ["baseline: true", "c.yaml:1:11: baseline: must be a file, or false for none"],
  ["quiet: true\nverbose: true", "c.yaml:1:1: quiet and verbose exclude each other"],
  ["- run", "c.yaml:1:1: must be a map"],
  ["just text", "c.yaml:1:1: must be a map"],
  ["run: a\nrun: b", "c.yaml:2:1"],
  ["run: [a", "c.yaml:1:"],
  ["a: &a [*a]", "c.yaml:1:"],
])("%j: %s", (source, message) => {
  expect(() => parseConfig(source, "c.yaml")).toThrow(ContractError);
  expect(() => parseConfig(source, "c.yaml")).toThrow(message);
});

test("an empty file and one of comments only say nothing", () => {
  expect(parseConfig("", "c")).toEqual({});
  expect(parseConfig("# nothing\n", "c")).toEqual({});
});

test("paths are relative to the file; names and standard output are none", () => {
  const config = parseConfig(
    "contract: ./mine\nout: o\nbaseline: b.yaml\nreporter: [text, junit=j.xml, json=-]\ntranscript: t\nfailed-from: f\nmetrics-file: m\n",
    "c",
  );
  expect(settledPaths(config, (path) => `/at/${path}`)).toEqual({
    contract: "/at/./mine",
    out: "/at/o",
    baseline: "/at/b.yaml",
    reporter: ["text", "junit=/at/j.xml", "json=-"],
    transcript: "/at/t",
    "failed-from": "/at/f",
    "metrics-file": "/at/m",
  });
  const named = settledPaths({ contract: "pywatt@1", baseline: false }, () => "no");
  expect(named).toEqual({ contract: "pywatt@1", baseline: false });
});

describe("in a run", () => {
  beforeAll(() => {
    tinyModule(join(cli.folder, "m"), {
      hello: "moon",
      config: `contract: ${tinyContract}\nout: reports\nreporter: [json, text]\nquiet: true\nmetrics-file: own.prom\n`,
    });
    tinyModule(join(cli.folder, "n"));
    mkdirSync(join(cli.folder, "shared"));
    writeFileSync(
      join(cli.folder, "shared/c.yaml"),
      `contract: ${tinyContract}\nonly: file\nout: there\nreporter: json\n`,
    );
  });
  const json = (path: string) => JSON.parse(readFileSync(join(cli.folder, path), "utf8"));

  test("one module's own file decides all, and flags win", async () => {
    expect((await cli.run(["m"])).code).toBe(1);
    expect(json("m/reports/report.json").modules[0].verdict.kind).toBe("nonconformant");
    expect(readFileSync(join(cli.folder, "m/own.prom"), "utf8")).toContain("conform_module_conformant");
    const flagged = await cli.run(["m", "--only", "file", "--out", "flagged", "--reporter", "json"]);
    expect(flagged.code).toBe(0);
    expect(json("flagged/report.json").modules[0].filtered).toContain("--only file");
  });

  test("several modules' own files do not decide where reports go; --config speaks for all", async () => {
    await cli.run(["m", "n", "--reporter", "json"]);
    expect(json("reports/latest/report.json").modules).toHaveLength(2);
    expect((await cli.run(["m", "n", "--config", "shared/c.yaml"])).code).toBe(0);
    expect(json("shared/there/report.json").modules.map(({ filtered }: { filtered: string }) => filtered)).toEqual([
      "--only file (3 of 9 requirements)",
      "--only file (3 of 9 requirements)",
    ]);
  });

  test("mistakes of several modules are told together, with places", async () => {
    tinyModule(join(cli.folder, "x"), { config: "stict: true\n" });
    tinyModule(join(cli.folder, "y"), { config: `contract: ${tinyContract}\nrun: "./module 'unclosed"\n` });
    const { code, stderr } = await cli.run(["x", "n", "y", "z"]);
    expect(code).toBe(2);
    expect(stderr).toContain('./x/conform.yaml:1:1: unknown key "stict"; did you mean "strict"?');
    expect(stderr).toContain("command line with an unclosed '");
    expect(stderr).toContain("z: no such file or folder");
  });

  test.each([
    [["--jobs", "many"], "--jobs <n>"],
    [["--jobs", "0"], "expected a number above 0"],
    [["--timeout", "-1"], "expected a number above 0"],
    [["--time-scale", "x"], "expected a number above 0"],
    [["--level", "most"], "Allowed choices are must, should, may"],
    [["--env", "X"], "--env X: expected name=value"],
    [["--header", "X"], "--header X: expected name:value"],
    [["--set", "x"], "--set x: expected name=value"],
    [["--set", "x=1"], 'contract tiny has no parameter "x"'],
    [["--profile", "quik"], 'no profile "quik"; did you mean "quick"?'],
    [["--only", "greting"], "matches"],
    [["--contract", "pywat"], 'no contract "pywat"; did you mean "pywatt"?'],
    [["--config", "none.yaml"], "cannot read none.yaml: no such file or folder"],
    [["--baseline", "none.yaml"], "no such file or folder"],
    [["--failed-from", "none.json"], "cannot read none.json"],
    [["--reporter", "jnit"], 'no reporter "jnit"; did you mean "junit"?'],
    [["--shard", "1of2"], "--shard 1of2: expected i/n such as 2/4"],
    [["--shard", "auto"], "--shard auto: the environment names no part"],
    [["--junit-dialect", "poor"], "Allowed choices are portable, rich"],
    [["--quiet", "--verbose"], "exclude each other"],
    [["--metrics-file", "m/tiny.json/x"], "cannot write"],
    [["--stric"], "Did you mean --strict?"],
    [["--cwd", "nowhere"], "--cwd nowhere: no such folder"],
    [["--run", "'x"], "unclosed '"],
  ])("nonsense: %s", async (args, message) => {
    const { code, stderr } = await cli.run(["n", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("bug in conform");
  });
});
