// Ports and locks of this machine: real listeners, and a second process that holds some.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { Target } from "../../src/base/types.ts";
import { verbs } from "../../src/drive/verbs/registry.ts";
import { holdPort, isPortFree, lock, type PickOptions, pickPort } from "../../src/drivers/ports/ports.ts";
import { aWorld, type TestWorld } from "../drive/a-world.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const never = new AbortController().signal;
const uniqueName = (): string => `test-${randomBytes(6).toString("hex")}`;

async function listener(host: string, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => void socket.on("error", () => {}));
  server.listen({ port, host, ipv6Only: true });
  await once(server, "listening");
  cleanups.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port that was free a moment ago, outside of the range that connections get theirs from. */
async function somePort(): Promise<number> {
  const options = { from: 20_000, to: 31_000, order: "random", reserve: false, chance: Math.random } as const;
  return (await pickPort(options))?.port ?? Number.NaN;
}

const range = (from: number, more: Partial<PickOptions> = {}): PickOptions => ({
  from,
  to: from,
  order: "ascending",
  reserve: true,
  chance: () => 0,
  ...more,
});

describe("picking", () => {
  test.each(["127.0.0.1", "0.0.0.0", "::1", "::"])("a port with a listener on %s is not free", async (host) => {
    const { server, port } = await listener(host);
    expect(await isPortFree(port)).toBe(false);
    expect(await pickPort(range(port))).toBeUndefined();
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });

  test("ascending takes the first free one, random goes round", async () => {
    const from = await somePort();
    await listener("127.0.0.1", from);
    const first = await pickPort(range(from, { to: from + 50 }));
    cleanups.push(() => first?.release());
    expect(first?.port).toBeGreaterThan(from);
    const last = await pickPort(range(from, { to: from + 50, order: "random", chance: () => 0.999 }));
    cleanups.push(() => last?.release());
    expect(last?.port).toBeGreaterThan(first?.port ?? 0);
  });

  test("a reserved port is given once, until it is released", async () => {
    const port = await somePort();
    const mine = await pickPort(range(port));
    expect(mine?.port).toBe(port);
    expect(await pickPort(range(port))).toBeUndefined();
    expect((await pickPort(range(port, { reserve: false })))?.port).toBe(port);
    mine?.release();
    mine?.release();
    const again = await pickPort(range(port));
    expect(again?.port).toBe(port);
    again?.release();
  });

  test("many at once get different ones", async () => {
    const from = await somePort();
    const picked = await Promise.all(Array.from({ length: 8 }, () => pickPort(range(from, { to: from + 100 }))));
    for (const one of picked) cleanups.push(() => one?.release());
    expect(new Set(picked.map((one) => one?.port)).size).toBe(8);
  });
});

describe("holding", () => {
  test("accepts, counts, never answers, lets go", async () => {
    const port = await somePort();
    const held = await holdPort(port);
    expect(await holdPort(port)).toBeUndefined();
    // Whoever takes the loopback address of the other kind finds it taken too.
    const other = createServer().listen({ port, host: "::1" });
    const [error]: unknown[] = await once(other, "error");
    expect(error).toMatchObject({ code: expect.stringMatching(/EADDRINUSE|EADDRNOTAVAIL|EAFNOSUPPORT/) });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("hello");
    const closed = once(socket.on("error", () => {}).resume(), "close");
    while (held?.connections === 0) await new Promise(setImmediate);
    await held?.release();
    await closed.catch(() => {}); // A reset, as our bytes were not read.
    expect(held?.connections).toBe(1);
    expect(socket.bytesRead).toBe(0);
    expect(await isPortFree(port)).toBe(true);
  });
});

