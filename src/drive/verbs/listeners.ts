// Verbs that look at the machine's sockets: what a process listens on, and whether a port has become free.
import { within } from "../../base/deadline.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { awaitFreePortWords, takenPortsWords, watchListenersWords } from "../../contract/words/listeners.ts";
import { isPortFree, takenPorts } from "../../drivers/ports/ports.ts";
import { processOf } from "./process.ts";
import type { Verb } from "./verb.ts";

/** Who listens for less than this may do so between two looks. */
const blindMsMax = 500;

export const watchListeners: Verb<ArgOf<typeof watchListenersWords>> = {
  ...watchListenersWords,
  async run(arg, world) {
    const running = processOf(world, arg.of);
    const end = world.now() + world.deadline(arg.for, "5s") / 1000;
    const from = world.now();
    const ports = new Set<number>();
    let looked = from;
    let blind = 0;
    for (;;) {
      blind = Math.max(blind, world.now() - looked);
      looked = world.now();
      for (const { port } of running.listening() ?? []) ports.add(port);
      if (running.exit !== undefined || world.now() >= end || world.signal.aborted) break;
      await within(running.exited, 25);
    }
    // A second look is as patient with conform as with the module.
    const isBlind = ports.size === 0 && blind * 1000 >= Math.max(blindMsMax, world.deadline(blindMsMax, blindMsMax));
    return {
      ok: !isBlind,
      ...(isBlind ? { blind: true } : {}),
      ports: [...ports].sort((a, b) => a - b),
      waited_ms: Math.round((world.now() - from) * 1000),
      blind_ms: Math.round(blind * 1000),
    };
  },
};

export const awaitFreePort: Verb<ArgOf<typeof awaitFreePortWords>> = {
  ...awaitFreePortWords,
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

export const takenPortsVerb: Verb<ArgOf<typeof takenPortsWords>> = {
  ...takenPortsWords,
  run: async ({ from, to }) => ({ ok: true, taken: await takenPorts(from, to) }),
};
