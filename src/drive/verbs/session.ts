// `session`: a whole short life of a child in one step, for scenarios that need one child per element of a list.
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import type { Json, Observation } from "../../base/types.ts";
import { json } from "../../contract/shape.ts";
import { setHosted } from "./hosting.ts";
import { whole } from "./state.ts";
import type { Verb, World } from "./verb.ts";

const shape = z.strictObject({
  of: json.optional().describe("kept in the observation, to know which element this was"),
  steps: z
    .array(z.record(z.string(), z.record(z.string(), json)))
    .min(1)
    .describe("as in a scenario, with `optional: true` where a step may fail"),
});
type Shape = z.infer<typeof shape>;
type Run = (arg: Json, world: World) => Promise<Observation>;

/** The observation is {ok, of, <step>: its observation}; steps after one that failed are absent. */
export function sessionVerb(
  verbs: ReadonlyMap<string, { schema: z.ZodType; run: Run; lastsMs(arg: Json): number }>,
): Verb<Shape> {
  return {
    name: "session",
    about: "Does several steps with a child of their own, and ends it.",
    schema: shape,
    targets: ["folder"],
    lasts: ({ steps }) =>
      steps
        .flatMap((step) => Object.values(step).flatMap((body) => Object.entries(body)))
        .reduce((sum, [verb, arg]) => sum + (verbs.get(verb)?.lastsMs(arg) ?? 0), 0),
    async run(arg, world) {
      const seen: Record<string, Json> = {};
      let ok = true;
      const inner = innerWorld(world);
      try {
        for (const [name, body] of arg.steps.flatMap((step) => Object.entries(step))) {
          const { optional, ...rest } = body;
          const [verb, given, ...more] = Object.entries(rest).flat();
          const known = verbs.get(String(verb));
          if (known === undefined || more.length > 0)
            throw new ContractError(`session: step "${name}" has no known verb`);
          const observation = await known.run(given as Json, inner.world);
          seen[name] = JSON.parse(JSON.stringify(observation)) as Json;
          if (observation.ok || optional === true) continue;
          ok = false;
          break;
        }
      } finally {
        await inner.close();
      }
      return { ok, of: arg.of ?? null, ...seen };
    },
  };
}

/** The scenario's world with a child and clean-ups of its own. */
function innerWorld(world: World): { world: World; close(): Promise<void> } {
  const cleanups: (() => Promise<void> | void)[] = [];
  const inner: World = { ...world, outer: whole(world), onEnd: (cleanup) => void cleanups.push(cleanup) };
  return {
    world: inner,
    async close() {
      for (const cleanup of cleanups.reverse()) await cleanup();
      setHosted(inner, undefined);
    },
  };
}
