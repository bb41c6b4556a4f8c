// Raw TCP against real servers: what is sent arrives as it is, what comes back is bounded, the end is told.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { verbs } from "../../src/drive/verbs/registry.ts";
import { type TcpRequest, talk } from "../../src/drivers/net/raw-tcp.ts";
import { aWorld } from "../drive/a-world.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** Port of a server that does this to each connection. */
async function serve(onSocket: (socket: Socket) => void, allowHalfOpen = false): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket.on("error", () => {}));
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const request = (port: number, more: Partial<TcpRequest> = {}): TcpRequest => ({
  host: "127.0.0.1",
  port,
  send: [],
  gapMs: 0,
  holdMs: 0,
  finish: "wait",
  readBytesMax: 1000,
  deadlineMs: 5000,
  signal: new AbortController().signal,
  ...more,
});

describe("one connection", () => {
  test("pieces arrive in order, the answer comes back", async () => {
    const port = await serve((socket) => {
      let got = "";
      socket.on("data", (chunk) => {
        got += chunk;
        if (got.endsWith("!")) socket.end(`you said ${got}`);
      });
    });
    const send = ["he", "llo", "!"].map((piece) => Buffer.from(piece));
    expect(await talk(request(port, { send, gapMs: 5 }))).toMatchObject({
      ok: true,
      connected: true,
      received: "you said hello!",
      bytes: 15,
      closed_by: "module",
    });
  });

  test("refused", async () => {
    const port = await serve(() => {});
    for (const clean of cleanups.splice(0)) clean();
    expect(await talk(request(port))).toMatchObject({ ok: false, connected: false, problem: "ECONNREFUSED", bytes: 0 });
  });

  test("no answer: over at the deadline, no error", async () => {
    const port = await serve((socket) => void socket.resume());
    const seen = await talk(request(port, { send: [Buffer.from("hi")], deadlineMs: 100 }));
    expect(seen).toMatchObject({ ok: true, bytes: 0, closed_by: "conform" });
    expect(seen).not.toHaveProperty("problem");
    expect(seen.ms).toBeGreaterThanOrEqual(99);
  });

  test("nobody reads a megabyte: over at the deadline", async () => {
    const port = await serve((socket) => void socket.pause());
    const seen = await talk(request(port, { send: [Buffer.alloc(64 << 20)], deadlineMs: 200 }));
    expect(seen).toMatchObject({ ok: true, closed_by: "conform" });
  });

  test("more than wanted is counted, not kept", async () => {
    const port = await serve((socket) => {
      socket.write("x".repeat(600));
      socket.write("y".repeat(600), () => void socket.end("z".repeat(100_000)));
    });
    const seen = await talk(request(port));
    expect(seen).toMatchObject({ bytes: 101_200, received: "x".repeat(600) + "y".repeat(400) });
  });

  test("bytes that are no text", async () => {
    const port = await serve((socket) => void socket.end(Buffer.from([0xff, 0x00])));
    expect(await talk(request(port))).toMatchObject({ received_b64: "/wA=", bytes: 2 });
  });

  test("half-closed: the server sees the end and still answers", async () => {
    const port = await serve((socket) => {
      socket.resume().on("end", () => void socket.end("bye"));
    }, true);
    const seen = await talk(request(port, { send: [Buffer.from("hi")], finish: "end" }));
    expect(seen).toMatchObject({ received: "bye", closed_by: "module" });
  });

  test("dropped: the server gets a reset", async () => {
    // Held for a moment: libuv shows data and reset that come together as data and an orderly end.
    const send = [Buffer.from("GET")];
    let code = (_: string | undefined): void => {};
    const reset = new Promise<string | undefined>((resolve) => {
      code = resolve;
    });
    const port = await serve((socket) => {
      socket.resume().on("error", (error: NodeJS.ErrnoException) => code(error.code));
      socket.on("end", () => code(undefined));
    });
    expect(await talk(request(port, { send, holdMs: 50, finish: "reset" }))).toMatchObject({
      ok: true,
      closed_by: "conform",
    });
    expect(await reset).toBe("ECONNRESET");
  });

  test("reset by the module", async () => {
    const port = await serve((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    expect(await talk(request(port, { send: [Buffer.from("hi")] }))).toMatchObject({
      ok: true,
      problem: "ECONNRESET",
      closed_by: "module",
    });
  });

  test("ends with the run", async () => {
    const run = new AbortController();
    const port = await serve(() => run.abort());
    const seen = await talk(request(port, { signal: run.signal, deadlineMs: 60_000, holdMs: 60_000 }));
    expect(seen).toMatchObject({ problem: "interrupted", closed_by: "conform" });
  });
});

describe("verb tcp", () => {
  const world = aWorld({ kind: "command", label: "module", argv: ["true"] });

  test("text in pieces", async () => {
    let pieces = 0;
    const port = await serve((socket) => {
      socket.setNoDelay(true).on("data", () => pieces++ === 2 && socket.end("done"));
    });
    const seen = await verbs.get("tcp")?.run({ port, text: "abcdef", pieces: 3, gap: "30ms" }, world);
    expect(seen).toMatchObject({ ok: true, received: "done" });
  });

  test("goes nowhere but to loopback", async () => {
    for (const host of [
      "example.com",
      "10.0.0.1",
      "127.0.0.1.example.com",
      "localhost",
      "0.0.0.0",
      "::ffff:10.0.0.1",
    ]) {
      await expect(async () => verbs.get("tcp")?.run({ port: 1, host }, world)).rejects.toThrow(
        "not a loopback address",
      );
    }
  });
});
