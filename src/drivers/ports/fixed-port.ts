// Modules that listen on one port only: who may start one now, on this machine.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { claim, type LockClaim, tryClaim } from "./machine-lock.ts";

/** Can a module listen here, on all addresses of IPv4? Whoever has the port on IPv6 alone (see `isPortFree`) does not hinder it. */
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

/** Does anybody accept connections on this loopback port? Much cheaper than asking /proc, whose tables can be long. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const done = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

/** The right to start a module on a fixed port. */
export interface PortTurn {
  /** Gives it back; more than once does nothing. */
  end(): void;
}

const queues = new Map<number, Promise<void>>();
/** Scenarios of this run that have a port or wait for it. */
const wanted = new Map<number, number>();

/** Waits until no other scenario of this and no other conform on this machine has the port. Undefined when aborted. */
export async function takeTurn(port: number, signal: AbortSignal): Promise<PortTurn | undefined> {
  const before = queues.get(port) ?? Promise.resolve();
  const free = queue(port, before);
  await Promise.race([before, aborted(signal)]);
  return turnOf(signal.aborted ? undefined : await claim(`port-${port}`, signal), free);
}

/** The turn, if nobody has it or waits for it. */
export async function tryTurn(port: number): Promise<PortTurn | undefined> {
  if ((wanted.get(port) ?? 0) > 0) return undefined;
  const free = queue(port, queues.get(port) ?? Promise.resolve());
  return turnOf(await tryClaim(`port-${port}`), free);
}

/** Stands in the queue behind `before`; the answer leaves it. */
function queue(port: number, before: Promise<void>): () => void {
  let free = () => {};
  const mine = new Promise<void>((resolve) => {
    free = resolve;
  });
  wanted.set(port, (wanted.get(port) ?? 0) + 1);
  queues.set(
    port,
    before.then(() => mine),
  );
  return () => {
    wanted.set(port, (wanted.get(port) ?? 1) - 1);
    free();
  };
}

function turnOf(lock: LockClaim | undefined, free: () => void): PortTurn | undefined {
  if (lock === undefined) {
    free();
    return undefined;
  }
  let ended = false;
  return {
    end() {
      if (ended) return;
      ended = true;
      lock.release();
      free();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
