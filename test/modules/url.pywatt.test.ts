// A running service, judged by its URL: what is observed, what is left alone, and what stays secret.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { prepare as fixture } from "../../fixtures/modules/pywatt/variants.mjs";
import { headline } from "../../src/report/reporters/wording.ts";
import type { RunOptions } from "../../src/session/options.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const root = mkdtempSync(join(tmpdir(), "conform-url-"));
const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  rmSync(root, { recursive: true, force: true });
});

const secret = "cnry-held-by-the-service-0123456789";

/** A module that runs already: its folder and where it listens. */
async function service(mutant?: string): Promise<{ folder: string; url: string }> {
  const { folder, argv } = fixture(mutant, join(root, mutant ?? "reference"));
  const child = spawn(argv[0] ?? "", argv.slice(1), { stdio: ["pipe", "pipe", "ignore"] });
  ends.push(async () => {
    const ended = once(child, "exit");
    child.stdin.end();
    await ended;
  });
  const init = { orchestrator_api: "http://127.0.0.1:9", module_id: "url", env: { API_KEY: secret } };
  // Without an allocated address it binds first and announces then, so whoever reads the line may ask.
  child.stdin.write(`${JSON.stringify(init)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const { listen } = JSON.parse(line);
    if (typeof listen === "string") return { folder, url: `http://${listen}` };
  }
  throw new Error("no announce");
}

async function judge(url: string, options: RunOptions) {
  return judgeModule(prepare(url, { contract: "pywatt", ...options }), {});
}

const timeout = 120_000;
const got = ["pass", "fail"];

describe("a URL", () => {
  it("is judged by GET alone", { timeout }, async () => {
    const { url } = await service();
    const { report, transcript } = await judge(url, {});
    expect(report.verdict).toMatchObject({ kind: "partial", exit: 0 });
    expect(headline(report)).toMatch(/^PARTLY JUDGED: \d+ of \d+ MUST, no failure$/);
    const judged = report.results.filter(({ outcome }) => got.includes(outcome.kind)).map(({ id }) => id);
    expect(judged).toEqual([
      "announce/unknown-path-refused",
      ...[
        "own-answers",
        "health-exists",
        "health-ready",
        "health-status-only-200-503",
        "health-steady",
        "health-body-agrees",
        "health-open",
      ].map((id) => `endpoints/${id}`),
      ...["health-query-ok", "health-fast", "ping-exists", "ping-body"].map((id) => `endpoints/${id}`),
      ...[
        "exists",
        "content-type",
        "content-type-parameters",
        "parses",
        "ends-with-newline",
        "type-is-consistent",
        "no-duplicate-series",
      ].map((id) => `metrics/${id}`),
      ...["histograms-sound", "has-samples", "counter-moves", "counters-monotonic", "utf8", "open"].map(
        (id) => `metrics/${id}`,
      ),
      ...["concurrent-requests", "big-header", "path-oddities"].map((id) => `robustness/${id}`),
    ]);
    const methods = transcript.events.flatMap(({ data }) => {
      const text = JSON.stringify(data);
      return [...text.matchAll(/"method":"(\w+)"/g)].map((match) => match[1]);
    });
    expect(new Set(methods)).toEqual(new Set(["GET"]));
  });

  it("is judged on more with --unsafe-probes and the module's folder", { timeout }, async () => {
    const { url, folder } = await service("announce-endpoints-exist");
    const { report } = await judge(url, {
      unsafeProbes: true,
      folder,
      params: { degrade: "/api/state?healthy=false", restore: "/api/state?healthy=true" },
    });
    const outcome = (id: string) => report.results.find((one) => one.id === id)?.outcome.kind;
    expect(report.results.filter(({ outcome: { kind } }) => kind === "fail").map(({ id }) => id)).toEqual([
      "announce/endpoints-exist",
    ]);
    const ghost = report.results.find(({ id }) => id === "announce/endpoints-exist")?.outcome;
    expect(ghost?.kind === "fail" ? ghost.findings.map(({ at }) => at) : []).toEqual([
      "GET /api/ghost",
      "POST /api/ghost",
    ]);
    for (const id of [
      ...["announce/other-methods-refused", "manifest/parses", "manifest/has-endpoints", "metrics/other-methods"],
      ...["endpoints/health-other-methods", "endpoints/health-degraded-503", "robustness/bad-http-bytes"],
      ...["robustness/idle-connection", "robustness/survives-disconnect"],
    ])
      expect([id, outcome(id)]).toEqual([id, "pass"]);
  });

  it("is asked with methods that may change something only under --unsafe-probes, also when conform started it", {
    timeout,
  }, async () => {
    const { folder } = fixture("announce-endpoints-exist", join(root, "started"));
    const asked = async (options: RunOptions): Promise<string[]> => {
      const only = { only: ["announce/endpoints-exist"], contract: "pywatt", ...options };
      const { report } = await judgeModule(prepare(folder, only), {});
      const outcome = report.results.find(({ id }) => id === "announce/endpoints-exist")?.outcome;
      return outcome?.kind === "fail" ? outcome.findings.map(({ at }) => at) : [];
    };
    expect(await asked({})).toEqual(["GET /api/ghost"]);
    expect(await asked({ unsafeProbes: true })).toEqual(["GET /api/ghost", "POST /api/ghost"]);
  });

  it("must not show a secret that the user names, and neither does the transcript", { timeout }, async () => {
    const { url } = await service("secrets-not-in-http");
    const { report, transcript } = await judge(url, { params: { canary: secret } });
    expect(report.results.filter(({ outcome: { kind } }) => kind === "fail").map(({ id }) => id)).toEqual([
      "secrets/not-in-http",
    ]);
    expect(JSON.stringify([report, transcript])).not.toContain(secret);
    expect(transcript.header.params.canary).toBe("‹secret:canary›");
  });

  it("gives no clue to its contract; its module's folder does", () => {
    expect(() => prepare("http://127.0.0.1:1", {})).toThrow(/--contract .* or name the module's folder with --folder/);
    const { folder } = fixture(undefined, join(root, "clue"));
    expect(prepare("http://127.0.0.1:1", { folder }).contract.name).toBe("pywatt");
    expect(() => prepare(folder, { folder })).toThrow("--folder goes with a URL, a program or a command");
    expect(() => prepare("http://127.0.0.1:1", { folder: `${folder}/none` })).toThrow("no such folder");
  });
});
