// The host driver on real children: what holds a process, what ends it, what it changes, and that nothing stays behind.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { digests } from "../../src/drivers/host/stage.ts";
import { limits } from "../drive/a-world.ts";
import { call, folderOf, type Hosted, hosted, moduleOf, opened } from "./hosted.ts";

const hostile = (name: string) => fileURLToPath(new URL(`../../fixtures/hostile/hosted/${name}`, import.meta.url));
const open: Hosted[] = [];
async function start(...args: Parameters<typeof hosted>): Promise<Hosted> {
  const host = await hosted(...args);
  open.push(host);
  return host;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

const finish = { do: "finish", settleMs: 20, graceMs: 400 } as const;
const exitOf = async (host: Hosted, ms: number) => {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));
  return Promise.race([host.host.exited, late]);
};

describe("what holds a process", () => {
  it("names a forgotten timer with its place", async () => {
    const host = await start(folderOf(moduleOf("async initialize() {\n    setInterval(() => {}, 1000);\n  }")));
    await opened(host);
    const called = await host.ask(call("initialize"), { since: "import" });
    expect(called).toMatchObject({ ok: true, outcome: "resolved", added: ["Timeout"] });
    await host.ask(finish);
    expect(await exitOf(host, 600)).toBeUndefined();
    const alive = host.host.incidents.find(({ kind }) => kind === "alive");
    expect(alive).toMatchObject({ resources: ["Timeout"], handles: [{ type: "Timeout", where: "index.ts:5" }] });
  });

  it("lets an unref'd timer and a closed server pass", async () => {
    const body = `
  async initialize() {
    setInterval(() => {}, 1000).unref();
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve as any));
    await new Promise((resolve) => server.close(resolve));
  }`;
    const host = await start(folderOf(moduleOf(body, "import { createServer } from 'node:net';")));
    await opened(host);
    expect(await host.ask(call("initialize"), { since: "import" })).toMatchObject({ added: [] });
    await host.ask(finish);
    expect(await exitOf(host, 3_000)).toMatchObject({ code: 0, by: "module" });
  });

  it("names a listening server", async () => {
    const body =
      "async initialize() { await new Promise((done) => createServer().listen(0, '127.0.0.1', done as any)); }";
    const host = await start(folderOf(moduleOf(body, "import { createServer } from 'node:net';")));
    await opened(host);
    const called = await host.ask(call("initialize"), { since: "import" });
    expect(called).toMatchObject({
      added: ["TCPServerWrap"],
      handles: [{ type: "TCPServerWrap", where: "index.ts:4" }],
    });
  });
});

