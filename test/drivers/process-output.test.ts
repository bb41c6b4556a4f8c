// Output and input of hostile programs: bounded memory, nothing lost but what a limit says, no hang.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { processesWith } from "../../src/drivers/process/proc-fs.ts";
import { endStarted, hostile, start } from "./a-process.ts";

afterEach(async () => {
  for (const report of await endStarted()) expect(report).toMatchObject({ left: [], survivors: [] });
});

describe("output", () => {
  test("bytes that are no text", async () => {
    const one = await start([hostile("not-utf8")]);
    await one.process.exited;
    expect(one.lines.map(({ problem, b64, json }) => [problem, b64, json])).toEqual([
      ["not-utf8", "eyJhIjoi//4ifQ==", undefined],
      ["not-json", undefined, undefined],
      [undefined, undefined, { a: 1 }],
    ]);
  });

  test("other line ends", async () => {
    const one = await start([hostile("crlf")]);
    await one.process.exited;
    expect(one.lines.map(({ problem, json }) => [problem, json])).toEqual([
      ["crlf", { a: 1 }],
      ["bom", undefined],
      ["unterminated", { a: 3 }],
    ]);
  });

  test("closed while it lives on", async () => {
    const one = await start([hostile("closes-stdout")]);
    await one.line("ready");
    expect(await one.process.write(Buffer.from("go\n"), 5000)).toEqual({ ok: true });
    expect(await one.process.exited).toMatchObject({ code: 0, by: "module" });
  });

  test("a paused stream fills its pipe and comes later", async () => {
    const one = await start([
      "sh",
      "-c",
      "echo first; head -c 500000 /dev/zero | tr '\\0' x; echo; echo done >&2; cat",
    ]);
    await one.line("first");
    one.process.pauseStream("stdout");
    expect(one.lines.some(({ text }) => text === "done")).toBe(false);
    one.process.resumeStream("stdout");
    await one.line("done");
    one.process.closeStdin();
    await one.process.exited;
    expect(one.lines.filter(({ stream }) => stream === "stdout").map(({ bytes }) => bytes)).toEqual([5, 500_000]);
  });

  test("a pause does not keep the last words from being read", async () => {
    const one = await start(["sh", "-c", "read x; echo last"]);
    one.process.pauseStream("stdout");
    await one.process.write(Buffer.from("go\n"), 5000);
    await one.process.exited;
    expect(one.order).toEqual(["line", "exit"]);
  });

  test("in the folder it deleted", async () => {
    const one = await start([hostile("removes-folder")]);
    expect((await one.line(/gone/)).json).toEqual({ gone: true });
    await one.process.write(Buffer.from("go\n"), 5000);
    expect(await one.process.exited).toMatchObject({ code: 0 });
  });

  test("through /dev/stdout and its like, which need real pipes", async () => {
    const one = await start([hostile("opens-devices")]);
    await one.process.write(Buffer.from("hello\n"), 5000);
    await one.line("got hello");
    expect(await one.process.exited).toMatchObject({ code: 0 });
    expect(one.lines.map(({ text }) => text).sort()).toEqual(["err", "got hello", "out"]);
  });

  test("/dev/stdin opened after conform closed it is at its end", async () => {
    const one = await start(["sh", "-c", "echo ready; read -r x; cat /dev/stdin; echo end"]);
    await one.line("ready");
    await one.process.write(Buffer.from("a\nb\n"), 5000);
    one.process.closeStdin();
    await one.line("end");
    const empty = await start(["sh", "-c", "sleep 0.1; cat /dev/stdin; echo end"], { stdin: "empty" });
    await empty.line("end");
  });
});

describe("input", () => {
  test("reaches it, until closed", async () => {
    const one = await start(["cat"]);
    expect(await one.process.write(Buffer.from('{"a":1}\n'), 5000)).toEqual({ ok: true });
    expect((await one.line(/a/)).json).toEqual({ a: 1 });
    one.process.closeStdin();
    expect(await one.process.write(Buffer.from("x"), 5000)).toEqual({ ok: false, problem: "closed" });
    expect(await one.process.exited).toMatchObject({ code: 0, by: "module", reason: "stdin closed" });
    expect(await one.process.write(Buffer.from("x"), 5000)).toEqual({ ok: false, problem: "closed" });
  });

  test("a megabyte arrives whole", async () => {
    const one = await start(["wc", "-c"]);
    void one.process.write(Buffer.alloc(1 << 20), 5000);
    one.process.closeStdin();
    await one.line(String(1 << 20));
  });

  test("is at its end from the start", async () => {
    const one = await start(["cat"], { stdin: "empty" });
    expect(await one.process.exited).toMatchObject({ code: 0, by: "module" });
    expect(await one.process.write(Buffer.from("x"), 5000)).toEqual({ ok: false, problem: "closed" });
  });

  test("nobody reads: given up at the deadline", async () => {
    const one = await start([hostile("silent")]);
    expect(await one.process.write(Buffer.alloc(1 << 20), 100)).toEqual({ ok: false, problem: "not read" });
    one.process.closeStdin();
    expect(one.process.alive).toBe(true);
  });

  test("closed by the module: an answer, no crash", async () => {
    const one = await start([hostile("closes-stdin")]);
    await one.line("ready");
    expect(await one.process.write(Buffer.from("x"), 5000)).toEqual({ ok: false, problem: "EPIPE" });
    expect(one.process.alive).toBe(true);
  });

  test("to a module that ends meanwhile", async () => {
    const one = await start(["sh", "-c", "echo ready; exec sleep 1000"]);
    await one.line("ready");
    const writing = one.process.write(Buffer.alloc(1 << 20), 5000);
    one.process.signal("KILL");
    expect(await writing).toMatchObject({ ok: false });
  });
});

