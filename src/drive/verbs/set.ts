// `set`: names a value computed from earlier observations.

import type { ArgOf } from "../../contract/vocabulary.ts";
import { setWords } from "../../contract/words/set.ts";
import type { Verb } from "./verb.ts";

export const set: Verb<ArgOf<typeof setWords>> = {
  ...setWords,
  run: (arg) => Promise.resolve({ ok: true, value: arg.value }),
};
