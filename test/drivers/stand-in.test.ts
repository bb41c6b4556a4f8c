// Stand-ins over real HTTP: routes, templates, modes, the brake, and the verbs that use them.
import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { PeerRequest } from "../../src/base/events.ts";
import type { Json } from "../../src/base/types.ts";
import { peersScope, standIns, startStandIns } from "../../src/drive/verbs/peers.ts";
import { awaitRequestVerb, peerVerb, releaseVerb } from "../../src/drive/verbs/stand-in.ts";
import type { World } from "../../src/drive/verbs/verb.ts";
import { answerFor, standInSchema } from "../../src/drivers/net/stand-in-spec.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Recorded {
  kind: string;
  data: { [key: string]: Json };
}

/** A world with nothing but what stand-ins need; expressions are JavaScript over the names in scope. */
function world(peers: { [name: string]: Json }): { world: World; recorded: Recorded[] } {
  const recorded: Recorded[] = [];
  const part: Partial<World> = {
    scenario: {
      name: "s",
      targets: [],
      vars: {},
      answers: [],
      standIns: peers,
      steps: [],
      at: { file: "contract.yaml" },
    },
    limits: { bodyBytesMax: 10_000 } as World["limits"],
    signal: new AbortController().signal,
    now: () => performance.now() / 1000,
    deadline: (duration, fallback) => milliseconds(duration ?? fallback),
    pause: (duration, fallback) => milliseconds(duration ?? fallback),
    record: (kind, data) => recorded.push({ kind, data }),
    evaluate: (expression, extra = {}) => {
      const scope: Record<string, unknown> = { peers: peersScope(made), ...extra };
      return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
    },
    onEnd: (cleanup) => void cleanups.push(cleanup),
  };
  const made = part as World;
  return { world: made, recorded };
}

function milliseconds(duration: string | number): number {
  if (typeof duration === "number") return duration;
  const [, number = "0", unit = "ms"] = /^(\d+)(ms|s)$/.exec(duration) ?? [];
  return Number(number) * (unit === "s" ? 1000 : 1);
}

async function ask(url: string, init: { method?: string; json?: Json; text?: string } = {}) {
  const response = await fetch(url, {
    method: init.method ?? "GET",
    ...(init.json === undefined
      ? {}
      : { body: JSON.stringify(init.json), headers: { "content-type": "application/json" } }),
    ...(init.text === undefined ? {} : { body: init.text }),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), text };
}

/** `refused`, `answered`, or `silent` after a moment. */
function knock(url: string, ms = 150): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest(url, () => resolve("answered"));
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "refused" : `error ${error.code}`),
    );
    setTimeout(() => {
      resolve("silent");
      request.destroy();
    }, ms);
    request.end();
  });
}

describe("answers", () => {
  it("takes the first route that fits by method, path, keys and condition", () => {
    const spec = standInSchema.parse({
      routes: [
        { method: "GET", path: "/v1/services", answer: { text: "services" } },
        { method: ["POST", "PUT"], path: "/v1/*/tasks", answer: { text: "tasks" } },
        { method: "POST", has: "module", answer: { text: "registered" } },
        { path: "/deep/**", when: "request.query === 'x=1'", answer: { text: "deep" } },
      ],
      otherwise: { status: 410 },
    });
    const evaluate = (expression: string, { request }: Record<string, unknown>) =>
      new Function("request", `return ${expression}`)(request);
    const given = (method: string, path: string, json?: Json, query = ""): PeerRequest => ({
      peer: "p",
      index: 1,
      method,
      path,
      query,
      headers: {},
      text: "",
      ...(json === undefined ? {} : { json }),
      mode: "up",
      t: 0,
      at: 0,
    });
    const answers = [
      given("GET", "/v1/services"),
      given("DELETE", "/v1/services"),
      given("PUT", "/v1/a/tasks"),
      given("PUT", "/v1/a/b/tasks"),
      given("POST", "/anything", { module: "m" }),
      given("POST", "/anything", ["module"]),
      given("GET", "/deep/er/still", undefined, "x=1"),
      given("GET", "/deep/er"),
    ].map((request) => answerFor(spec, request, evaluate));
    expect(answers.map((answer) => answer.text ?? answer.status)).toEqual([
      "services",
      410,
      "tasks",
      410,
      "registered",
      410,
      "deep",
      410,
    ]);
  });

  it("refuses a description with an unknown key", () => {
    expect(standInSchema.safeParse({ routes: [{ path: "/", reply: {} }] }).success).toBe(false);
  });
});

