// Metrics of conform itself: the textfile, and the monitor scraped while modules break and recover.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { Outcome } from "../../src/base/judged.ts";
import { parseListen } from "../../src/drivers/net/metrics-server.ts";
import { runMetrics } from "../../src/gate/run-metrics.ts";
import { verdictOf } from "../../src/judge/verdict.ts";
import { quietEnv, theCli, tinyContract, tinyModule } from "../cli/the-cli.ts";
import { moduleOf, pass, result } from "../report/cases.ts";

const cli = theCli();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => cli.close());

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };

/** Value of a series, by name and some of its labels. */
function value(text: string, name: string, labels: Record<string, string>): number | undefined {
  const line = text
    .split("\n")
    .find((one) => one.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => one.includes(`${k}="${v}"`)));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

test("verdict, counts per level, duration and time of every module; hostile names stay label values", async () => {
  const results = [result("a/x", "MUST", "x", pass), result("a/y", "SHOULD", "y", fail)];
  const name = 'm"\\\n\u001b[31m}';
  const metrics = runMetrics();
  metrics.set({ ...moduleOf(name, results, verdictOf(results)), duration_ms: 1500 });
  const text = await metrics.text();
  expect(value(text, "conform_module_conformant", { contract: "pywatt", contract_version: "1.0.0" })).toBe(1);
  expect(value(text, "conform_module_verdict", { verdict: "nonconformant" })).toBe(0);
  expect(value(text, "conform_module_requirements", { level: "SHOULD", outcome: "fail" })).toBe(1);
  expect(value(text, "conform_module_run_duration_seconds", {})).toBe(1.5);
  expect(value(text, "conform_module_last_run_timestamp_seconds", {})).toBe(Date.parse("2026-03-01T09:30:00Z") / 1000);
  expect(text).not.toContain("age_seconds");
  expect(text).not.toContain("\u001b");
});

test("--metrics-file is whole, and clean for conform metrics", async () => {
  tinyModule(join(cli.folder, "good"));
  tinyModule(join(cli.folder, "bad"), { hello: "moon" });
  const run = await cli.run(["good", "bad", "--metrics-file", "out/conform.prom", "-q"]);
  expect(run.code).toBe(1);
  const text = readFileSync(join(cli.folder, "out/conform.prom"), "utf8");
  expect(value(text, "conform_module_conformant", { module: "./good" })).toBe(1);
  expect(value(text, "conform_module_conformant", { module: "./bad" })).toBe(0);
  const check = await cli.run(["metrics", "out/conform.prom", "--strict"]);
  expect([check.code, check.stdout]).toEqual([0, expect.any(String)]);
});

test.each([
  ["127.0.0.1:9464", { host: "127.0.0.1", port: 9464 }],
  [":0", { host: "127.0.0.1", port: 0 }],
  ["[::1]:80", { host: "::1", port: 80 }],
])("--listen %s", (text, expected) => {
  expect(parseListen(text)).toEqual(expected);
});

interface Service {
  url: string;
  server: Server;
  healthy: boolean;
  /** Requests seen. */
  asked: { method: string; agent: string }[];
}

async function service(): Promise<Service> {
  const state: Service = { url: "", server: createServer(), healthy: true, asked: [] };
  state.server.on("request", (request, response) => {
    state.asked.push({ method: request.method ?? "", agent: request.headers["user-agent"] ?? "" });
    response.writeHead(request.url === "/health" && !state.healthy ? 500 : 200);
    response.end();
  });
  await new Promise<void>((resolve) => state.server.listen(0, "127.0.0.1", resolve));
  const address = state.server.address();
  state.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  ends.push(() => new Promise((resolve) => state.server.close(resolve)));
  return state;
}

interface Running {
  child: ChildProcess;
  metrics: string;
  /** Waits for a line on standard error that has the text. */
  said(text: string): Promise<string>;
  ended: Promise<number | null>;
}