describe("what ends a process", () => {
  it("locates process.exit, also behind a catch in another file", async () => {
    const host = await start(hostile("exits"));
    const answer = await host.raw(
      { do: "import", file: host.fileIn("index.ts"), as: "module", withinMs: 10_000 },
      10_000,
    );
    expect(answer).toMatchObject({ kind: "exited", exit: { code: 0, by: "module" } });
    expect(host.host.incidents).toContainEqual(
      expect.objectContaining({ kind: "exit-call", how: "process.exit", where: "tidy.ts:3" }),
    );
  });

  it("locates an unhandled rejection and an uncaught exception", async () => {
    const body =
      "async initialize() {\n    void Promise.reject(new Error('lost'));\n    setTimeout(() => {\n      throw new TypeError('late');\n    }, 5);\n  }";
    const host = await start(folderOf(moduleOf(body)));
    await opened(host);
    await host.ask(call("initialize"));
    await host.ask(finish);
    const errors = host.host.incidents.map(({ kind, error }) => ({ kind, error }));
    expect(errors).toContainEqual({
      kind: "unhandled",
      error: expect.objectContaining({ message: "lost", is_error: true, where: "index.ts:5" }),
    });
    expect(errors).toContainEqual({
      kind: "uncaught",
      error: expect.objectContaining({ name: "TypeError", message: "late", where: "index.ts:7" }),
    });
  });

  it("gives up on an endless loop at the deadline", async () => {
    const host = await start(hostile("loops"));
    const from = performance.now();
    const answer = await host.raw({ do: "import", file: host.fileIn("index.ts"), as: "m", withinMs: 300 }, 300);
    expect(answer).toEqual({ kind: "stuck", problem: "the event loop is blocked, nothing settles any more" });
    expect(performance.now() - from).toBeLessThan(4_000);
    await host.host.end();
    expect(host.host.process.alive).toBe(false);
  });

  it("tells a promise that never settles and goes on", async () => {
    const host = await start(
      folderOf(moduleOf("async initialize() { await new Promise(() => {}); }\n  ready() { return 7; }")),
    );
    await opened(host);
    expect(await host.ask(call("initialize", 50))).toMatchObject({ ok: false, outcome: "pending", thenable: true });
    expect(await host.ask(call("ready"))).toMatchObject({ ok: true, outcome: "returned", value: { json: 7 } });
    expect(await host.ask(call("absent"))).toMatchObject({ ok: false, outcome: "absent" });
  });

  it("bounds the heap", async () => {
    const small = { ...limits, memoryBytesMax: 256 * 1024 * 1024 };
    const host = await start(hostile("fills"), { limits: small });
    await opened(host);
    const answer = await host.raw(call("initialize", 60_000), 60_000);
    expect(answer.kind).toBe("exited");
    const said = host.lines.some(({ text }) => text?.includes("heap out of memory") === true);
    expect(said || host.limitsSeen.length > 0).toBe(true);
  }, 60_000);

  it("ends processes that want to outlive it, also in sessions of their own", async () => {
    const host = await start(hostile("forks"));
    await opened(host);
    await host.ask(call("initialize"));
    await host.ask(finish);
    expect(await exitOf(host, 3_000)).toMatchObject({ code: 0 });
    const { survivors } = await host.remains();
    expect(survivors).toEqual(["sleep", "sleep", "sleep", "sleep"]);
    expect(host.host.process.survivors()).toEqual([]);
  }, 20_000);
});

describe("what a module changes", () => {
  it("refuses and reports writing outside, also when the module swallows the error", async () => {
    const body =
      "async initialize() {\n    try {\n      writeFileSync('../out.txt', 'x');\n    } catch {}\n    writeFileSync('in.txt', 'x');\n  }";
    const host = await start(folderOf(moduleOf(body, "import { writeFileSync } from 'node:fs';")));
    await opened(host);
    expect(await host.ask(call("initialize"))).toMatchObject({ ok: true });
    await host.ask(finish);
    await exitOf(host, 3_000);
    expect(host.host.incidents).toContainEqual(
      expect.objectContaining({ kind: "write", path: "<work>/out.txt", scope: "outside", where: "index.ts:6" }),
    );
    expect(await host.remains()).toMatchObject({ files: ["in.txt"], changes: [] });
  });

  it("leaves the module's own folder alone: only the copy changes", async () => {
    const folder = folderOf(
      moduleOf(
        "async initialize() { writeFileSync(new URL('./cache.json', import.meta.url), '1'); }",
        "import { writeFileSync } from 'node:fs';",
      ),
    );
    const before = await digests(folder);
    const host = await start(folder);
    await opened(host);
    expect(await host.ask(call("initialize"))).toMatchObject({ ok: true });
    await host.ask(finish);
    await exitOf(host, 3_000);
    expect((await host.remains()).changes).toEqual([{ file: "cache.json", change: "added" }]);
    expect(await digests(folder)).toEqual(before);
  });

  it("lists new globals, environment, listeners and changed arguments", async () => {
    const body =
      "constructor(private c: any) { c.list.push(1); }\n  async initialize() {\n    (globalThis as any).mine = 1;\n    process.env.MINE = '1';\n    process.on('SIGTERM', () => {});\n  }";
    const host = await start(folderOf(moduleOf(body)));
    await opened(host, [{ list: [] }]);
    await host.ask(call("initialize"));
    expect(await host.ask(finish)).toMatchObject({
      globals_added: ["mine"],
      env_changed: ["MINE"],
      cwd_changed: null,
      listeners_added: [{ event: "SIGTERM", added: 1 }],
      args_changed: ["0/list"],
    });
  });

  it("gives it nothing of conform's environment but what it must have", async () => {
    const host = await start(
      folderOf(
        moduleOf("env() { return Object.keys(process.env).filter((n) => /TSX|SECRET|^HOME$|TMPDIR/.test(n)); }"),
      ),
      {
        env: { GIVEN: "1" },
      },
    );
    await opened(host);
    expect((await host.ask(call("env"))).value).toMatchObject({ json: expect.arrayContaining(["HOME", "TMPDIR"]) });
    expect(JSON.stringify(await host.ask(call("env")))).not.toMatch(/TSX|SECRET/);
  });
});

