// TCP ports of this machine: picked, reserved across conform processes, held, released; and named locks made the same way.
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { listeners } from "../process/proc-fs.ts";
import { claim, tryClaim } from "./machine-lock.ts";

export interface PickOptions {
  from: number;
  to: number;
  /** `ascending`: the first free one; `random`: any free one. */
  order: "ascending" | "random";
  /** Keep other conform processes from picking it too. */
  reserve: boolean;
  /** A port that is reserved for the caller already. */
  own?: number;
  /** How long to wait in all for free ports that others have reserved; default not at all. */
  waitMs?: number;
  signal?: AbortSignal;
  /** Number from 0 (included) to 1 (excluded). */
  chance(): number;
}

/** A port that can be bound on all addresses; undefined when the range is full. */
export async function pickPort(options: PickOptions): Promise<{ port: number; release(): void } | undefined> {
  const count = options.to - options.from + 1;
  const start = options.order === "random" ? Math.floor(options.chance() * count) : 0;
  const until = performance.now() + (options.waitMs ?? 0);
  for (let i = 0; i < count; i++) {
    const port = options.from + ((start + i) % count);
    const release = await reserve(port, options, until);
    if (release === undefined) continue;
    if (await isPortFree(port)) return { port, release };
    release();
  }
  return undefined;
}

/** Below the range that outgoing connections use. */
const quiet = { from: 20_000, to: 31_999 };
const given = new Set<number>();

/** A free port for a module that is told one, given once per run of conform. Throws where there is none. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const picked = await pickPort({ ...quiet, order: "random", reserve: false, chance: Math.random });
    if (picked === undefined) break;
    if (given.has(picked.port)) continue;
    given.add(picked.port);
    return picked.port;
  }
  throw new Error(`no free port from ${quiet.from} to ${quiet.to}`);
}

/** Undefined when others have the port reserved, and keep it until the time is up if the caller waits. */
async function reserve(port: number, options: PickOptions, until: number): Promise<(() => void) | undefined> {
  if (!options.reserve || port === options.own) return () => {};
  const claimed = await tryClaim(`port-${port}`);
  const leftMs = until - performance.now();
  if (claimed !== undefined || leftMs <= 0 || !(await isPortFree(port))) return claimed?.release;
  return waitFor(`port-${port}`, leftMs, options.signal);
}

/** Can the port be bound, on the loopback address and on all, and does nobody have it on IPv6 either? */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "0.0.0.0", "::"]) {
    const server = await listen({ port, host, ipv6Only: host === "::" });
    // No IPv6 here: nobody can have the port there.
    if (typeof server === "string" && !(host === "::" && /^(EAFNOSUPPORT|EADDRNOTAVAIL|EINVAL)$/.test(server)))
      return false;
    if (typeof server !== "string") await new Promise<void>((resolve) => server.close(() => resolve()));
  }
  return true;
}

/** Ports of the range that somebody listens on, on any address; where sockets cannot be read, those that cannot be bound. */
export async function takenPorts(from: number, to: number): Promise<number[]> {
  const known = listeners(undefined)?.map(({ port }) => port);
  const range = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  if (known !== undefined) return range.filter((port) => known.includes(port));
  const taken: number[] = [];
  for (const port of range) if (!(await isPortFree(port))) taken.push(port);
  return taken;
}

/** The server, or the name of the error. */
function listen(options: ListenOptions, onSocket: (socket: Socket) => void = () => {}): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer(onSocket);
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ ...options, exclusive: true }, () => resolve(server));
  });
}

/** A listener that accepts and never answers. */
export interface HeldPort {
  readonly connections: number;
  release(): Promise<void>;
}

/** On both loopback addresses, so that a module that takes one of them or all finds it taken. Undefined when 127.0.0.1 cannot be bound. */
export async function holdPort(port: number): Promise<HeldPort | undefined> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const onSocket = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  };
  const server = await listen({ port, host: "127.0.0.1" }, onSocket);
  if (typeof server === "string") return undefined;
  // Where there is no IPv6, or somebody has the port there, it needs no holding.
  const second = await listen({ port, host: "::1", ipv6Only: true }, onSocket);
  const servers = typeof second === "string" ? [server] : [server, second];
  return {
    get connections() {
      return connections;
    },
    async release() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
    },
  };
}

/** Waits for a lock that all conform processes of this machine share. Undefined when it does not come in time. */
export function lock(name: string, deadlineMs: number, signal: AbortSignal): Promise<(() => void) | undefined> {
  return waitFor(`lock-${name}`, deadlineMs, signal);
}

async function waitFor(claimName: string, ms: number, signal?: AbortSignal): Promise<(() => void) | undefined> {
  // Not AbortSignal.any of AbortSignal.timeout: Node lets the garbage collector take that timeout.
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  const timer = setTimeout(stop, ms);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    return (await claim(claimName, waiting.signal))?.release;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
