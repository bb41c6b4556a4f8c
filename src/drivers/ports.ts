// TCP ports of this machine: picked, reserved across conform processes, held, released; and named locks made the same way.
import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PickOptions {
  from: number;
  to: number;
  /** `ascending`: the first free one; `random`: any free one. */
  order: "ascending" | "random";
  /** Keep other conform processes from picking it too. */
  reserve: boolean;
  /** Number from 0 (included) to 1 (excluded). */
  chance(): number;
}

const folder = join(tmpdir(), "conform-locks");

/** A port that can be bound on 127.0.0.1 and on all addresses; undefined when the range is full. */
export async function pickPort(options: PickOptions): Promise<{ port: number; release(): void } | undefined> {
  const count = options.to - options.from + 1;
  const start = options.order === "random" ? Math.floor(options.chance() * count) : 0;
  for (let i = 0; i < count; i++) {
    const port = options.from + ((start + i) % count);
    const release = options.reserve ? claim(`port-${port}`) : () => {};
    if (release === undefined) continue;
    if (await isPortFree(port)) return { port, release };
    release();
  }
  return undefined;
}

/** Can the port be bound, on the loopback address and on all? */
export async function isPortFree(port: number): Promise<boolean> {
  return (await binds(port, "127.0.0.1")) && (await binds(port, "0.0.0.0"));
}

async function binds(port: number, host: string): Promise<boolean> {
  const server = await listen(port, host, () => {});
  if (server === undefined) return false;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return true;
}

function listen(port: number, host: string, onSocket: (socket: Socket) => void): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer(onSocket);
    server.once("error", () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** A listener that accepts and never answers. */
export interface HeldPort {
  readonly connections: number;
  release(): Promise<void>;
}

/** Undefined when the port cannot be bound. */
export async function holdPort(port: number): Promise<HeldPort | undefined> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = await listen(port, "127.0.0.1", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  if (server === undefined) return undefined;
  return {
    get connections() {
      return connections;
    },
    release: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Waits for a lock that all conform processes of this user share. Undefined when it does not come in time. */
export async function lock(name: string, deadlineMs: number, signal: AbortSignal): Promise<(() => void) | undefined> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const release = claim(`lock-${name}`);
    if (release !== undefined) return release;
    if (performance.now() >= end || signal.aborted) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 20));
  }
}

/** A claim file with our process id; one of a process that is gone is taken over. Undefined when it is somebody's. */
function claim(name: string): (() => void) | undefined {
  const path = join(folder, name.replace(/[^\w.-]/g, "_"));
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => drop(path);
    } catch {
      if (!abandoned(path)) return undefined;
      takeAway(path);
    }
  }
  return undefined;
}

function abandoned(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** A rename is atomic: of two that see the same abandoned file only one moves it. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    unlinkSync(aside);
  } catch {
    // The other one was faster.
  }
}

function drop(path: string): void {
  try {
    if (readFileSync(path, "utf8") === String(process.pid)) unlinkSync(path);
  } catch {
    // Gone already.
  }
}