describe("locks", () => {
  test("one at a time; the next gets it at release", async () => {
    const name = uniqueName();
    const first = await lock(name, 1000, never);
    let got = false;
    const second = lock(name, 5000, never).then((release) => {
      got = true;
      return release;
    });
    expect(await lock(name, 50, never)).toBeUndefined();
    expect(got).toBe(false);
    first?.();
    (await second)?.();
    expect(got).toBe(true);
  });

  test("waiting ends with the run", async () => {
    const name = uniqueName();
    const release = await lock(name, 1000, never);
    const run = new AbortController();
    const waiting = lock(name, 60_000, run.signal);
    run.abort();
    expect(await waiting).toBeUndefined();
    release?.();
  });

  test("ten at once, never two together", async () => {
    const name = uniqueName();
    let inside = 0;
    let most = 0;
    const turn = async (): Promise<void> => {
      const release = await lock(name, 10_000, never);
      expect(release).toBeDefined();
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
      release?.();
    };
    await Promise.all(Array.from({ length: 10 }, turn));
    expect(most).toBe(1);
  });

  test("another process holds them, and loses them when it is killed", async () => {
    const name = uniqueName();
    const port = await somePort();
    const other = spawn(process.execPath, ["--import", "tsx", "test/drivers/lock-holder.ts", name, String(port)]);
    cleanups.push(() => other.kill("SIGKILL"));
    const [line] = await once(other.stdout, "data");
    expect(JSON.parse(String(line))).toEqual({ locked: true, port });
    expect(await lock(name, 50, never)).toBeUndefined();
    expect(await pickPort(range(port))).toBeUndefined();
    const waiting = lock(name, 10_000, never);
    other.kill("SIGKILL");
    const release = await waiting;
    expect(release).toBeDefined();
    release?.();
    const picked = await pickPort(range(port));
    expect(picked?.port).toBe(port);
    picked?.release();
  });
});

describe("verbs", () => {
  const target: Target = { kind: "command", label: "module", argv: ["true"] };
  const world = (): TestWorld => aWorld(target, { onEnd: (clean) => void cleanups.push(clean) });
  const run = (name: string, arg: Parameters<NonNullable<ReturnType<typeof verbs.get>>["run"]>[0], at: TestWorld) =>
    verbs.get(name)?.run(arg, at);

  test("pick-port keeps its port until the scenario's end", async () => {
    const [one, other] = [world(), world()];
    const from = await somePort();
    const arg = { from, to: from + 50, order: "ascending" };
    const [first, second] = [await run("pick-port", arg, one), await run("pick-port", arg, other)];
    expect(first).toMatchObject({ ok: true });
    expect(second?.port).toBeGreaterThan(Number(first?.port));
    for (const clean of cleanups.splice(0)) await clean();
    expect(await run("pick-port", arg, world())).toMatchObject({ ok: true, port: first?.port });
  });

  test("pick-port with nothing free", async () => {
    const { port } = await listener("127.0.0.1");
    const seen = await run("pick-port", { from: port, to: port }, world());
    expect(seen).toEqual({ ok: false, problem: `no free port from ${port} to ${port}` });
  });

  test("hold-port, release-port", async () => {
    const at = world();
    const port = await somePort();
    expect(await run("hold-port", { port }, at)).toEqual({ ok: true, port });
    expect(await run("hold-port", { port }, at)).toMatchObject({ ok: false, port });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const closed = once(socket.on("error", () => {}).resume(), "close");
    const released = await run("release-port", { port }, at);
    await closed;
    expect(released).toEqual({ ok: true, port, connections: 1 });
    expect(await run("release-port", { port: port + 1 }, at)).toMatchObject({ ok: false });
  });

  test("lock, unlock", async () => {
    const [one, other] = [world(), world()];
    const name = uniqueName();
    expect(await run("lock", { name }, one)).toEqual({ ok: true });
    expect(await run("lock", { name, within: "50ms" }, other)).toMatchObject({ ok: false });
    expect(await run("unlock", { name }, one)).toEqual({ ok: true });
    expect(await run("lock", { name, within: "5s" }, other)).toEqual({ ok: true });
  });
});
