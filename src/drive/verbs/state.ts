// What verbs of one family keep between the steps of a scenario; it goes with the scenario.
import type { World } from "./verb.ts";

/** State of a scenario, made when first asked for. A `session` has its own; what `whole(world)` keeps, it shares with its scenario. */
export function state<T>(make: (world: World) => T): (world: World) => T {
  const known = new WeakMap<World, { value: T }>();
  return (world) => {
    const kept = known.get(world) ?? { value: make(world) };
    known.set(world, kept);
    return kept.value;
  };
}

/** The scenario's own world, also within a session. */
export const whole = (world: World): World => world.outer ?? world;

const tokens = state((world) => world.random(32));

/** By which all processes of the scenario, and what escapes from them, are known. */
export const tokenOf = (world: World): string => tokens(whole(world));
