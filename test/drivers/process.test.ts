// The process driver against programs that attack it: starting, output, input, ending. Linux, where /proc tells what is left.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { processFacts } from "../../src/drivers/process/proc-fs.ts";
import { SpawnFailure } from "../../src/drivers/process/spawn-failure.ts";
import { endStarted, hostile, start } from "./a-process.ts";

const folder = mkdtempSync(join(tmpdir(), "conform-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  for (const report of await endStarted()) expect(report.left).toEqual([]);
});

describe("programs that cannot be started", () => {
  const file = (name: string, content: string | Uint8Array, mode: number): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  mkdirSync(join(folder, "directory"));
  test.each([
    ["missing", [join(folder, "gone")], "ENOENT", "does not exist"],
    ["not on the PATH", ["no-such-program-anywhere"], "ENOENT", "not on the PATH"],
    ["not executable", [file("plain", "#!/bin/sh\n", 0o644)], "EACCES", "no x permission"],
    ["a folder", [join(folder, "directory")], "EACCES", "is a folder"],
    ["text without #!", [file("text", "announce me\n", 0o755)], "ENOEXEC", "without a #! line"],
    ["UTF-8 text without #!", [file("utf8", "grüße\n", 0o755)], "ENOEXEC", "without a #! line"],
    ["empty file", [file("empty", "", 0o755)], "ENOEXEC", "is empty"],
    ["missing interpreter", [file("script", "#! /no/such/python -u\n", 0o755)], "ENOENT", "/no/such/python"],
    ["no command", [], "EINVAL", "empty"],
    ["NUL in an argument", ["true", "a\0b"], "EINVAL", "NUL"],
    ["arguments too long", ["true", "x".repeat(3_000_000)], "E2BIG", "E2BIG"],
  ])("%s", async (_, argv, code, message) => {
    const failure = await start(argv).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpawnFailure);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test("in a folder that is gone", async () => {
    const failure = await start(["true"], { cwd: join(folder, "gone") }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ENOENT", message: expect.stringContaining("working folder") });
  });

  test("relative paths are looked up in the working folder, names on the module's own PATH", async () => {
    file("here", "#!/bin/sh\necho found\n", 0o755);
    await (await start(["./here"], { cwd: folder })).line("found");
    await (await start(["here"], { env: { PATH: `/usr/bin:/bin:${folder}` } })).line("found");
  });
});

describe("ends", () => {
  test("by itself, with what it said before", async () => {
    const one = await start([hostile("exits")]);
    const exit = await one.process.exited;
    expect(exit).toMatchObject({ code: 3, signal: null, by: "module" });
    expect(exit.ms).toBeGreaterThan(0);
    expect(one.process.alive).toBe(false);
    expect(one.lines.map(({ stream, text }) => [stream, text])).toEqual([["stderr", "no configuration"]]);
    expect(one.order).toEqual(["line", "exit"]);
    expect(await one.process.end()).toMatchObject({ needed: "nothing", survivors: [], left: [], exit });
  });

  test("by a signal of its own", async () => {
    const one = await start([hostile("dies")]);
    expect(await one.process.exited).toMatchObject({ code: null, signal: "SIGSEGV", by: "module" });
  });

  test("by a signal of ours", async () => {
    const one = await start([hostile("silent")]);
    expect(one.process.signal("NONSENSE")).toBe(false);
    expect(one.process.signal("TERM")).toBe(true);
    expect(await one.process.exited).toMatchObject({ signal: "SIGTERM", by: "conform", reason: "SIGTERM" });
    expect(one.process.signal("TERM")).toBe(false);
  });

  test("slowly, with the code it chose", async () => {
    const one = await start([hostile("slow-term")]);
    await one.line("ready");
    const report = await one.process.end({ afterTermMs: 5000 });
    expect(report).toMatchObject({ needed: "term", survivors: [], exit: { code: 7, by: "conform" } });
    expect(report.ms).toBeGreaterThan(250);
  });

  test("when its stdin ends", async () => {
    const one = await start(["cat"]);
    const report = await one.process.end({ afterStdinMs: 5000 });
    expect(report).toMatchObject({ needed: "stdin", exit: { code: 0, by: "conform", reason: "end: stdin closed" } });
  });

  test("only by KILL", async () => {
    const one = await start([hostile("ignores-term")]);
    await one.line("ready");
    const report = await one.process.end({ afterTermMs: 100 });
    expect(report).toMatchObject({ needed: "kill", survivors: [], left: [], exit: { signal: "SIGKILL" } });
  });

  test("by TERM although it is stopped", async () => {
    const one = await start([hostile("stops-itself")]);
    await one.line("ready");
    const state = (): string => readFileSync(`/proc/${one.process.pid}/stat`, "latin1").replace(/^.*\) (.).*$/s, "$1");
    while (state() !== "T") await new Promise(setImmediate);
    expect(await one.process.end({ afterTermMs: 5000 })).toMatchObject({ needed: "term", exit: { code: 0 } });
    expect(one.lines.map(({ text }) => text)).toEqual(["ready", "got TERM"]);
  });

  test("the second end gets the report of the first", async () => {
    const one = await start([hostile("silent")]);
    expect(one.process.end()).toBe(one.process.end());
  });
});

describe("leaves behind", () => {
  test("a child in its group that holds stdout: no waiting for it", async () => {
    const one = await start([hostile("orphan")]);
    const from = performance.now();
    expect(await one.process.exited).toMatchObject({ code: 0, by: "module" });
    expect(performance.now() - from).toBeLessThan(1500);
    const child = Number((await one.line(/^child/)).text?.slice(6));
    expect(one.process.group()).toEqual([child]);
    const report = await one.process.end();
    expect(report.survivors).toEqual([{ pid: child, name: "sleep", where: "group" }]);
    expect(one.process.survivors()).toEqual([]);
  });

  test("a daemon in a session of its own", async () => {
    const one = await start([hostile("daemon")]);
    const daemon = Number((await one.line(/^daemon/)).text?.slice(7));
    expect(one.process.group()).not.toContain(daemon);
    expect(one.process.survivors().map(({ pid }) => pid)).toContain(daemon);
    const report = await one.process.end();
    expect(report.survivors).toEqual([{ pid: daemon, name: "sleep", where: "escaped" }]);
    expect(processFacts(daemon)?.zombie).not.toBe(false);
  });

  test("nothing of another module with the same token", async () => {
    const [one, other] = await Promise.all([start([hostile("silent")]), start([hostile("silent")])]);
    expect(await one.process.end()).toMatchObject({ needed: "term", survivors: [] });
    expect(other.process.alive).toBe(true);
    expect(other.process.survivors().map(({ pid }) => pid)).toEqual([other.process.pid]);
  });
});

describe("limits", () => {
  test("processes", async () => {
    const one = await start([hostile("fork-burst")], { limits: { processesMax: 20 } });
    const exit = await one.process.exited;
    expect(exit).toMatchObject({ signal: "SIGKILL", by: "conform", reason: "limit: processesMax" });
    expect(one.limits).toEqual([{ limit: "processesMax", bound: 20, seen: expect.any(Number) }]);
    expect(one.limits[0]?.seen).toBeGreaterThan(20);
    expect(one.order).toEqual(["limit", "exit"]);
    expect(one.process.survivors()).toEqual([]);
  });

  test("memory", async () => {
    const bound = 200 << 20;
    const one = await start([hostile("memory-eater.mjs")], { limits: { memoryBytesMax: bound } });
    expect(await one.process.exited).toMatchObject({ signal: "SIGKILL", reason: "limit: memoryBytesMax" });
    expect(one.limits).toEqual([{ limit: "memoryBytesMax", bound, seen: expect.any(Number) }]);
    expect(one.limits[0]?.seen).toBeGreaterThan(bound);
    expect(one.limits[0]?.seen).toBeLessThan(4 * bound);
  });

  test("CPU time counts children", async () => {
    const one = await start([hostile("busy")]);
    await one.line("ready");
    const from = one.process.cpuMs() ?? Number.NaN;
    const rss = processFacts(one.process.pid)?.rssBytes ?? Number.NaN;
    while ((one.process.cpuMs() ?? 0) < from + 50) await new Promise(setImmediate);
    expect(rss).toBeGreaterThan(100_000);
    expect(rss).toBeLessThan(100 << 20);
    one.process.closeStdin();
    expect(await one.process.exited).toMatchObject({ by: "module", reason: "stdin closed" });
    expect(one.process.cpuMs()).toBeGreaterThanOrEqual(from + 50);
  });
});
