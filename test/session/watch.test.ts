// Watching: which scenarios a change concerns, and a real session with edits, a mistake, a module that writes, and its end.
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { TranscriptEvent } from "../../src/base/events.ts";
import type { Outcome } from "../../src/base/judged.ts";
import type { Transcript } from "../../src/base/transcript.ts";
import { readContractFiles } from "../../src/contract/files.ts";
import { changedFiles, snapshot } from "../../src/drivers/files/watch-files.ts";
import { loadContract } from "../../src/session/contracts.ts";
import { concerned, rewritten } from "../../src/session/watch.ts";
import { anEvent } from "../an-event.ts";
import { quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";

const contract = loadContract(readContractFiles(tinyContract));
const cli = theCli();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => cli.close());

function seen(scenario: string, step: string, value: object): TranscriptEvent {
  return anEvent(1, "step", { value: { ok: true, ...value } }, { scenario, step });
}
const transcript = {
  header: {},
  events: [seen("file", "facts", { file: "tiny.json" }), seen("main", "started", {})],
} as unknown as Transcript;
const names = (files: string[]) => [...concerned(contract, transcript, files)].sort();

describe("what a change concerns", () => {
  test.each<[string[], string[]]>([
    [["module"], ["main"]],
    [["src/lib.rs"], ["main"]],
    [["tiny.json"], ["file", "main"]],
    [["README.md"], []],
    [["LICENSE", ".gitignore", "docs/guide.md"], []],
    [["README.md", "module"], ["main"]],
    [[], []],
  ])("%j: %j", (files, expected) => {
    expect(names(files)).toEqual(expected);
  });

  test("scenarios that look at another one's observations go with it", () => {
    const scenarios = contract.scenarios.map((scenario) =>
      scenario.name === "service" ? { ...scenario, if: "runs.main.greeted.ok" } : scenario,
    );
    expect([...concerned({ ...contract, scenarios }, transcript, ["module"])].sort()).toEqual(["main", "service"]);
  });

  test("another sentence runs nothing, another step its scenario, another definition everything", () => {
    const source = readFileSync(join(tinyContract, "contract.yaml"), "utf8");
    const changed = (from: string, to: string) => {
      const files = new Map([["contract.yaml", source.replace(from, to)]]);
      return [...rewritten(contract, loadContract({ folder: ".", files, digest: "x" }))].sort();
    };
    expect(changed("It greets the world.", "It greets everybody.")).toEqual([]);
    expect(changed("exit: 5s", "exit: 6s")).toEqual(["main"]);
    expect(changed("areas:", 'define: { x: "1" }\nareas:')).toEqual(["file", "main", "service"]);
  });

  test("snapshots see changes, additions and removals, and skip what tools keep", () => {
    const folder = join(cli.folder, "snap");
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), name);
    const before = snapshot([folder], []);
    writeFileSync(join(folder, "node_modules/x"), "x");
    writeFileSync(join(folder, "new"), "");
    utimesSync(join(folder, "a"), 1, 1);
    rmSync(join(folder, "b"));
    const changed = changedFiles(before, snapshot([folder], []));
    expect(changed).toEqual(["a", "b", "new"].map((name) => join(folder, name)));
    expect(changedFiles(before, snapshot([folder], [join(folder, "new")]))).toHaveLength(2);
  });
});

