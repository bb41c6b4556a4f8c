// Verbs over TCP ports and named locks.

import type { ArgOf } from "../../contract/vocabulary.ts";
import { holdPortWords, lockWords, pickPortWords, releasePortWords, unlockWords } from "../../contract/words/ports.ts";
import { type HeldPort, holdPort, lock, pickPort } from "../../drivers/ports/ports.ts";
import { state } from "./state.ts";
import type { Verb } from "./verb.ts";

export const pickPortVerb: Verb<ArgOf<typeof pickPortWords>> = {
  ...pickPortWords,
  async run(arg, world) {
    const chance = (): number => Number.parseInt(world.random(8), 16) / 2 ** 32;
    const picked = await pickPort({
      from: arg.from,
      to: arg.to,
      order: arg.order ?? "random",
      reserve: arg.reserve ?? true,
      ...(arg.wait === undefined ? {} : { waitMs: world.deadline(arg.wait, "30s"), signal: world.signal }),
      ...(world.ownPort === undefined ? {} : { own: world.ownPort }),
      chance,
    });
    if (picked === undefined) return { ok: false, problem: `no free port from ${arg.from} to ${arg.to}` };
    world.onEnd(picked.release);
    return { ok: true, port: picked.port, from: arg.from, to: arg.to };
  },
};

const held = state(() => new Map<number, HeldPort>());

export const holdPortVerb: Verb<ArgOf<typeof holdPortWords>> = {
  ...holdPortWords,
  async run(arg, world) {
    const one = await holdPort(arg.port);
    if (one === undefined) return { ok: false, port: arg.port, problem: "it cannot be bound" };
    held(world).set(arg.port, one);
    world.onEnd(() => one.release());
    return { ok: true, port: arg.port };
  },
};

export const releasePortVerb: Verb<ArgOf<typeof releasePortWords>> = {
  ...releasePortWords,
  async run(arg, world) {
    const one = held(world).get(arg.port);
    if (one === undefined) return { ok: false, port: arg.port, problem: "it is not held" };
    await one.release();
    return { ok: true, port: arg.port, connections: one.connections };
  },
};

const locks = state(() => new Map<string, () => void>());

export const lockVerb: Verb<ArgOf<typeof lockWords>> = {
  ...lockWords,
  async run(arg, world) {
    const release = await lock(arg.name, world.deadline(arg.within, "60s"), world.signal);
    if (release === undefined) return { ok: false, problem: "another run holds it" };
    locks(world).set(arg.name, release);
    world.onEnd(release);
    return { ok: true };
  },
};

export const unlockVerb: Verb<ArgOf<typeof unlockWords>> = {
  ...unlockWords,
  run(arg, world) {
    locks(world).get(arg.name)?.();
    return Promise.resolve({ ok: true });
  },
};
