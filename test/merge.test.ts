// Shards: who judges what, what the environment says, and that a merge is whole or refused.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../src/errors.ts";
import { type Blob, merged } from "../src/merge.ts";
import { parseShard, partOf, shardOf } from "../src/shard.ts";
import { parseLine } from "../src/shard-file.ts";
import type { ModuleReport, Outcome } from "../src/types.ts";
import { verdictOf } from "../src/verdict.ts";
import { moduleOf, pass, result } from "./report-cases.ts";
import { theCli, tinyModule } from "./the-cli.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };

describe("which part", () => {
  const gitlab = { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "4" };
  const kubernetes = { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "3" };
  const bazel = { TEST_SHARD_INDEX: "2", TEST_TOTAL_SHARDS: "3", TEST_SHARD_STATUS_FILE: "/t/s" };

  test.each([
    ["2/4", {}, 1, { index: 2, count: 4, from: "--shard" }],
    ["1/1", gitlab, 9, { index: 1, count: 1, from: "--shard" }],
    [undefined, gitlab, 2, { index: 2, count: 4, from: "CI_NODE_INDEX" }],
    [undefined, kubernetes, 2, { index: 1, count: 3, from: "JOB_COMPLETION_INDEX" }],
    [undefined, { ...gitlab, ...bazel }, 2, { index: 3, count: 3, from: "TEST_SHARD_INDEX", statusFile: "/t/s" }],
    ["auto", kubernetes, 1, { index: 1, count: 3, from: "JOB_COMPLETION_INDEX" }],
    [undefined, gitlab, 1, undefined],
    ["off", gitlab, 2, undefined],
    [undefined, { CI_NODE_INDEX: "2" }, 2, undefined],
    [undefined, {}, 2, undefined],
  ])("%s in %j with %i targets", (wanted, env, targets, expected) => {
    expect(shardOf(wanted, env, targets)).toEqual(expected);
  });

  test.each(["0/4", "5/4", "1/0", "1", "a/b", "1/4/2", "-1/4", "1.5/4", "1/99999", "", " 1/4"])(
    "%j is refused",
    (text) => {
      expect(() => parseShard(text)).toThrow(UsageError);
    },
  );

  test.each([
    { CI_NODE_INDEX: "x", CI_NODE_TOTAL: "4" },
    { CI_NODE_INDEX: "0", CI_NODE_TOTAL: "4" },
    { JOB_COMPLETION_INDEX: "3", JOB_COMPLETIONS: "3" },
  ])("%j is refused", (env) => {
    expect(() => shardOf(undefined, env, 2)).toThrow(UsageError);
  });

  test("auto without variables names them", () => {
    expect(() => shardOf("auto", {}, 2)).toThrow("JOB_COMPLETION_INDEX with JOB_COMPLETIONS");
  });

  test("the parts are even, and a new module moves no other", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `./modules/m-${i}`);
    const sizes = [1, 2, 3, 4].map((part) => names.filter((name) => partOf(name, 4) === part).length);
    expect(sizes.reduce((a, b) => a + b)).toBe(1000);
    for (const size of sizes) expect(Math.abs(size - 250)).toBeLessThan(50);
  });
});

const tool = { name: "conform", version: "0.1.0" };

function moduleNamed(name: string, outcome: Outcome = pass): ModuleReport {
  const results = [result("a/x", "MUST", "It does x.", outcome)];
  return { ...moduleOf(name, results, verdictOf(results)), target: { kind: "folder", label: name } };
}

/** A whole run cut into `count` shards. */
function blobsOf(modules: readonly ModuleReport[], count: number): (Blob & { header: NonNullable<Blob["header"]> })[] {
  const names = modules.map(({ name }) => name).sort();
  return Array.from({ length: count }, (_, i) => {
    const own = modules.filter(({ name }) => partOf(name, count) === i + 1);
    return {
      file: `r/shard-${i + 1}-of-${count}.ndjson`,
      header: {
        format: 1,
        tool,
        shard: [i + 1, count],
        started: "2026-03-01T09:30:00.000Z",
        modules: names,
        selection: "",
      },
      modules: own,
      footer: { modules: own.length, duration_ms: 0, sha256: "" },
      faults: [],
    };
  });
}

