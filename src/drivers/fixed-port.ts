// Modules that listen on one port only: who may start one now, on this machine. And free ports for all others.
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const taken = new Set<number>();

/** A free port below the range that outgoing connections use, given once per run of conform. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (taken.has(port) || !(await canListen(port))) continue;
    taken.add(port);
    return port;
  }
  throw new Error("no free port between 20000 and 32000");
}

/** Can a module listen here, on all addresses? */
export async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: "0.0.0.0", exclusive: true });
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The right to start a module on a fixed port. */
export interface Turn {
  /** Gives it back; more than once does nothing. */
  end(): void;
}

const queues = new Map<number, Promise<void>>();

/** Waits until no other scenario of this and no other conform on this machine has the port. Undefined when aborted. */
export async function takeTurn(port: number, signal: AbortSignal): Promise<Turn | undefined> {
  const before = queues.get(port) ?? Promise.resolve();
  let free = () => {};
  const mine = new Promise<void>((resolve) => {
    free = resolve;
  });
  queues.set(
    port,
    before.then(() => mine),
  );
  await Promise.race([before, aborted(signal)]);
  const lock = signal.aborted ? undefined : await lockMachine(port, signal);
  if (lock === undefined) {
    free();
    return undefined;
  }
  let ended = false;
  return {
    end() {
      if (ended) return;
      ended = true;
      lock.close(free);
    },
  };
}

/** A listening local socket: the system frees it when its process ends, however that ends. */
async function lockMachine(port: number, signal: AbortSignal): Promise<{ close(done: () => void): void } | undefined> {
  const path = lockPath(port);
  while (!signal.aborted) {
    const waiting = new Set<import("node:net").Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => {}).on("close", () => waiting.delete(socket));
    });
    if (await listens(server, path)) {
      server.unref();
      const close = (done: () => void) => {
        server.close(() => done());
        for (const socket of waiting) socket.destroy();
      };
      return { close };
    }
    await holderGone(path, signal);
  }
  return undefined;
}

async function listens(server: Server, path: string): Promise<boolean> {
  try {
    server.listen(path);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  }
}

/** Resolves when whoever listens there stops. A socket file that nobody listens on is a dead holder's and is removed. */
async function holderGone(path: string, signal: AbortSignal): Promise<void> {
  const socket = connect(path);
  let refused = false;
  const closed = new Promise<void>((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => {
      refused = error.code === "ECONNREFUSED";
    });
    socket.on("close", () => resolve());
  });
  await Promise.race([closed, aborted(signal)]);
  socket.destroy();
  if (refused && !path.startsWith("\0")) rmSync(path, { force: true });
  if (refused) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Linux: an abstract name, gone with its process. */
function lockPath(port: number): string {
  const name = `conform-port-${port}`;
  if (process.platform === "linux") return `\0${name}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
