// A queue on a real Redis: workers, one killed, a module that nobody can judge, collected into the report of a single process.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../src/drivers/ports/ports.ts";
import { answerOf, quietEnv, theCli, tinyModule } from "../cli/the-cli.ts";

const without = spawnSync("redis-server", ["--version"]).status !== 0;
const cli = theCli();
const count = 10;
let redis: ChildProcess | undefined;
let url = "";

/** Resolves with the first line that matches. */
async function line(child: ChildProcess, wanted: RegExp): Promise<string> {
  for await (const text of createInterface({ input: child.stderr ?? child.stdout ?? process.stdin }))
    if (wanted.test(text)) return text;
  throw new Error(`it ended without ${wanted}`);
}

beforeAll(async () => {
  if (without) return;
  for (let i = 0; i < count; i++) tinyModule(join(cli.folder, `modules/m${i}`), i === 7 ? { hello: "moon" } : {});
  tinyModule(join(cli.folder, "modules/gone"));
  const names = [...Array.from({ length: count }, (_, i) => `m${i}`), "gone"];
  writeFileSync(join(cli.folder, "list.txt"), names.map((name) => `modules/${name}\n`).join(""));
  const port = await freePort();
  const words = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    cli.folder,
  ];
  redis = spawn("redis-server", words, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const text of createInterface({ input: redis.stdout ?? process.stdin }))
    if (text.includes("Ready to accept")) break;
  url = `redis://127.0.0.1:${port}/0`;
});
afterAll(async () => {
  if (redis !== undefined) {
    redis.kill("SIGTERM");
    await once(redis, "exit");
  }
  cli.close();
});

const queue = (...words: string[]) => cli.run(["queue", ...words, "--queue", url, "--queue-name", "night"]);
const workerArgs = (...words: string[]) => [
  cli.file,
  "worker",
  "--queue",
  url,
  "--queue-name",
  "night",
  "--stalled-after",
  "2",
  ...words,
];
const begun = (...words: string[]) =>
  spawn(process.execPath, workerArgs(...words), {
    cwd: cli.folder,
    env: quietEnv(),
    stdio: ["ignore", "ignore", "pipe"],
  });

describe.skipIf(without)("a queue (skipped without redis-server: apt-get install redis-server)", () => {
  test("is filled once, however often it is added; another run in it is refused", async () => {
    for (let i = 0; i < 2; i++) expect((await queue("add", "--modules-from", "list.txt")).code).toBe(0);
    const status = JSON.parse((await queue("status", "--json")).stdout);
    expect(status).toMatchObject({ waiting: count + 1, completed: 0, list: { modules: count + 1 } });
    const other = await queue("add", "--modules-from", "list.txt", "--only", "file/*");
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("queue night holds another run")]);
    const early = await queue("collect", "--out", "early");
    expect([early.code, early.stderr]).toEqual([
      2,
      expect.stringContaining(`${count + 1} of ${count + 1} modules are not judged yet`),
    ]);
  }, 120_000);

  test("a killed worker loses nothing, TERM drains, what nobody can judge is inconclusive, the rest is as in one process", async () => {
    rmSync(join(cli.folder, "modules/gone"), { recursive: true });
    const killed = begun("--concurrency", "4");
    await line(killed, /worker of/);
    killed.kill("SIGKILL");
    const drained = begun("--concurrency", "1", "--listen", "127.0.0.1:0");
    const [, metrics = ""] = /metrics at (\S+)/.exec(await line(drained, /metrics at/)) ?? [];
    expect(await (await fetch(metrics)).text()).toMatch(/^conform_queue_jobs\{state="completed"\} \d+$/m);
    drained.kill("SIGTERM");
    expect(await once(drained, "exit")).toEqual([0, null]);
    const last = await answerOf(process.execPath, workerArgs("--until", "empty"), { cwd: cli.folder, env: quietEnv() });
    expect(last.code).toBe(0);
    const collected = await queue("collect", "--wait", "--out", "collected", "--reporter", "json", "--clear");
    expect([collected.code, collected.stderr]).toEqual([
      1,
      expect.stringContaining("1 modules were given up after 3 tries"),
    ]);
    const { modules } = JSON.parse(readFileSync(join(cli.folder, "collected/report.json"), "utf8"));
    expect(modules).toHaveLength(count + 1);
    const kinds = Object.fromEntries(
      modules.map(({ name, verdict }: { name: string; verdict: { kind: string } }) => [name, verdict.kind]),
    );
    expect(kinds).toMatchObject({
      "./modules/gone": "inconclusive",
      "./modules/m7": "nonconformant",
      "./modules/m0": "conformant",
    });
    expect(modules[0].partial).toContain("no such file or folder");
    expect((await queue("status")).stderr).toContain("queue night is empty");
  }, 120_000);
});

test("a place where nobody answers is told in one line", async () => {
  const { code, stderr } = await cli.run([
    "queue",
    "status",
    "--queue",
    `redis://u:secret@127.0.0.1:${await freePort()}`,
  ]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^conform: --queue redis:\/\/127\.0\.0\.1:\d+: nobody answers there\n$/),
  ]);
});
