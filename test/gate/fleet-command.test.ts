// Fleets on the command line: a list, shards that are killed and resumed, a night on which little changed, plans.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const cli = theCli();
const count = 12;
afterAll(() => cli.close());
beforeAll(async () => {
  for (let i = 0; i < count; i++) tinyModule(join(cli.folder, `modules/m${i}`), i === 7 ? { hello: "moon" } : {});
  writeFileSync(join(cli.folder, "list.txt"), Array.from({ length: count }, (_, i) => `modules/m${i}\n`).join(""));
  const whole = await cli.run([
    "--modules-from",
    "list.txt",
    "--shard",
    "1/1",
    "--out",
    "whole",
    "--reporter",
    "json",
    "-q",
  ]);
  expect(whole.code).toBe(1);
});

const times = new Set(["started", "duration_ms", "t", "from", "to", "events", "event", "evidence", "actual"]);
const modulesOf = (path: string) =>
  JSON.stringify(JSON.parse(readFileSync(join(cli.folder, path), "utf8")).modules, (key, value) =>
    times.has(key) ? undefined : value,
  );
const lines = (path: string) => readFileSync(join(cli.folder, path), "utf8").trimEnd().split("\n");
const shardFile = (out: string, part = "1-of-1") => `${out}/shard-${part}.ndjson`;

