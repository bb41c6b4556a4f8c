// Verbs over TCP ports and named locks.
import * as z from "zod";
import { type HeldPort, holdPort, lock, pickPort } from "../../drivers/ports/ports.ts";
import { duration, number } from "./fields.ts";
import { state } from "./state.ts";
import type { Verb } from "./verb.ts";

const pickShape = z.strictObject({
  from: number,
  to: number,
  order: z.enum(["ascending", "random"]).optional().describe("default random"),
  wait: duration
    .optional()
    .describe(
      "so long for a free port that another run keeps, instead of passing it over: the module itself would take it",
    ),
  reserve: z.boolean().optional().describe("keep it from other runs of conform; default true"),
});

/** The observation is {ok, port, from, to}. */
export const pickPortVerb: Verb<z.infer<typeof pickShape>> = {
  name: "pick-port",
  about: "Picks a free TCP port of a range and keeps it from other runs until the scenario ends.",
  schema: pickShape,
  targets: ["command", "folder"],
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

const holdShape = z.strictObject({ port: number });

const held = state(() => new Map<number, HeldPort>());

/** The observation is {ok, port}. */
export const holdPortVerb: Verb<z.infer<typeof holdShape>> = {
  name: "hold-port",
  about: "Listens on a port itself, accepts and never answers, until release-port or the scenario's end.",
  schema: holdShape,
  primary: "port",
  targets: ["command", "folder"],
  async run(arg, world) {
    const one = await holdPort(arg.port);
    if (one === undefined) return { ok: false, port: arg.port, problem: "it cannot be bound" };
    held(world).set(arg.port, one);
    world.onEnd(() => one.release());
    return { ok: true, port: arg.port };
  },
};

/** The observation is {ok, port, connections}. */
export const releasePortVerb: Verb<z.infer<typeof holdShape>> = {
  name: "release-port",
  about: "Gives up a held port and tells how many connections came.",
  schema: holdShape,
  primary: "port",
  targets: ["command", "folder"],
  async run(arg, world) {
    const one = held(world).get(arg.port);
    if (one === undefined) return { ok: false, port: arg.port, problem: "it is not held" };
    await one.release();
    return { ok: true, port: arg.port, connections: one.connections };
  },
};

const lockShape = z.strictObject({ name: z.string(), within: duration.optional() });

const locks = state(() => new Map<string, () => void>());

export const lockVerb: Verb<z.infer<typeof lockShape>> = {
  name: "lock",
  about: "Waits for a lock that all runs of conform on this machine share; held until unlock or the scenario's end.",
  schema: lockShape,
  primary: "name",
  targets: ["command", "folder"],
  async run(arg, world) {
    const release = await lock(arg.name, world.deadline(arg.within, "60s"), world.signal);
    if (release === undefined) return { ok: false, problem: "another run holds it" };
    locks(world).set(arg.name, release);
    world.onEnd(release);
    return { ok: true };
  },
};

export const unlockVerb: Verb<z.infer<typeof lockShape>> = {
  name: "unlock",
  about: "Gives up a lock.",
  schema: lockShape,
  primary: "name",
  targets: ["command", "folder"],
  run(arg, world) {
    locks(world).get(arg.name)?.();
    return Promise.resolve({ ok: true });
  },
};
