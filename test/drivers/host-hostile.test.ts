// The host driver on code that gets in its way: replaced built-in functions, proxies, closed descriptors, processes that shed their marks.
import { afterEach, describe, expect, it } from "vitest";
import { call, folderOf, type Hosted, hosted, moduleOf, opened } from "./hosted.ts";

const open: Hosted[] = [];
async function start(body: string, head = ""): Promise<Hosted> {
  const host = await hosted(folderOf(moduleOf(`name = 'probe';\n${body}`, head)));
  open.push(host);
  return host;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

const watch = { on: "it", members: ["name", "odd"] };
const finish = { do: "finish", settleMs: 20, graceMs: 400 } as const;

describe("code that replaces built-in functions", () => {
  it.each([
    "JSON.stringify = () => 'no'; JSON.parse = () => { throw new Error('no'); };",
    "globalThis.Promise = class { constructor() { throw new Error('no'); } } as any;",
    "globalThis.setTimeout = globalThis.setImmediate = (() => { throw new Error('no'); }) as any;",
    "Reflect.get = Reflect.apply = Reflect.construct = () => { throw new Error('no'); };",
    "Object.keys = Object.entries = Object.fromEntries = (() => { throw new Error('no'); }) as any;",
    "fs.writeSync = () => 0; syncBuiltinESMExports();",
  ])("%s", async (code) => {
    const head = `import fs from 'node:fs';\nimport { syncBuiltinESMExports } from 'node:module';\n${code}`;
    const host = await start("async initialize() { return 7; }", head);
    await opened(host);
    expect(await host.ask(call("initialize"), { watch })).toMatchObject({
      outcome: "resolved",
      value: { json: 7 },
      seen: { name: "probe" },
    });
    await host.ask(finish);
    expect(await host.host.exited).toMatchObject({ code: 0, by: "module" });
  });

  it("is named when it gets in the way all the same", async () => {
    const host = await start("", "Array.prototype.sort = () => { throw new Error('no sort'); };");
    const answer = await host.raw({ do: "import", file: host.fileIn("index.ts"), as: "m", withinMs: 5_000 }, 5_000);
    expect(answer).toMatchObject({ body: { trouble: { message: "no sort", where: "index.ts:2" } } });
  });
});

describe("values that cannot be looked at", () => {
  it("are told as such", async () => {
    const trap = "new Proxy({}, new Proxy({}, { get() { return () => { throw new Error('trap'); }; } }))";
    const host = await start(
      `get odd() { throw new Error('not for you'); }
       revoked() { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }
       async traps() { throw ${trap}; }
       async nothing() { throw undefined; }`,
    );
    await opened(host);
    expect(await host.ask(call("revoked"), { watch })).toMatchObject({
      outcome: "returned",
      value: { type: "object" },
      seen: { name: "probe", odd: "throws not for you" },
    });
    expect(await host.ask(call("traps"))).toMatchObject({ outcome: "rejected", error: { is_error: false } });
    expect(await host.ask(call("nothing"))).toMatchObject({ error: { message: "undefined", is_error: false } });
  });
});

describe("descriptors that are not the module's", () => {
  it.each([3, 4])("closing %i is told, at once", async (descriptor) => {
    const host = await start(
      `async initialize() { closeSync(${descriptor}); }`,
      "import { closeSync } from 'node:fs';",
    );
    await opened(host);
    const from = performance.now();
    await host.raw(call("initialize", 20_000), 20_000);
    const next = await host.raw(call("initialize", 20_000), 20_000);
    expect(next).toMatchObject({ kind: "stuck", problem: expect.stringContaining("descriptor") });
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  it("writing there spoils nothing", async () => {
    const host = await start(
      "async initialize() { writeSync(3, '{\"id\":1'); }",
      "import { writeSync } from 'node:fs';",
    );
    await opened(host);
    expect(await host.ask(call("initialize"))).toMatchObject({ outcome: "resolved" });
  });
});

describe("what holds the process", () => {
  const aliveIn = async (host: Hosted) => {
    await opened(host);
    await host.ask(call("initialize"));
    await host.ask(finish);
    while (!host.host.incidents.some(({ kind }) => kind === "alive"))
      await new Promise((resolve) => setTimeout(resolve, 20));
    return host.host.incidents.find(({ kind }) => kind === "alive");
  };

  it("a thread is named, though Node does not list it", async () => {
    const host = await start(
      "async initialize() { new Worker('setInterval(() => {}, 1000)', { eval: true }); }",
      "import { Worker } from 'node:worker_threads';",
    );
    expect(await aliveIn(host)).toMatchObject({
      handles: [{ type: "Worker", where: expect.stringMatching(/^index/) }],
    });
  });

  it("output that waits to be read does not count", { timeout: 60_000 }, async () => {
    const host = await start("async initialize() { process.stdout.write('x'.repeat(2e6)); }");
    await opened(host);
    host.host.process.pauseStream("stdout");
    await host.ask(call("initialize"));
    const finished = host.raw(finish, 20_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(host.host.incidents.filter(({ kind }) => kind === "alive")).toEqual([]);
    host.host.process.resumeStream("stdout");
    expect(await finished).toMatchObject({ body: { ok: true } });
    expect(await host.host.exited).toMatchObject({ code: 0, by: "module" });
  });
});

describe("processes in sessions of their own, without the environment they got", () => {
  it("are found by their working folder and ended", async () => {
    const host = await start(
      "async initialize() { spawn('/bin/sleep', ['30'], { detached: true, env: {}, stdio: 'ignore' }).unref(); }",
      "import { spawn } from 'node:child_process';",
    );
    await opened(host);
    await host.ask(call("initialize"));
    await host.ask(finish);
    expect(await host.host.exited).toMatchObject({ code: 0 });
    expect((await host.remains()).survivors).toEqual(["sleep"]);
    expect(host.host.process.survivors()).toEqual([]);
  });
});