/** Starts conform; `said` waits for the next part of its output that has the text. */
function watching(args: string[]) {
  const child = spawn(process.execPath, [cli.file, ...args, "--watch"], { cwd: cli.folder, env: quietEnv() });
  children.push(child);
  let text = "";
  let from = 0;
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      text += data;
      for (const listener of listeners) listener();
    });
  const said = (wanted: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const at = text.indexOf(wanted, from);
        if (at === -1) return;
        const part = text.slice(from, at + wanted.length);
        from = at + wanted.length;
        listeners.delete(look);
        resolve(part);
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended before it said "${wanted}": ${text.slice(from)}`)));
      look();
    });
  return { child, said, ended, all: () => text };
}
const ready = "watching; Ctrl-C ends";

test("edits: what turned, by the scenarios concerned alone; reports follow; ends with 0", async () => {
  const module = tinyModule(join(cli.folder, "m"));
  const session = watching(["m"]);
  expect(await session.said(ready)).toContain("CONFORMANT  ./m");
  tinyModule(module, { hello: "moon", facts: readFileSync(join(module, "tiny.json"), "utf8") });
  const broken = await session.said(ready);
  expect(broken).toMatch(/changed: [12] of 2 scenarios ran/);
  expect(broken).toContain("broken     MUST   greeting/names-world  pass -> fail");
  expect(broken).toContain("NOT CONFORMANT");
  const report = JSON.parse(readFileSync(join(cli.folder, "reports/latest/report.json"), "utf8"));
  expect(report.modules[0].verdict.kind).toBe("nonconformant");
  writeFileSync(join(module, "module"), readFileSync(join(module, "module"), "utf8").replace("moon", "world"));
  const fixed = await session.said(ready);
  expect(fixed).toContain("module changed: 1 of 2 scenarios ran (main)");
  expect(fixed).toContain("fixed      MUST   greeting/names-world  fail -> pass");
  writeFileSync(join(module, "README.md"), "# hello");
  expect(await session.said(ready)).toContain("README.md changed: 0 of 2 scenarios ran");
  writeFileSync(join(module, "conform.yaml"), "stict: true\n");
  expect(await session.said(ready)).toContain('unknown key "stict"; did you mean "strict"?');
  writeFileSync(join(module, "conform.yaml"), `contract: ${tinyContract}\nonly: file\n`);
  expect(await session.said(ready)).toContain("conform.yaml changed: 1 of 1 scenarios ran");
  session.child.kill("SIGINT");
  expect(await session.ended).toBe(0);
});

test("a baseline is applied without running anything; a module that writes its own log is not judged for ever", async () => {
  const module = tinyModule(join(cli.folder, "b"), { exit: 3 });
  const script = readFileSync(join(module, "module"), "utf8").replace("cat >", "echo x >> log.txt\ncat >");
  writeFileSync(join(module, "module"), script);
  const session = watching(["b"]);
  expect(await session.said(ready)).toContain("NOT CONFORMANT");
  writeFileSync(join(module, "conform.baseline.yaml"), "known:\n- { id: ending/leaves, owner: me, reason: because }\n");
  const known = await session.said(ready);
  expect(known).toContain("conform.baseline.yaml changed: 0 of 2 scenarios ran");
  expect(known).toContain("excused    MUST   ending/leaves  fail -> fail");
  for (const text of ["# 1\n", "# 2\n", "# 3\n"]) {
    appendFileSync(join(module, "module"), text);
    await session.said("module changed: 1 of 2 scenarios ran (main)");
    await session.said(ready);
  }
  const runs = () => session.all().split("scenarios ran").length;
  const before = runs();
  appendFileSync(join(module, "module"), "# 4\n");
  await session.said(ready);
  expect(runs() - before).toBeLessThanOrEqual(2);
  session.child.kill("SIGTERM");
  expect(await session.ended).toBe(0);
});

test("ended in a run: nothing stays behind and the code says so", async () => {
  const module = tinyModule(join(cli.folder, "slow"));
  writeFileSync(join(module, "module"), "#!/bin/sh\necho $$ > pid.txt\necho '{\"hi\":1}'\nsleep 300\n");
  const session = watching(["slow"]);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      try {
        if (readFileSync(join(module, "pid.txt"), "utf8").trim() === "") return;
        clearInterval(timer);
        resolve();
      } catch {
        // Not started yet.
      }
    }, 20);
  });
  session.child.kill("SIGINT");
  expect(await session.ended).toBe(130);
  const report = JSON.parse(readFileSync(join(cli.folder, "reports/latest/report.json"), "utf8"));
  const failed = report.modules[0].results.filter(({ outcome }: { outcome: Outcome }) => outcome.kind === "fail");
  // The module was waited for when conform was told to end: that is no fault of it.
  expect([report.modules[0].partial, failed]).toEqual(["interrupted by SIGINT", []]);
  const pid = Number(readFileSync(join(module, "pid.txt"), "utf8"));
  expect(() => process.kill(pid, 0)).toThrow();
});

test("mistakes", async () => {
  tinyModule(join(cli.folder, "one"));
  cpSync(join(cli.folder, "one"), join(cli.folder, "two"), { recursive: true });
  for (const [args, message] of [
    [["one", "two"], "--watch is for one module"],
    [["one", "--reporter", "ndjson"], "--watch does not go with --reporter ndjson"],
    [["http://127.0.0.1:1", "-c", tinyContract], "--watch: http://127.0.0.1:1 has no folder that could change"],
  ] as const) {
    const { code, stderr } = await cli.run([...args, "--watch"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});
