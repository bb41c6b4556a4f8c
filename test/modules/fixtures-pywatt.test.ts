// The PyWatt fixtures themselves: they start, speak the protocol, and each fault shown here is really there.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parse } from "smol-toml";
import { afterAll, describe, expect, test } from "vitest";
import { FAIR, fairTable, prepareFair } from "../../fixtures/modules/pywatt/fair/variants.mjs";
import { MUTANTS, prepare, prepareGo } from "../../fixtures/modules/pywatt/variants.mjs";
import { freePort } from "../../src/drivers/ports/ports.ts";

const root = mkdtempSync(join(tmpdir(), "pywatt-fixtures-"));
const fixtures = new URL("../../fixtures/modules/pywatt/", import.meta.url).pathname;
const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups) cleanup();
  rmSync(root, { recursive: true, force: true });
});

type Message = Record<string, unknown>;

/** A started module: it was sent init, its secrets are answered. */
async function start(argv: string[], init: Message | string = {}) {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { env: { PATH: process.env.PATH, CONFORM_FIXTURE_SCALE: "0.2" } });
  cleanups.push(() => child.kill("SIGKILL"));
  const port = await freePort();
  const messages: Message[] = [];
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  const send = (message: Message | string) =>
    child.stdin.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (text) => {
    texts.push(text);
    if (!text.startsWith("{") || !text.endsWith("}")) return;
    const message: Message = JSON.parse(text);
    messages.push(message);
    const name = Object(message.get_secret).name ?? message.name;
    if (message.op === "get_secret")
      send({ op: "secret", name, value: "canary-1", secret: { name, value: "canary-1" } });
    for (const look of waiting) look();
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  /** The first message that has `key`, now or later; undefined when the module ends without one. */
  const message = (key: string, value?: unknown) =>
    new Promise<Message | undefined>((resolve) => {
      const look = () => {
        const found = messages.find((one) => key in one && (value === undefined || one[key] === value));
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(() => resolve(undefined));
    });
  const orchestrator_api = "http://127.0.0.1:9";
  if (typeof init === "string") send(init);
  else send({ orchestrator_api, module_id: "test", env: { TOKEN: "canary-2" }, listen: `127.0.0.1:${port}`, ...init });
  return { child, port, send, message, ended, texts, stderr: () => stderr };
}

/** GET, tried again while nobody listens yet. */
async function get(url: string): Promise<Response> {
  for (let left = 100; ; left--) {
    try {
      return await fetch(url);
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function mutant(name: string): string[] {
  return prepare(name, join(root, name)).argv;
}

const languages = [
  { name: "node", argv: [join(fixtures, "reference/module")], own: "/api/hello" },
  { name: "python", argv: [join(fixtures, "python/module")], own: "/api/sum" },
  { name: "go", argv: prepareGo(join(root, "go"))?.argv, own: "/api/version" },
];

describe.each(languages)("the conforming module in $name", ({ argv, own }) => {
  test.skipIf(argv === undefined)("handshakes, serves, rotates, shuts down", async () => {
    const module = await start(argv ?? []);
    const announce = await module.message("listen");
    expect(announce).toMatchObject({ listen: `127.0.0.1:${module.port}` });
    for (const path of ["/health", "/ping", "/metrics", own]) {
      const response = await get(`http://${announce?.listen}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
    }
    expect((await get(`http://${announce?.listen}/nowhere`)).status).toBe(404);
    module.send({ op: "rotated", keys: [], rotation_id: "r1", rotated: { keys: [], rotation_id: "r1" } });
    expect(JSON.stringify(await module.message("op", "rotation_ack"))).toContain("r1");
    for (const line of ["{ no json", "", "[]", '{"op":"secret"}', '{"op":"x_conform"}', '{"op":"shutdown"}'])
      module.send(line);
    expect(await module.ended).toEqual({ code: 0, signal: null });
    expect(`${module.texts} ${module.stderr()}`).not.toContain("canary");
  });

  test.skipIf(argv === undefined)("refuses what is no init, ends with stdin and on SIGTERM", async () => {
    const refused = await Promise.all(['{"oops', "[]", "", '{"module_id":"m"}'].map((line) => start(argv ?? [], line)));
    for (const module of refused) expect(await module.ended).toEqual({ code: 1, signal: null });
    for (const end of ["eof", "SIGTERM"] as const) {
      const module = await start(argv ?? []);
      const announce = await module.message("listen");
      await get(`http://${announce?.listen}/health`);
      if (end === "eof") module.child.stdin.end();
      else module.child.kill(end);
      await module.ended;
    }
  });
});

test("describe prints the manifest", () => {
  const folder = join(fixtures, "reference");
  const manifest = parse(readFileSync(join(folder, "manifest.toml"), "utf8"));
  for (const argument of ["--describe", "describe"]) {
    const output = execFileSync(join(folder, "module"), [argument], { env: { PATH: process.env.PATH }, input: "" });
    expect(JSON.parse(output.toString())).toEqual(manifest);
  }
});

describe("mutants", () => {
  test("have names that are ids with a dash, and one line each", () => {
    for (const [name, about] of Object.entries(MUTANTS)) {
      expect(name).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(about).toMatch(/^[^\n]{10,120}$/);
    }
  });

  test("every one can be written", () => {
    for (const name of Object.keys(MUTANTS)) expect(prepare(name, join(root, name)).argv).toHaveLength(1);
    expect(() => prepare("no-such", join(root, "no-such"))).toThrow("no mutant is called");
  });

  test.each([
    ["endpoints-ping-exists", "/ping", 404, ""],
    ["endpoints-health-ready", "/health", 503, "unhealthy"],
    ["metrics-open", "/metrics", 401, "# a token"],
    ["announce-unknown-path-refused", "/nowhere", 200, "welcome"],
    ["secrets-not-in-http", "/health", 200, "canary-1"],
    ["metrics-parses", "/metrics", 200, "requests total 5"],
  ])("%s: GET %s is %i", async (name, path, status, body) => {
    const module = await start(mutant(name));
    const announce = await module.message("listen");
    const response = await get(`http://${announce?.listen}${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
    module.child.stdin.end();
    await module.ended;
  });

  test("shutdown with code 3, a heartbeat too many, an op that is not known", async () => {
    const cases: [string, string[], number][] = [
      ["lifecycle-shutdown-code-0", ["shutdown"], 3],
      ["lifecycle-heartbeat-harmless", ["heartbeat", "heartbeat", "heartbeat"], 1],
      ["robustness-unknown-op", ["x_conform"], 1],
    ];
    for (const [name, ops, code] of cases) {
      const module = await start(mutant(name));
      await module.message("listen");
      for (const op of ops) module.send({ op });
      expect([name, (await module.ended).code]).toEqual([name, code]);
    }
  });

  test("malformed init starts a server; a refused init exits 0", async () => {
    const started = await start(mutant("handshake-rejects-malformed-json"), '{"oops');
    expect(await started.message("listen")).toBeDefined();
    started.child.kill();
    const zero = await start(mutant("handshake-failed-init-exits-nonzero"), '{"oops');
    expect(await zero.ended).toEqual({ code: 0, signal: null });
  });

  test("the manifest's faults are in the file", () => {
    const text = (name: string) => readFileSync(join(prepare(name, join(root, name)).folder, "manifest.toml"), "utf8");
    expect(() => text("manifest-exists")).toThrow("ENOENT");
    expect(() => parse(text("manifest-parses"))).toThrow();
    expect(parse(text("manifest-has-name"))).not.toHaveProperty("name");
    expect(parse(text("manifest-has-endpoints"))).toHaveProperty("endpoints", "none");
  });
});

describe("fair variants", () => {
  test("README.md has their table", () => {
    expect(readFileSync(join(fixtures, "fair/README.md"), "utf8")).toContain(fairTable());
  });

  test("their manifests parse", () => {
    for (const name of Object.keys(FAIR)) {
      const { folder } = prepareFair(name, join(root, `fair-${name}`));
      expect(() => parse(readFileSync(join(folder, "manifest.toml"), "utf8")), name).not.toThrow();
    }
  });

  test("an untagged announce, nested operations, a wrapped http_response", async () => {
    const untagged = await start(prepareFair("untagged-announce", join(root, "untagged")).argv);
    expect(await untagged.message("listen")).not.toHaveProperty("op");
    const nested = await start(prepareFair("nested-ops", join(root, "nested")).argv);
    expect(await nested.message("get_secret")).toMatchObject({ get_secret: { name: "API_KEY" }, announce: null });
    const wrapped = await start(prepareFair("wrapped-http-response", join(root, "wrapped")).argv);
    await wrapped.message("listen");
    wrapped.send({ op: "http_request", request_id: "q", method: "GET", uri: "/ping", headers: {}, body: null });
    expect(await wrapped.message("content")).toMatchObject({ content: { request_id: "q", status_code: 200 } });
    for (const module of [untagged, nested, wrapped]) {
      module.child.stdin.end();
      await module.ended;
    }
  });
});
