// `--shard` on four machines and `conform merge`: one report, or a refusal that names what is wrong.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partOf } from "../../src/gate/fleet/shard.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { theCli, tinyModule } from "../cli/the-cli.ts";

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
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("shard 3 of 4 is missing")]);
    writeFileSync(join(cli.folder, "list.txt"), modules.join("\n"));
    const named = await cli.run(["merge", "missing", "--out", "x", "-q", "--modules-from", "list.txt"]);
    expect([named.code, named.stderr]).toEqual([
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
    writeFileSync(join(cli.folder, "list.txt"), modules.join("\n"));
    const words = ["merge", "some", "--allow-incomplete", "--out", "some-out", "--reporter", "json"];
    const unnamed = await cli.run(words);
    expect([unnamed.code, json("some-out/report.json").modules.at(-1).partial]).toEqual([
      3,
      expect.stringMatching(/^not judged: \d of 24 modules/),
    ]);
    const { code, stderr } = await cli.run([...words, "--modules-from", "list.txt"]);
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