const namesOf = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,3})?$/), { minLength: 1, maxLength: 12 });

describe("merging", () => {
  test("any number of shards in any order gives the same bytes and the worst verdict", () => {
    fc.assert(
      fc.property(
        namesOf.chain((names) =>
          fc.record({
            names: fc.constant(names),
            bad: fc.subarray(names),
            count: fc.integer({ min: 1, max: 9 }),
            seed: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 }),
          }),
        ),
        ({ names, bad, count, seed }) => {
          const modules = names.map((name) => moduleNamed(name, bad.includes(name) ? fail : pass));
          const whole = merged(blobsOf(modules, 1));
          const blobs = blobsOf(modules, count);
          const parts = merged(seed.flatMap((i) => blobs[i] ?? []));
          expect(parts.refusals).toEqual([]);
          expect(JSON.stringify(parts.report)).toBe(JSON.stringify(whole.report));
          expect(parts.report?.verdict.exit).toBe(bad.length > 0 ? 1 : 0);
          expect(parts.report?.modules).toHaveLength(names.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a missing, doubled, cut or emptied shard is never taken for a whole run", () => {
    fc.assert(
      fc.property(
        namesOf,
        fc.integer({ min: 2, max: 6 }),
        fc.nat(5),
        fc.constantFrom("missing", "doubled", "cut", "emptied"),
        (names, count, which, fault) => {
          const blobs: Blob[] = blobsOf(
            names.map((name) => moduleNamed(name)),
            count,
          );
          const at = which % count;
          const blob = blobs[at];
          if (blob === undefined) throw new Error("no such shard");
          if (fault === "missing") blobs.splice(at, 1);
          if (fault === "doubled") blobs.push({ ...blob, file: `again/${at}.ndjson` });
          if (fault === "cut") delete blob.footer;
          if (fault === "emptied") blobs[at] = { file: blob.file, modules: [], faults: [] };
          const { refusals, incomplete, report } = merged(blobs);
          expect(refusals.length).toBeGreaterThan(0);
          expect(incomplete).toBe(fault !== "doubled");
          if (fault === "missing") {
            const lost = names.filter((name) => partOf(name, count) === at + 1);
            expect(report?.verdict.exit).toBe(lost.length > 0 ? 3 : 0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const two = () => blobsOf([moduleNamed("a"), moduleNamed("b"), moduleNamed("c"), moduleNamed("d")], 2);
  test.each<[string, (blobs: ReturnType<typeof two>) => unknown, string]>([
    [
      "version",
      ([a]) => Object.assign(a?.header ?? {}, { tool: { ...tool, version: "0.2.0" } }),
      "in the version of conform: 0.1.0, not 0.2.0",
    ],
    ["count", ([, b]) => Object.assign(b?.header ?? {}, { shard: [2, 3] }), "in the number of shards: 3, not 2"],
    [
      "selection",
      ([, b]) => Object.assign(b?.header ?? {}, { selection: "--only a/*" }),
      "in what was asked for: --only a/*, not everything",
    ],
    [
      "list",
      ([, b]) => Object.assign(b?.header ?? {}, { modules: ["a", "b", "c", "e"] }),
      "in the list of modules: +e, -d",
    ],
    ["foreign module", ([a]) => a?.modules.push(moduleNamed("zz")), "has zz, which is not in its list of modules"],
    ["module twice", ([a]) => a?.modules.push(...a.modules.slice(0, 1)), "twice"],
    [
      "module of the other",
      ([a, b]) => a?.modules.push(...(b?.modules.splice(0, 1) ?? [])),
      "which belongs to shard 2",
    ],
    [
      "other text of the contract",
      ([a]) => Object.assign(a?.modules[0] ?? {}, { contract: { ...a?.modules[0]?.contract, digest: "other" } }),
      "judged under another text of contract pywatt@1.0.0",
    ],
    ["a module not judged", ([a]) => a?.modules.shift(), "not judged: "],
  ])("mixed: %s", (_, spoil, message) => {
    const blobs = two();
    spoil(blobs);
    expect(merged(blobs).refusals.join("\n")).toContain(message);
  });

  test("no files at all is no run", () => {
    expect(merged([])).toEqual({ refusals: ["there are no result files of shards"], incomplete: false });
  });

  test("foreign text in a file is read as data or refused, never trusted", () => {
    expect(parseLine("{")).toMatchObject({ kind: "fault" });
    expect(parseLine('"x"')).toMatchObject({ kind: "fault", fault: "is no record" });
    expect(parseLine('{"type":"novelty"}')).toEqual({ kind: "unknown" });
    expect(parseLine('{"type":"header","format":2}')).toMatchObject({ fault: expect.stringContaining("format 2") });
    expect(parseLine('{"type":"module","module":{"name":"a"}}')).toMatchObject({ kind: "fault" });
  });
});

describe("the command, 24 modules over four machines", () => {
  const cli = theCli();
  const modules = Array.from({ length: 24 }, (_, i) => `modules/m${i}`);
  afterAll(() => cli.close());
  beforeAll(async () => {
    for (const [i, name] of modules.entries()) tinyModule(join(cli.folder, name), i === 7 ? { hello: "moon" } : {});
    for (const part of [1, 2, 3, 4]) {
      const env = { CI_NODE_INDEX: String(part), CI_NODE_TOTAL: "4" };
      const { code, stderr } = await cli.run([...modules, "--out", `r/${part}`, "-q"], { env });
      expect([code, stderr]).toEqual([
        partOf("./modules/m7", 4) === part ? 1 : 0,
        expect.stringContaining(`conform: shard ${part} of 4 (CI_NODE_INDEX):`),
      ]);
    }
  });
  const file = (part: number) => join(cli.folder, `r/${part}/shard-${part}-of-4.ndjson`);
  /** The results in a folder of their own, spoiled. */
  const spoiled = (name: string, spoil: (path: (part: number) => string) => void) => {
    cpSync(join(cli.folder, "r"), join(cli.folder, name), { recursive: true });
    spoil((part) => file(part).replace(`${cli.folder}/r/`, `${cli.folder}/${name}/`));
    return cli.run(["merge", name, "--out", `out-${name}`, "-q"]);
  };
  const json = (path: string) => JSON.parse(readFileSync(join(cli.folder, path), "utf8"));

  test("merges into one report that equals one run but for times", async () => {
    const merge = await cli.run(["merge", "r", "--out", "merged", "--reporter", "json", "--reporter", "junit"]);
    expect(merge.code).toBe(1);
    const one = await cli.run([...modules, "--shard", "1/1", "--out", "alone", "--reporter", "json"]);
    expect(one.code).toBe(1);
    await cli.run(["merge", "alone", "--out", "alone-merged", "--reporter", "json"]);
    // Times, and the numbers of events, which follow the order in which things happened to be seen.
    const times = new Set(["started", "duration_ms", "t", "from", "to", "events", "event", "evidence", "actual"]);
    const timeless = (path: string) =>
      JSON.stringify(json(path), (key, value) => (times.has(key) ? undefined : value), 1);
    expect(timeless("merged/report.json")).toBe(timeless("alone-merged/report.json"));
    expect(json("merged/report.json").modules).toHaveLength(24);
    expect(
      readFileSync(join(cli.folder, "merged/junit.xml"), "utf8").match(/<testsuite /g)?.length,
    ).toBeGreaterThanOrEqual(24);
  });

  test("one shard's file missing, cut, emptied, doubled, changed: refused and named, nothing written", async () => {
    const missing = await spoiled("missing", (path) => rmSync(path(3)));
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining("shard 3 of 4 is missing, and with it ./modules/"),
    ]);
    const text = readFileSync(file(2), "utf8");
    const lines = text.trimEnd().split("\n");
    for (const [name, content] of [
      ["no-footer", `${lines.slice(0, -1).join("\n")}\n`],
      ["half-line", text.slice(0, text.length - 20)],
      ["no-line-feed", text.trimEnd()],
      ["half", text.slice(0, text.length / 2)],
      ["emptied", ""],
    ] as const) {
      const cut = await spoiled(name, (path) => writeFileSync(path(2), content));
      expect([cut.code, cut.stderr]).toEqual([
        2,
        expect.stringContaining("shard-2-of-4.ndjson is cut off: it has no footer"),
      ]);
      expect(existsSync(join(cli.folder, `out-${name}`))).toBe(false);
    }
    const doubled = await spoiled("doubled", (path) => cpSync(path(1), join(path(1), "../../again.ndjson")));
    expect([doubled.code, doubled.stderr]).toEqual([2, expect.stringContaining("is shard 1 of 4 again")]);
    expect(doubled.stderr).not.toContain("--allow-incomplete");
    const changed = await spoiled("changed", (path) =>
      writeFileSync(path(4), readFileSync(path(4), "utf8").replace('"kind":"pass"', '"kind":"pass" ')),
    );
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringContaining("was changed after it was written")]);
    const mixed = await spoiled("mixed", (path) =>
      writeFileSync(path(4), readFileSync(path(4), "utf8").replace(/"version":"[^"]+"/, '"version":"9.9.9"')),
    );
    expect(mixed).toMatchObject({ code: 2 });
  });

  test("--allow-incomplete shows what is missing as inconclusive", async () => {
    await spoiled("some", (path) => rmSync(path(partOf("./modules/m7", 4))));
    const { code, stderr } = await cli.run([
      "merge",
      "some",
      "--allow-incomplete",
      "--out",
      "some-out",
      "--reporter",
      "json",
    ]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("conform: incomplete:")]);
    const report = json("some-out/report.json");
    expect(report.modules).toHaveLength(24);
    expect(report.modules.find((one: ModuleReport) => one.name === "./modules/m7").partial).toContain(
      "not judged: shard",
    );
  });

  test("an empty part is written too; other NDJSON files beside it are no matter", async () => {
    const count = 50;
    const empty = Array.from({ length: count }, (_, i) => i + 1).find(
      (part) => !modules.slice(0, 2).some((name) => partOf(`./${name}`, count) === part),
    );
    const { code } = await cli.run([...modules.slice(0, 2), "--shard", `${empty}/${count}`, "--out", "e"]);
    expect(code).toBe(0);
    expect(
      readFileSync(join(cli.folder, `e/shard-${empty}-of-${count}.ndjson`), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(2);
    mkdirSync(join(cli.folder, "r/1/x"), { recursive: true });
    writeFileSync(join(cli.folder, "r/1/x/report.ndjson"), '{"type":"run"}\n');
    expect((await cli.run(["merge", "r", "--out", "again", "-q"])).code).toBe(1);
  });

  test("Bazel's proof is touched, and mistakes are told in one line", async () => {
    const env = { TEST_SHARD_INDEX: "0", TEST_TOTAL_SHARDS: "2", TEST_SHARD_STATUS_FILE: join(cli.folder, "status") };
    await cli.run([...modules.slice(0, 2), "--out", "b", "-q"], { env });
    expect(existsSync(env.TEST_SHARD_STATUS_FILE)).toBe(true);
    for (const [args, message] of [
      [["modules/m1", "modules/m1", "--shard", "1/2"], "--shard: ./modules/m1 is named twice"],
      [["modules/m1", "--shard", "3/2"], "--shard 3/2: the part must be between 1 and the number of parts"],
      [["merge", "nowhere"], "conform: cannot read nowhere: no such file or folder"],
      [["merge", "modules"], "there are no result files of shards"],
      [["merge", "r", "--reporter", "xml"], 'no reporter "xml"'],
    ] as const) {
      const { code, stderr } = await cli.run(args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});