describe("faults on demand", () => {
  it("makes writing and connecting fail and counts how often that was met", async () => {
    const body = `
  async write() { await writeFile('a.txt', ''); }
  async connect() { await new Promise((_, no) => connect(9, '127.0.0.1').on('error', no)); }`;
    const before = "import { writeFile } from 'node:fs/promises';\nimport { connect } from 'node:net';";
    const host = await start(folderOf(moduleOf(body, before)));
    await opened(host);
    expect(await host.ask(call("write"))).toMatchObject({ ok: true, hits: 0 });
    await host.ask({ do: "fault", fault: "write", code: "EACCES" });
    expect(await host.ask(call("write"))).toMatchObject({
      outcome: "rejected",
      error: { code: "EACCES", is_error: true },
      hits: 1,
    });
    await host.ask({ do: "fault", fault: "connect", code: "ECONNREFUSED" });
    expect(await host.ask(call("connect"))).toMatchObject({
      outcome: "rejected",
      error: { code: "ECONNREFUSED" },
      hits: 2,
    });
  });

  it("gives a configuration whose every read throws", async () => {
    const host = await start(folderOf(moduleOf("constructor(c: any) { this.a = c.a; }\n  a: any;")));
    expect(await opened(host, [{ $poison: "no configuration" }])).toMatchObject({
      ok: false,
      outcome: "threw",
      error: { message: "no configuration" },
      hits: 1,
    });
  });
});

describe("what cannot be loaded", () => {
  it.each([
    ["import { a } from '../../../src/no-such.js'; a();", "host", "<stage>/src/no-such.js"],
    ["import { a } from './no-such.js'; a();", "module", "no-such.js"],
    ["import a from 'no-such-package'; a();", "package", "no-such-package"],
    ["import { a } from '@/no-such'; a();", "host", "@/no-such"],
  ])("%s is missing in the %s", async (code, missing_in, missing) => {
    const host = await start(folderOf({ "index.ts": code }));
    const body = await host.ask({ do: "import", file: host.fileIn("index.ts"), as: "m", withinMs: 10_000 });
    expect(body).toMatchObject({ ok: false, outcome: "rejected", error: { missing_in, missing } });
  });

  it("places a syntax error", async () => {
    const host = await start(folderOf({ "index.ts": "export const a = 1;\nexport const = 2;\n" }));
    const body = await host.ask({ do: "import", file: host.fileIn("index.ts"), as: "m", withinMs: 10_000 });
    expect(body).toMatchObject({ ok: false, error: { where: "index.ts:2" } });
    expect(JSON.stringify(body)).not.toContain(path.sep + path.join("tmp", ""));
  });

  it("loads a module of a project in place, with the project's aliases", async () => {
    const root = folderOf({
      "package.json": '{"type":"module"}',
      "tsconfig.json": '{"compilerOptions":{"verbatimModuleSyntax":true}}',
      "src/lib/value.ts": "export const value = 42;\n",
      "src/modules/one/index.ts":
        "import { value } from '@/lib/value.js';\nexport class OneModule { answer() { return value; } }\n",
    });
    const host = await start(path.join(root, "src/modules/one"), {
      stage: undefined as never,
      project: root,
      aliases: { "@/*": ["src/*"] },
    });
    await opened(host);
    expect(await host.ask(call("answer"))).toMatchObject({ value: { json: 42 } });
    expect(readdirSync(root).sort()).toEqual(["package.json", "src", "tsconfig.json"]);
    expect(existsSync(path.join(root, "src/modules/one/index.ts"))).toBe(true);
  });
});
