// `require`: a gate. The scenario goes on only when the condition holds.

import type { ArgOf } from "../../contract/vocabulary.ts";
import { requireWords } from "../../contract/words/require.ts";
import type { Verb } from "./verb.ts";

export const requireVerb: Verb<ArgOf<typeof requireWords>> = {
  ...requireWords,
  raw: true,
  run: (arg, world, extra) => Promise.resolve({ ok: world.evaluate(arg.holds, extra) === true }),
};
