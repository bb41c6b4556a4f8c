// A BLUX service that already runs is judged by its URL: read only, unless the user allows more; it is the same afterwards.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../src/drivers/ports/ports.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const python = spawnSync("python3", ["-c", ""]).status === 0;
let service: ChildProcess;
let url: string;

beforeAll(async () => {
  if (!python) return;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    BLUX_MODULE_PORT: String(port),
    BLUX_MODULE_ENABLE_AUTHENTICATION: "false",
    BLUX_MODULE_AUDIT_LEVEL: "none",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  service = spawn("python3", ["-m", "src.sample_blux_module.api"], {
    cwd: "fixtures/modules/blux/reference",
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const chunk of service.stderr ?? []) if (String(chunk).includes("ready")) break;
});
afterAll(async () => {
  if (!python) return;
  service.kill("SIGTERM");
  await once(service, "exit");
});

/** What the service itself counted: `path status` -> requests. */
async function counted(): Promise<{ [series: string]: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/^blux_requests_total\{path="(\w+)",status="(\d+)"\} (\d+)$/gm)].map(([, path, status, n]) => [
      `${path} ${status}`,
      Number(n),
    ]),
  );
}

async function judged(options: Parameters<typeof prepare>[1]) {
  const { report, transcript } = await judgeModule(prepare(url, { contract: "blux", ...options }), {});
  const sent = transcript.events.flatMap(({ kind, data }) => {
    const value = kind === "step" ? data.value : undefined;
    if (value === undefined) return [];
    return (Array.isArray(value.all) ? value.all : [value]).flatMap((one) =>
      typeof one === "object" && one !== null && "method" in one ? [String(one.method)] : [],
    );
  });
  return {
    report,
    methods: [...new Set(sent)].sort(),
    passed: report.results.filter(({ outcome }) => outcome.kind === "pass").map(({ id }) => id),
  };
}

describe.skipIf(!python)("a service by its URL (needs python3)", () => {
  it("is only read, and told apart from what could not be seen", { timeout: 60_000 }, async () => {
    const { report, methods, passed } = await judged({});
    expect(methods).toEqual(["GET", "OPTIONS"]);
    expect(report.verdict).toMatchObject({ kind: "partial", exit: 0, counts: { fail: 0, error: 0, blocked: 0 } });
    expect(passed).toEqual(
      expect.arrayContaining([
        "health/ok",
        "health/fast",
        "capabilities/base-keys",
        "metrics/format",
        "errors/unknown-route",
        "openapi/responses",
      ]),
    );
    expect(passed.filter((id) => /^(layout|manifest|config|audit|registration|lifecycle|analyze)\//.test(id))).toEqual(
      [],
    );
    expect(await counted()).not.toHaveProperty("analyze 200");
  });

  it("is given tasks only when the user allows it, and large ones only when the user says so", {
    timeout: 60_000,
  }, async () => {
    const before = await counted();
    const { report, passed } = await judged({ unsafeProbes: true });
    expect(report.verdict).toMatchObject({ kind: "partial", counts: { fail: 0, error: 0, blocked: 0 } });
    expect(passed).toEqual(
      expect.arrayContaining(["tasks/completes", "analyze/statistical", "errors/survives", "health/returns-to-zero"]),
    );
    expect(passed).not.toContain("tasks/none-lost");
    expect(passed).not.toContain("analyze/large-input");
    const tasks = ((await counted())["analyze 200"] ?? 0) - (before["analyze 200"] ?? 0);
    expect(tasks).toBeGreaterThan(5);
    expect(tasks).toBeLessThan(30);
  });

  it("is compared with a manifest that the user gives", { timeout: 60_000 }, async () => {
    const manifest = JSON.stringify({
      module: { name: "another", version: "1.0.0", capabilities: ["sorcery"] },
      integration: { apis: { provided: ["/v1/analyze"] } },
      security: { authentication: "none" },
    });
    const { report } = await judged({ params: { manifest } });
    expect(report.results.filter(({ outcome }) => outcome.kind === "fail").map(({ id }) => id)).toEqual([
      "manifest/capabilities-advertised",
      "health/identity",
    ]);
  });
});