describe("a stand-in", () => {
  it("answers over HTTP with templates filled in, and records each request", async () => {
    const { world: w, recorded } = world({
      lite: {
        routes: [
          {
            path: "/v1/services",
            answer: { json: { guard: { endpoint: "${peers.guard.url}" }, port: "${peers.guard.port}" } },
          },
        ],
      },
      guard: {
        routes: [
          {
            method: "POST",
            answer: { status: 201, headers: { "x-at": "${request.path}" }, json: { ok: "${request.json.id === 7}" } },
          },
        ],
      },
    });
    await startStandIns(w);
    const peers = peersScope(w);
    const services = await ask(`${peers.lite?.url}/v1/services?a=1`);
    expect(JSON.parse(services.text)).toEqual({ guard: { endpoint: peers.guard?.url }, port: peers.guard?.port });
    const audit = await ask(`${peers.guard?.url}/v1/audit`, { method: "POST", json: { id: 7 } });
    expect([audit.status, audit.text]).toEqual([201, '{"ok":true}']);
    expect((await ask(`${peers.guard?.url}/else`)).status).toBe(404);
    const requests = recorded.filter(({ kind }) => kind === "request").map(({ data }) => data);
    expect(requests.map(({ peer, method, path, query, index }) => [peer, method, path, query, index])).toEqual([
      ["lite", "GET", "/v1/services", "a=1", 1],
      ["guard", "POST", "/v1/audit", "", 1],
      ["guard", "GET", "/else", "", 2],
    ]);
    expect(requests[1]?.json).toEqual({ id: 7 });
    expect(requests[2]).not.toHaveProperty("json");
  });

  it("can be closed, answer errors or HTML, be silent, and come back on the same port", async () => {
    const { world: w } = world({ lite: { mode: "closed", routes: [{ answer: { text: "here" } }] } });
    await startStandIns(w);
    const url = peersScope(w).lite?.url ?? "";
    expect(await knock(url)).toBe("refused");
    await peerVerb.run({ name: "lite", mode: "error" }, w);
    expect((await ask(url)).status).toBe(500);
    await peerVerb.run({ name: "lite", mode: "html" }, w);
    expect(await ask(url)).toMatchObject({ status: 200, type: "text/html" });
    await peerVerb.run({ name: "lite", mode: "silent" }, w);
    expect(await knock(url)).toBe("silent");
    await peerVerb.run({ name: "lite", mode: "closed" }, w);
    expect(await knock(url)).toBe("refused");
    await peerVerb.run({ name: "lite", mode: "up", delay: 60 }, w);
    const from = performance.now();
    expect((await ask(url)).text).toBe("here");
    expect(performance.now() - from).toBeGreaterThanOrEqual(55);
  });

  it("holds the answers that the brake is for until they are released", async () => {
    const { world: w } = world({
      guard: { hold: "request.method === 'POST'", routes: [{ answer: { text: "done" } }] },
    });
    await startStandIns(w);
    const url = peersScope(w).guard?.url ?? "";
    await peerVerb.run({ name: "guard", mode: "brake" }, w);
    const held = [1, 2].map((n) => ask(url, { method: "POST", json: { n } }));
    expect(await awaitRequestVerb.run({ peer: "guard", where: "request.json.n > 0", count: 2 }, w)).toMatchObject({
      ok: true,
      count: 2,
    });
    expect((await ask(url)).text).toBe("done");
    expect(await Promise.race([...held, Promise.resolve("still held")])).toBe("still held");
    expect(await releaseVerb.run("guard", w)).toMatchObject({ released: 2 });
    expect((await Promise.all(held)).map(({ text }) => text)).toEqual(["done", "done"]);
    expect((await ask(url, { method: "POST", text: "x" })).text).toBe("done");
  });

  it("refuses a body over the limit and says so in the transcript", async () => {
    const { world: w, recorded } = world({ guard: {} });
    await startStandIns(w);
    const answer = await ask(peersScope(w).guard?.url ?? "", { method: "POST", text: "x".repeat(20_000) }).catch(
      () => undefined,
    );
    expect(answer === undefined || answer.status === 413).toBe(true);
    expect(recorded.map(({ kind }) => kind)).toEqual(["limit"]);
    const { seen, ...limit } = recorded[0]?.data ?? {};
    expect(limit).toEqual({ limit: "body sent to a stand-in", bound: 10_000, peer: "guard" });
    expect(seen).toBeGreaterThan(10_000);
  });

  it("is gone when the scenario ends", async () => {
    const { world: w } = world({ a: {}, b: { mode: "closed" } });
    await startStandIns(w);
    const urls = Object.values(peersScope(w)).map(({ url }) => url);
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    expect(await Promise.all(urls.map((url) => knock(url)))).toEqual(["refused", "refused"]);
  });
});

describe("await-request", () => {
  it("counts requests that came earlier, waits for later ones, and settles", async () => {
    const { world: w } = world({ guard: { routes: [{ answer: {} }] } });
    await startStandIns(w);
    const url = peersScope(w).guard?.url ?? "";
    await ask(`${url}/1`);
    const waiting = awaitRequestVerb.run({ where: "request.path !== '/other'", count: 3, within: "3s", settle: 80 }, w);
    for (const path of ["/2", "/other", "/3", "/4"]) await ask(url + path);
    const seen = await waiting;
    expect(seen).toMatchObject({ ok: true, count: 4, request: { path: "/1" } });
  });

  it("is not ok when the time passes first, and a condition that cannot be evaluated matches nothing", async () => {
    const { world: w } = world({ guard: {} });
    await startStandIns(w);
    await ask(peersScope(w).guard?.url ?? "");
    expect(await awaitRequestVerb.run({ where: "request.json.module === 'x'", within: 50 }, w)).toMatchObject({
      ok: false,
      count: 0,
      request: null,
    });
  });

  it("names the nearest stand-in when the name is wrong", async () => {
    const { world: w } = world({ guard: {} });
    await startStandIns(w);
    await expect(awaitRequestVerb.run({ peer: "gard" }, w)).rejects.toThrow('did you mean "guard"');
    expect(standIns(w).size).toBe(1);
  });
});
