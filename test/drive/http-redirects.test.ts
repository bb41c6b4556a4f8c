// Redirects within a service are followed where the contract says so: with what method, how far, and never elsewhere.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpVerbs } from "../../src/drive/verbs/http.ts";
import { aWorld } from "./a-world.ts";

const seen: string[] = [];
const routes: { [path: string]: [status: number, location: string] } = {
  "/slash": [307, "/slash/?q=1"],
  "/see": [303, "/there"],
  "/moved": [301, "there"],
  "/loop": [302, "/pool"],
  "/pool": [302, "/loop"],
  "/self": [302, "/self"],
  "/away": [307, "http://127.0.0.1:9/there"],
  "/login": [302, "//127.0.0.1:9/login"],
};
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    seen.push(`${request.method} ${request.url} ${request.headers["content-type"] ?? "-"} ${body}`.trimEnd());
    const [status, location] = routes[request.url ?? ""] ?? [200];
    response.writeHead(status, location === undefined ? {} : { location }).end(`{"at":"${request.url}"}`);
  });
});
let base = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function asked(verb: string, arg: object, follows = true) {
  seen.length = 0;
  const found = httpVerbs.find(({ name }) => name === verb);
  if (found === undefined) throw new Error(`no verb ${verb}`);
  const world = aWorld({ kind: "command", label: "m", argv: ["m"] }, { baseUrl: base });
  return found.run(found.schema.parse(arg), {
    ...world,
    scenario: { ...world.scenario, ...(follows ? { follows: true as const } : {}) },
  });
}

test("the answer behind is the answer, under the name that was asked", async () => {
  const answer = await asked("post", { path: "/slash", json: { n: 1 } });
  expect(answer).toMatchObject({ ok: true, status: 200, method: "POST", path: "/slash", url: `${base}/slash` });
  expect(answer.body).toBe('{"at":"/slash/?q=1"}');
  expect(answer.redirects).toEqual([{ method: "POST", path: "/slash", status: 307, to: "/slash/?q=1" }]);
  expect(seen).toEqual(['POST /slash application/json {"n":1}', 'POST /slash/?q=1 application/json {"n":1}']);
});

test.each([
  ["post", "/see", "GET /there -"],
  ["post", "/moved", "GET /there -"],
  ["put", "/moved", "PUT /there application/json 1"],
  ["get", "/moved", "GET /there application/json 1"],
])("%s %s goes on as clients do", async (verb, path, second) => {
  expect(await asked(verb, { path, json: 1 })).toMatchObject({ ok: true, status: 200 });
  expect(seen[1]).toBe(second);
});

test("a condition is asked of what is behind", async () => {
  const answer = await asked("get", { path: "/slash", until: "it.json.at.startsWith('/slash/')", within: "5s" });
  expect(answer).toMatchObject({ ok: true, tries: 1, status: 200 });
});

test.each(["/away", "/login", "/self"])("%s is shown as it came", async (path) => {
  const answer = await asked("get", { path });
  expect(answer).toMatchObject({ ok: true, status: routes[path]?.[0] });
  expect(answer).not.toHaveProperty("redirects");
});

test("a circle has its end", async () => {
  const answer = await asked("get", { path: "/loop" });
  expect(answer).toMatchObject({ ok: true, status: 302 });
  expect(seen).toHaveLength(6);
});

test("without the contract's word nothing is followed", async () => {
  expect(await asked("get", { path: "/slash" }, false)).toMatchObject({ ok: true, status: 307 });
  expect(seen).toHaveLength(1);
});
