// Verbs that look at the machine's sockets: what a process listens on, and whether a port has become free.

import * as z from "zod";
import { within } from "../../base/deadline.ts";
import { isPortFree, takenPorts } from "../../drivers/ports/ports.ts";
import { duration, number, procName } from "./fields.ts";
import { processOf } from "./process.ts";
import type { Verb } from "./verb.ts";

const watchShape = z.strictObject({ for: duration, of: procName });

/** The observation is {ok: true, ports, waited_ms}; it ends with the process. */
export const watchListeners: Verb<z.infer<typeof watchShape>> = {
  name: "watch-listeners",
  about: "Watches for a time, or until the process ends, which TCP ports the process listens on.",
  schema: watchShape,
  primary: "for",
  targets: ["command", "folder"],
  lasts: (arg) => arg.for,
  async run(arg, world) {
    const running = processOf(world, arg.of);
    const end = world.now() + world.deadline(arg.for, "5s") / 1000;
    const from = world.now();
    const ports = new Set<number>();
    for (;;) {
      for (const { port } of running.listening() ?? []) ports.add(port);
      if (running.exit !== undefined || world.now() >= end || world.signal.aborted) break;
      await within(running.exited, 25);
    }
    return { ok: true, ports: [...ports].sort((a, b) => a - b), waited_ms: Math.round((world.now() - from) * 1000) };
  },
};

const freeShape = z.strictObject({
  port: number,
  within: duration.optional(),
  of: procName.describe("a process that has ended: a port that somebody else has taken since then counts as free"),
});

/** The observation is {ok: it became free, port, waited_ms}, and `left`: names of processes that the ended one left behind, where there are any. */
export const awaitFreePort: Verb<z.infer<typeof freeShape>> = {
  name: "await-free-port",
  about: "Waits until a port of the loopback address can be bound again.",
  schema: freeShape,
  primary: "port",
  targets: ["command", "folder"],
  async run(arg, world) {
    const from = world.now();
    const end = from + world.deadline(arg.within, "2s") / 1000;
    const ended = arg.of === undefined ? undefined : processOf(world, arg.of);
    const isFree = async (): Promise<boolean> =>
      (await isPortFree(arg.port)) ||
      (ended?.owns(arg.port) === false && (await takenPorts(arg.port, arg.port)).length > 0);
    let free = await isFree();
    while (!free && world.now() < end && !world.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      free = await isFree();
    }
    const left = free ? [] : [...new Set(ended?.survivors().map(({ name }) => name))];
    return {
      ok: free,
      port: arg.port,
      ...(left.length > 0 ? { left } : {}),
      waited_ms: Math.round((world.now() - from) * 1000),
    };
  },
};

const takenShape = z.strictObject({ from: number, to: number });

/** The observation is {ok: true, taken: [port, ...]}. */
export const takenPortsVerb: Verb<z.infer<typeof takenShape>> = {
  name: "taken-ports",
  about: "Tells which TCP ports of a range somebody listens on.",
  schema: takenShape,
  targets: ["command", "folder"],
  run: async ({ from, to }) => ({ ok: true, taken: await takenPorts(from, to) }),
};