async function monitor(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [cli.file, "monitor", "--listen", "127.0.0.1:0", ...args], {
    cwd: cli.folder,
    env: quietEnv(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  ends.push(() => {
    child.kill("SIGKILL");
    return ended;
  });
  let text = "";
  let from = 0;
  const said = (wanted: string) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const at = text.indexOf(wanted, from);
        const line = at === -1 ? -1 : text.indexOf("\n", at);
        if (line === -1) return;
        from = line;
        child.stderr?.off("data", look);
        resolve(text.slice(text.lastIndexOf("\n", at) + 1, line));
      };
      child.stderr?.on("data", look);
      void ended.then(() => reject(new Error(`ended before it said "${wanted}": ${text}`)));
      look();
    });
  child.stderr?.on("data", (data) => {
    text += data;
  });
  const line = await said("metrics at ");
  return { child, metrics: /http:\S+/.exec(line)?.[0] ?? "", said, ended };
}

const scrape = async (url: string) => (await fetch(url)).text();

test("a module breaks and recovers: told once each, seen in metrics that conform metrics finds clean", async () => {
  const one = await service();
  const two = await service();
  const running = await monitor(one.url, two.url, "--contract", tinyContract, "--every", "1s");
  await running.said(`${one.url}: partial`);
  await running.said(`${two.url}: partial`);
  const before = await scrape(running.metrics);
  expect(value(before, "conform_module_conformant", { module: one.url })).toBe(0);
  expect(value(before, "conform_module_passing", { module: one.url })).toBe(1);
  one.healthy = false;
  await running.said(`${one.url}: partial -> nonconformant (MUST service/is-healthy failed)`);
  const broken = await scrape(running.metrics);
  expect(value(broken, "conform_module_verdict", { module: one.url, verdict: "nonconformant" })).toBe(1);
  expect(value(broken, "conform_module_passing", { module: one.url })).toBe(0);
  expect(value(broken, "conform_module_passing", { module: two.url })).toBe(1);
  expect(value(broken, "conform_module_requirements", { module: one.url, level: "MUST", outcome: "fail" })).toBe(1);
  expect(value(broken, "conform_module_last_run_age_seconds", { module: one.url })).toBeLessThan(30);
  const check = await cli.run(["metrics", running.metrics, "--strict"]);
  expect([check.code, check.stdout]).toEqual([0, expect.any(String)]);
  one.healthy = true;
  await running.said(`${one.url}: nonconformant -> partial`);
  await new Promise((resolve) => two.server.close(resolve).closeAllConnections());
  await running.said(`${two.url}: partial -> inconclusive`);
  expect(new Set(one.asked.map(({ method }) => method))).toEqual(new Set(["GET"]));
  expect(one.asked.every(({ agent }) => agent.startsWith("conform/"))).toBe(true);
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
});

test("only GET and HEAD, only known paths", async () => {
  const one = await service();
  const { metrics } = await monitor(one.url, "--contract", tinyContract, "--every", "1h");
  const base = metrics.replace("/metrics", "");
  expect((await fetch(`${base}/health`)).status).toBe(200);
  expect((await fetch(`${base}/other`)).status).toBe(404);
  expect((await fetch(metrics, { method: "POST" })).status).toBe(405);
  const head = await fetch(metrics, { method: "HEAD" });
  expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
});

test("mistakes are told in one line and nothing is served", async () => {
  const one = await service();
  const taken = one.url.replace("http://", "");
  const fine = [one.url, "--contract", tinyContract];
  for (const [args, message] of [
    [["good"], "conform: good is no URL; conform monitor judges running services"],
    [[one.url, one.url], "is named twice"],
    [[...fine, "--every", "soon"], "conform: --every soon: expected a duration such as 30s, 5m or 1h"],
    [[...fine, "--every", "1ms"], "expected between 1s and 168h"],
    [[...fine, "--listen", "9464"], "conform: --listen 9464: expected an address and a port"],
    [[...fine, "--listen", "127.0.0.1:99999"], "expected an address and a port"],
    [[...fine, "--listen", taken], "the port is in use"],
    [[...fine, "--only", "nonsense"], 'no requirement of tiny matches "nonsense"'],
    [[], "missing required argument 'url'"],
  ] as const) {
    const { code, stderr } = await cli.run(["monitor", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("bug in conform");
  }
});