describe("identity of a listener", () => {
  test("its own, its grandchild's, a stranger's, nobody's", async () => {
    const [own, below] = await Promise.all([start([hostile("listens.mjs")]), start([hostile("listens-below")])]);
    const port = async (one: typeof own): Promise<number> => ((await one.line(/port/)).json as { port: number }).port;
    const [ownPort, belowPort] = [await port(own), await port(below)];
    expect(own.process.owns(ownPort)).toBe(true);
    expect(own.process.owns(ownPort, "127.0.0.1")).toBe(true);
    expect(own.process.owns(ownPort, "::1")).toBe(false);
    expect(below.process.owns(belowPort)).toBe(true);
    expect(own.process.owns(belowPort)).toBe(false);
    expect(below.process.owns(ownPort)).toBe(false);
    await own.process.end();
    expect(below.process.owns(ownPort)).toBe(false);
  });
});

const runner = (what: string, program: string[]) =>
  spawn(process.execPath, ["--import", "tsx", "test/drivers/process-runner.ts", what, ...program]);

async function measure(program: string): Promise<Record<string, unknown>> {
  const child = runner(/^flood-(stdout|lines)$/.test(program) ? "measure-flood" : "measure", [hostile(program)]);
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  await once(child, "close");
  return JSON.parse(out);
}

describe("a runner stays small and awake", () => {
  const flood = { bytes: expect.any(Number), lines: expect.any(Number), omitted: expect.any(Number) };
  test.each([
    [
      "an endless line",
      "flood-stdout",
      { lines: 1, limits: [{ limit: "lineBytesMax", bound: 262_144, seen: 262_145 }] },
    ],
    ["endless lines", "flood-lines", { lines: 20_000, late: 100, limits: [{ limit: "linesMax", bound: 20_000 }] }],
    ["a huge line", "huge-line", { lines: 2, limits: [{ limit: "lineBytesMax" }], exit: { code: 0 } }],
    ["100 MB on stderr", "flood-stderr", { late: 100, limits: [{ limit: "linesMax" }], exit: { code: 0 } }],
  ])("%s", async (_, program, wanted) => {
    const seen = await measure(program);
    expect(seen).toMatchObject({ ...wanted, left: [], survivors: [], totals: { stdout: flood, stderr: flood } });
    expect(seen.rss).toBeLessThan(150);
    expect(seen.lagMax).toBeLessThan(250);
  });
});

describe("a runner that ends takes its modules along", () => {
  const alive = (runnerPid: number | undefined): number[] =>
    Array.from({ length: 20 }, (_, n) => processesWith(`CONFORM_RUN=runner-${runnerPid}-${n}`)).flat();

  test.each([
    ["by process.exit", "exit", 9],
    ["by an unhandled rejection", "throw", 1],
  ])("%s", async (_, what, code) => {
    const child = runner(what, ["sh", "-c", "setsid sleep 1000 & sleep 1000 & echo ready; trap '' TERM; wait"]);
    child.stderr.resume();
    const [exit] = await once(child, "close");
    expect(exit).toBe(code);
    expect(alive(child.pid)).toEqual([]);
  });

  test("also those whose start is under way", async () => {
    const child = runner("start-and-end", [hostile("silent")]);
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    const [exit] = await once(child, "close");
    expect([exit, out]).toEqual([0, "ended 8\n"]);
    expect(alive(child.pid)).toEqual([]);
  });

  test("by a signal, within a second, also while a slow ending is under way", async () => {
    const child = runner("wait", [hostile("ignores-term")]);
    await once(child.stdout, "data");
    const from = performance.now();
    child.kill("SIGTERM");
    const [exit] = await once(child, "close");
    expect(exit).toBe(143);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(alive(child.pid)).toEqual([]);
  });
});
