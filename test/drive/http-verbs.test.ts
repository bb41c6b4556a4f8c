// The HTTP verbs: what they send, what they refuse, and how `until` waits.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Target } from "../../src/base/types.ts";
import { httpVerbs } from "../../src/drive/verbs/http.ts";
import type { World } from "../../src/drive/verbs/verb.ts";
import { aWorld } from "./a-world.ts";

interface Seen {
  line: string;
  headers: IncomingMessage["headers"];
  body: string;
}

const servers: (() => void)[] = [];
afterEach(() => {
  for (const close of servers.splice(0)) close();
});

async function start(answer: (request: Seen, response: ServerResponse, n: number) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(seen.at(-1) ?? seen[0] ?? { line: "", headers: {}, body: "" }, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { seen, base: `http://127.0.0.1:${port}` };
}

const command: Target = { kind: "command", label: "./module", argv: ["./module"] };

function run(verb: string, arg: object, world: World) {
  const found = httpVerbs.find(({ name }) => name === verb);
  if (found === undefined) throw new Error(`no verb ${verb}`);
  return found.run(found.schema.parse(arg), world);
}

describe("requests", () => {
  test("say what the step says", async () => {
    const { seen, base } = await start((_request, response) => response.end("ok"));
    const world = aWorld(command, { baseUrl: `${base}/api`, headers: { authorization: "user", "x-user": "1" } });
    const posted = await run(
      "post",
      { path: "/a b", query: { q: "ä&", none: null }, json: { n: 1 }, headers: { "X-User": null } },
      world,
    );
    await run("put", { path: "f", form: { a: "1 2", b: true }, anonymous: true }, world);
    await run("request", { method: "purge", body: "raw" }, world);
    await run("patch", { "body-b64": "AAE=", headers: { "content-type": "application/x" } }, world);
    expect(seen.map(({ line }) => line)).toEqual([
      "POST /api/a%20b?q=%C3%A4%26",
      "PUT /api/f",
      "PURGE /api/",
      "PATCH /api/",
    ]);
    expect(seen[0]?.headers).toMatchObject({ "content-type": "application/json", authorization: "user" });
    expect(seen[0]?.headers["x-user"]).toBeUndefined();
    expect(seen[0]?.body).toBe('{"n":1}');
    expect(seen[1]?.body).toBe("a=1+2&b=true");
    expect(seen[1]?.headers.authorization).toBeUndefined();
    expect(seen[2]?.headers["content-type"]).toBeUndefined();
    expect(seen[3]?.body).toBe("\0\x01");
    expect(posted).toMatchObject({
      ok: true,
      status: 200,
      sent: { headers: { authorization: "user" }, body: '{"n":1}' },
    });
  });

  test("any status is an answer; no answer is not ok", async () => {
    const { base } = await start((request, response) => {
      if (request.line.endsWith("/drop")) response.destroy();
      else response.writeHead(500).end();
    });
    const world = aWorld(command, { baseUrl: base });
    expect(await run("get", { path: "/x" }, world)).toMatchObject({ ok: true, status: 500 });
    expect(await run("get", { path: "/drop" }, world)).toMatchObject({ ok: false, problem: "closed" });
  });

  test("a body beyond the bound is no answer, and a limit event", async () => {
    const { base } = await start((_request, response) => response.end("a".repeat(5000)));
    const world = aWorld(command, { baseUrl: base });
    expect(await run("get", { "body-max": 100 }, world)).toMatchObject({
      ok: false,
      problem: "body-overflow",
      detail: "the body has at least 5000 bytes; conform reads no more than 100",
    });
    expect(world.recorded).toEqual([
      { kind: "limit", data: expect.objectContaining({ limit: "bodyBytesMax", bound: 100 }) },
    ]);
  });

  test("the user's headers go to the target alone", async () => {
    const target = await start((_request, response) => response.end());
    const other = await start((_request, response) => response.end());
    const world = aWorld({ kind: "url", label: "x", url: target.base }, { headers: { authorization: "secret" } });
    await run("get", {}, world);
    await run("get", { url: `${other.base}/x` }, world);
    expect(target.seen[0]?.headers.authorization).toBe("secret");
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("H40 what is not the target is asked on loopback only", async () => {
    const world = aWorld(command, { baseUrl: "http://169.254.169.254" });
    expect(await run("get", {}, world)).toMatchObject({ ok: false, problem: "not-loopback" });
    const url = aWorld({ kind: "url", label: "x", url: "http://127.0.0.1:1" });
    expect(await run("get", { url: "http://169.254.169.254/meta" }, url)).toMatchObject({ problem: "not-loopback" });
  });

  test("0.0.0.0 means this machine, localhost may be either address", async () => {
    const { base } = await start((_request, response) => response.end("here"));
    for (const host of ["0.0.0.0", "localhost"]) {
      const world = aWorld(command, { baseUrl: base.replace("127.0.0.1", host) });
      expect(await run("get", {}, world)).toMatchObject({ ok: true, body: "here" });
    }
  });

  test("what could change a running service is skipped, unless allowed", async () => {
    const { seen, base } = await start((_request, response) => response.end());
    const target: Target = { kind: "url", label: "x", url: base };
    expect(await run("delete", { path: "/x" }, aWorld(target))).toMatchObject({
      ok: false,
      skipped: expect.stringContaining("DELETE"),
    });
    expect(seen).toEqual([]);
    expect(await run("options", {}, aWorld(target))).toMatchObject({ ok: true });
    expect(await run("delete", { path: "/x" }, aWorld(target, { unsafeProbes: true }))).toMatchObject({ ok: true });
    expect(seen.map(({ line }) => line)).toEqual(["OPTIONS /", "DELETE /x"]);
  });

  test("arguments are checked", async () => {
    const [get] = httpVerbs;
    const good = (arg: object) => get?.schema.safeParse(arg).success;
    expect(good({ path: "/x", within: "5s", until: "it.ok" })).toBe(true);
    expect(good({ path: "/${vars.x}", within: "${vars.t}" })).toBe(true);
    expect(good({ path: "/x", whithin: "5s" })).toBe(false);
    expect(good({ path: "/x", within: "soon" })).toBe(false);
    const world = aWorld(command, { baseUrl: "http://127.0.0.1:1" });
    await expect(run("post", { body: "a", json: 1 }, world)).rejects.toThrow("one of");
    await expect(run("get", { every: "1s" }, world)).rejects.toThrow("until");
    await expect(run("get", { until: "it.ok &&" }, world)).rejects.toThrow("it.ok &&");
  });
});

describe("until", () => {
  test("asks again until the condition holds", async () => {
    const { seen, base } = await start((_request, response, n) =>
      response.writeHead(n < 3 ? 503 : 200).end(`{"n":${n}}`),
    );
    const world = aWorld(command, { baseUrl: base });
    const last = await run(
      "get",
      { path: "/health", until: "it.status == 200 && it.json.n > 2", within: "5s", every: 5 },
      world,
    );
    expect(last).toMatchObject({ ok: true, status: 200, tries: 3 });
    expect(seen).toHaveLength(3);
    expect(last.first_ok_ms).toBeLessThanOrEqual(Number(last.waited_ms));
  });

  test("waits for a server that is not there yet", async () => {
    const { base } = await start((_request, response) => response.end());
    const port = Number(new URL(base).port);
    for (const close of servers.splice(0)) close();
    const world = aWorld(command, { baseUrl: base });
    let late: ReturnType<typeof createServer> | undefined;
    // The port opens after the second refusal.
    let asked = 0;
    const evaluate = (code: string, extra?: Record<string, unknown>) => {
      if (++asked === 2) late = createServer((_request, response) => response.end("late")).listen(port, "127.0.0.1");
      return world.evaluate(code, extra);
    };
    const seen = await run("get", { until: "it.ok", within: "10s", every: 20 }, { ...world, evaluate });
    late?.close();
    expect(seen).toMatchObject({ ok: true, body: "late" });
    expect(Number(seen.tries)).toBeGreaterThan(2);
    const never = await run("get", { until: "it.ok", within: 150, every: 20 }, world);
    expect(never).toMatchObject({ ok: false, problem: "refused", stopped: "time is up", condition: "it.ok" });
    expect(never.first_ok_ms).toBeUndefined();
  });

  test("gives up at its deadline and says why", async () => {
    const { base } = await start((_request, response) => response.writeHead(503).end());
    const world = aWorld(command, { baseUrl: base });
    const last = await run("get", { until: "it.status == 200", within: 120, every: 30 }, world);
    expect(last).toMatchObject({ ok: false, status: 503, problem: "condition", condition: "it.status == 200" });
    expect(Number(last.waited_ms)).toBeLessThan(1000);
    const vague = await run("get", { until: "it.json.ready", within: 50, every: 20 }, world);
    expect(vague).toMatchObject({ ok: false, problem: "condition", condition_error: expect.stringContaining("json") });
  });

  test("stops when the module is gone or the run is interrupted", async () => {
    const gone = { alive: false } as unknown as NonNullable<ReturnType<World["processes"]["get"]>>;
    const world = aWorld(command, { baseUrl: "http://127.0.0.1:1", processes: new Map([["main", gone]]) });
    expect(await run("get", { until: "it.ok", within: "30s" }, world)).toMatchObject({
      ok: false,
      tries: 1,
      stopped: "the module has exited",
    });
    const interrupted = aWorld(command, { baseUrl: "http://127.0.0.1:1", signal: AbortSignal.abort() });
    expect(await run("get", { until: "it.ok", within: "30s" }, interrupted)).toMatchObject({
      ok: false,
      problem: "aborted",
      tries: 1,
    });
  });
});
