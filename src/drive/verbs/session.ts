// `session`: a whole short life of a child in one step, for scenarios that need one child per element of a list.
import { ContractError } from "../../base/errors.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import type { sessionWords } from "../../contract/words/session.ts";
import { setHosted } from "./hosting.ts";
import { whole } from "./state.ts";
import type { Verb, World } from "./verb.ts";

type Run = (arg: Json, world: World) => Promise<Observation>;
type SessionWords = ReturnType<typeof sessionWords>;

/** `verbs`: what it may do. */
export function sessionVerb(words: SessionWords, verbs: ReadonlyMap<string, { run: Run }>): Verb<ArgOf<SessionWords>> {
  return {
    ...words,
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
