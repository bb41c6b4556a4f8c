// Named locks that all conform processes of this machine share. The system frees them when their holder ends, however it ends.
import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A lock that is held. */
export interface LockClaim {
  /** Gives it back; more than once does nothing. */
  release(): void;
}

/** The lock, if nobody has it. */
export async function tryClaim(name: string): Promise<LockClaim | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket.unref());
    socket.on("error", () => {}).on("close", () => waiting.delete(socket));
  });
  if (!(await listens(server, placeOf(name)))) return undefined;
  server.unref();
  return {
    release() {
      server.close();
      for (const socket of waiting) socket.destroy(); // They learn by this that it is free.
    },
  };
}

/** Waits for the lock; undefined when `signal` aborts first. Nobody is served in order. */
export async function claim(name: string, signal: AbortSignal): Promise<LockClaim | undefined> {
  while (!signal.aborted) {
    const held = await tryClaim(name);
    if (held !== undefined) return held;
    await holderGone(placeOf(name), signal);
  }
  return undefined;
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(path, () => resolve(true));
  });
}

/** Resolves when whoever listens there stops. A socket file that nobody listens on is a dead holder's and is removed. */
function holderGone(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const giveUp = (): void => void socket.destroy();
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    let refused = false;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      refused = error.code === "ECONNREFUSED";
    });
    socket.on("close", () => {
      signal.removeEventListener("abort", giveUp);
      if (!refused) return resolve();
      if (!path.startsWith("\0")) rmSync(path, { force: true });
      setTimeout(resolve, 20); // Gone between our two calls, or about to be.
    });
  });
}

/** Linux: an abstract socket name, in the network's namespace like the ports that are locked by it. */
function placeOf(name: string): string {
  const word = `conform-${name.replace(/[^\w.-]/g, "_").slice(0, 80)}`;
  if (process.platform === "linux") return `\0${word}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${word}` : join(tmpdir(), `${word}.sock`);
}