describe("a list", () => {
  test("from standard input is the same list; its file names it by digest and count alone", async () => {
    const child = spawn(
      process.execPath,
      [cli.file, "--modules-from", "-", "--shard", "1/1", "--only", "file/*", "--out", "piped", "-q"],
      {
        cwd: cli.folder,
        env: quietEnv(),
        stdio: ["pipe", "ignore", "ignore"],
      },
    );
    child.stdin.end(readFileSync(join(cli.folder, "list.txt")));
    await once(child, "exit");
    const [header] = lines(shardFile("piped"));
    const { list } = JSON.parse(header ?? "");
    expect(list).toEqual(JSON.parse(lines(shardFile("whole"))[0] ?? "").list);
    expect(list.modules).toBe(count);
    expect(header).not.toContain("modules/m1");
  });

  test("gives each module its contract, its parameters and the digest that it must have", async () => {
    const told = JSON.parse(lines("whole/report.json").slice(1, 2)[0]?.replace(/,$/, "") ?? "");
    const entries = [
      { target: "modules/m0", contract: tinyContract, digest: told.target.digest },
      { target: "modules/m1", contract: tinyContract, digest: `dirHash:${"0".repeat(64)}` },
    ];
    writeFileSync(join(cli.folder, "pinned.ndjson"), entries.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const { code } = await cli.run(["--modules-from", "pinned.ndjson", "--out", "pinned", "--reporter", "json", "-q"]);
    const { modules } = JSON.parse(readFileSync(join(cli.folder, "pinned/report.json"), "utf8"));
    expect([code, ...modules.map(({ verdict }: { verdict: { kind: string } }) => verdict.kind)]).toEqual([
      3,
      "conformant",
      "inconclusive",
    ]);
    expect(modules[1].verdict.reasons[0]).toContain("it is not the module of the list");
  });

  test("that names something else is told with its line, and nothing is started", async () => {
    writeFileSync(join(cli.folder, "bad.txt"), "modules/m1\nmodules/nowhere\n");
    const { code, stderr } = await cli.run(["--modules-from", "bad.txt", "--out", "none"]);
    expect([code, stderr, existsSync(join(cli.folder, "none"))]).toEqual([
      2,
      expect.stringContaining("bad.txt:2: modules/nowhere: no such file"),
      false,
    ]);
  });
});

describe("a shard that was killed", () => {
  /** Kills it when so many records are there. Returns how many whole ones it left. */
  async function killedAt(records: number, out: string): Promise<number> {
    const child = spawn(
      process.execPath,
      [cli.file, "--modules-from", "list.txt", "--shard", "1/1", "--jobs", "1", "--out", out, "-q"],
      {
        cwd: cli.folder,
        env: quietEnv(),
        stdio: "ignore",
      },
    );
    const gone = once(child, "exit");
    const path = join(cli.folder, shardFile(out));
    const there = () => (existsSync(path) ? lines(shardFile(out)).length - 1 : 0);
    while (there() < records && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    child.kill("SIGKILL");
    await gone;
    return there();
  }

  test("goes on where its file ends, whole records only, and the report is that of an undisturbed run", async () => {
    const left = await killedAt(3, "cut");
    appendFileSync(join(cli.folder, shardFile("cut")), '{"type":"module","name":"./modules/m11","contr');
    const { code, stderr } = await cli.run([
      "--modules-from",
      "list.txt",
      "--shard",
      "1/1",
      "--resume",
      "--out",
      "cut",
      "--reporter",
      "json",
      "-q",
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${count} of ${count} modules, ${left} taken over`)]);
    expect(left).toBeGreaterThanOrEqual(3);
    expect(modulesOf("cut/report.json")).toBe(modulesOf("whole/report.json"));
    expect(JSON.parse(lines(shardFile("cut")).at(-1) ?? "")).toMatchObject({ modules: count, reused: left });
    expect((await cli.run(["merge", "cut", "--out", "merged", "-q"])).code).toBe(1);
    expect(readdirSync(join(cli.folder, "cut")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("takes over nothing of a run that was asked for something else", async () => {
    const words = [
      "--modules-from",
      "list.txt",
      "--shard",
      "1/1",
      "--resume",
      "--only",
      "file/*",
      "--out",
      "cut",
      "-q",
    ];
    const { stderr } = await cli.run(words);
    expect(stderr).toContain("0 taken over");
    expect(stderr).toContain("--resume: nothing of the result file can be used: something else was asked for");
  });
});

describe("the next night", () => {
  test("judges what changed only, from result files or from the merged report", async () => {
    await cli.run(["merge", "whole", "--out", "night1", "--reporter", "json", "-q"]);
    writeFileSync(join(cli.folder, "modules/m3/notes.txt"), "changed");
    writeFileSync(join(cli.folder, "modules/m4/conform.yaml"), `contract: ${tinyContract}\nstrict: true\n`);
    for (const since of ["whole", "night1/report.json"]) {
      const { code, stderr } = await cli.run([
        "--modules-from",
        "list.txt",
        "--since",
        since,
        "--out",
        "night2",
        "--reporter",
        "json",
        "-q",
      ]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`${count} of ${count} modules, ${count - 2} taken over`),
      ]);
    }
    const [before, after] = ["night1", "night2"].map(
      (night) => JSON.parse(readFileSync(join(cli.folder, night, "report.json"), "utf8")).modules,
    );
    const anew = after.filter((one: { started: string }, i: number) => one.started !== before[i].started);
    expect(anew.map(({ name }: { name: string }) => name)).toEqual(["./modules/m3", "./modules/m4"]);
    const merge = await cli.run(["merge", "night2", "--out", "x", "-q"]);
    expect(merge.stderr).toContain(`${count - 2} of ${count} modules were taken over from an earlier run`);
  });
});

describe("a plan", () => {
  test("says what each shard will get, and the shards get just that", async () => {
    const planned = JSON.parse(
      (await cli.run(["plan", "--modules-from", "list.txt", "--shards", "3", "--timings", "whole", "--json"])).stdout,
    );
    for (const { shard, modules } of planned.shards) {
      await cli.run([
        "--modules-from",
        "list.txt",
        "--shard",
        `${shard}/3`,
        "--timings",
        "whole",
        "--only",
        "file/*",
        "--out",
        `timed/${shard}`,
        "-q",
      ]);
      const names = lines(`timed/${shard}/shard-${shard}-of-3.ndjson`)
        .slice(1, -1)
        .map((line) => JSON.parse(line).name);
      expect(names.sort()).toEqual(modules.sort());
    }
    expect((await cli.run(["merge", "timed", "--out", "timed-merged", "-q"])).code).toBe(0);
  });
});
