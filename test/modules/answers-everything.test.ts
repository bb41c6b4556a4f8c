// Services that answer everything: that they are probably not the module is the one root cause, and nothing of what they answer counts as a pass.
import { createServer, type RequestListener, type Server } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { rootCauses } from "../../src/report/reporters/arrange.ts";
import { judgeModule, prepare } from "../../src/session/session.ts";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };
let asked = 0;

/** What answers every path, one after the other as a public registry's endpoints do. */
const kinds: Record<string, RequestListener> = {
  "a web application with one page for all": (_, answer) =>
    answer.writeHead(200, html).end("<!doctype html><title>App</title><div id=root></div><script src=/a.js></script>"),
  "an API that tells what was asked": ({ url, method }, answer) =>
    answer.writeHead(200, json).end(JSON.stringify({ ok: true, method, path: url, request: `r${asked++}x` })),
  "a portal that wants a login first": ({ url }, answer) =>
    answer.writeHead(302, { location: `http://portal.invalid/login?to=${encodeURIComponent(url ?? "")}` }).end(),
  "a proxy whose error pages have status 200": ({ url }, answer) =>
    answer
      .writeHead(200, html)
      .end(`<html><body><h1>Not found</h1><p>${url} is not here (ray ${asked++}).</p></body></html>`),
  "a gateway without anything behind it": (_, answer) =>
    answer.writeHead(502, html).end("<html><h1>502 Bad Gateway</h1></html>"),
};

/** The requirement that is the root cause, and a factor on deadlines: a BLUX module is waited for until it is ready, which nothing here becomes. */
const contracts = {
  pywatt: ["endpoints/own-answers", 1],
  blux: ["health/own-answers", 0.3],
} as const;

describe.concurrent.each(Object.entries(contracts))("under the contract %s", (contract, [root, timeScale]) => {
  it.each(Object.entries(kinds))("%s is probably no module of it", { timeout: 120_000 }, async (_, listener) => {
    const url = await serve(listener);
    const { report } = await judgeModule(prepare(url, { contract, timeScale }), {});
    expect(report.verdict).toMatchObject({ kind: "inconclusive", exit: 3 });
    expect(report.results.filter(({ outcome }) => outcome.kind === "pass").map(({ id }) => id)).toEqual([]);
    expect(report.results.filter(({ outcome }) => outcome.kind === "fail").map(({ id }) => id)).toEqual([]);
    const causes = rootCauses(report);
    expect(causes.map(({ by }) => by)).toEqual([root]);
    expect(causes[0]?.waiting.length).toBeGreaterThan(15);
    const outcome = report.results.find(({ id }) => id === root)?.outcome;
    expect(outcome?.kind === "error" ? outcome.message : "").toMatch(
      /^this is probably not a \w+ module: .* answered alike: status \d+/,
    );
  });
});
