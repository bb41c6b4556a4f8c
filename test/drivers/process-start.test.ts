// What a module is started with: environment, working folder, CPU, descriptors; and that starting many leaks nothing.
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { scrubbedEnvironment } from "../../src/drivers/process/environment.ts";
import { endStarted, hostile, start } from "./a-process.ts";

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const report of await endStarted()) expect(report).toMatchObject({ left: [], survivors: [] });
});

describe("environment", () => {
  test("holds what is needed and nothing else of ours", () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "/etc/bundle.pem");
    vi.stubEnv("NODE_OPTIONS", "--no-warnings");
    vi.stubEnv("HTTP_PROXY", "http://user:secret@proxy");
    vi.stubEnv("GITHUB_TOKEN", "secret");
    vi.stubEnv("LANG", "de_DE.UTF-8");
    vi.stubEnv("JAVA_HOME", "/opt/java");
    const environment = scrubbedEnvironment({ EXTRA: "1", TZ: "Europe/Berlin" }, "/run/scenario");
    expect(environment).toMatchObject({
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      TZ: "Europe/Berlin",
      HOME: "/run/scenario",
      TMPDIR: "/run/scenario",
      JAVA_HOME: "/opt/java",
      EXTRA: "1",
    });
    expect(JSON.stringify(environment)).not.toMatch(/secret|bundle|NODE_OPTIONS/);
  });

  test("tool chains below the real home are still found", () => {
    vi.stubEnv("GOPATH", undefined);
    vi.stubEnv("CARGO_HOME", "/elsewhere/cargo");
    const environment = scrubbedEnvironment({}, "/run/scenario");
    expect(environment.CARGO_HOME).toBe("/elsewhere/cargo");
    expect(environment.GOPATH).toBe(existsSync(join(homedir(), "go")) ? join(homedir(), "go") : undefined);
  });

  test("is complete: a module sees no variable but these and its token", async () => {
    const one = await start(["env"], { env: { PATH: process.env.PATH ?? "", ONLY: "this" }, token: "abc" });
    await one.process.exited;
    const names = one.lines.map(({ text }) => text?.split("=")[0]).filter((name) => name !== "_");
    expect(names.sort()).toEqual(["CONFORM_RUN", "ONLY", "PATH"]);
    expect(one.lines.some(({ text }) => text?.startsWith(`CONFORM_RUN=abc-${process.pid}-`))).toBe(true);
  });
});

describe("the process", () => {
  test("leads a session of its own, without a terminal", async () => {
    const one = await start(["sh", "-c", "echo ready; read -r x"]);
    await one.line("ready");
    const stat = readFileSync(`/proc/${one.process.pid}/stat`, "latin1").split(") ")[1]?.split(" ").map(Number) ?? [];
    const [, , group, session, terminal] = stat;
    expect([group, session, terminal]).toEqual([one.process.pid, one.process.pid, 0]);
  });

  test("has pipes and none of our descriptors", async () => {
    const target = (pid: number, fd: string): string => readlinkSync(`/proc/${pid}/fd/${fd}`);
    const one = await start(["sh", "-c", "echo ready; read -r x"]);
    await one.line("ready");
    const [stdin, stdout, stderr, ...others] = readdirSync(`/proc/${one.process.pid}/fd`).sort((a, b) => +a - +b);
    expect([stdin, stdout, stderr]).toEqual(["0", "1", "2"]);
    for (const fd of ["0", "1", "2"]) expect(statSync(`/proc/${one.process.pid}/fd/${fd}`).isFIFO()).toBe(true);
    // What this test itself was started with passes through; Node marks only what it opens.
    for (const fd of others) expect(target(one.process.pid, fd)).toBe(target(process.ppid, fd));
  });

  test("runs on the CPU it was pinned to", async () => {
    const one = await start(["sh", "-c", "grep Cpus_allowed_list /proc/self/status"], { cpu: 0 });
    expect((await one.line(/Cpus/)).text).toMatch(/:\s+0$/);
  });

  test("pinning hides no failure to start", async () => {
    await expect(start(["./gone"], { cpu: 0 })).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("arguments arrive as they are", async () => {
    const odd = ["a b", "$HOME", "'", '"', "*", "", "ä\n"];
    const one = await start(["node", "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...odd]);
    expect((await one.line(/a b/)).json).toEqual(odd);
  });
});

test("40 modules, eight at a time, leak no descriptor", async () => {
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  const round = async (): Promise<void> => {
    const all = await Promise.all(Array.from({ length: 8 }, () => start([hostile("exits")])));
    await Promise.all(all.map(({ process }) => process.exited));
    await start(["./gone"]).catch(() => {});
    await endStarted();
  };
  await round();
  const before = descriptors();
  for (let i = 0; i < 4; i++) await round();
  await new Promise(setImmediate);
  // Spare pipes: up to three batches of four, three descriptors each.
  expect(descriptors()).toBeLessThanOrEqual(before + 36);
});
