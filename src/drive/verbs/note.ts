// `note`: a remark of the contract for the report, about something that is no failure.

import type { ArgOf } from "../../contract/vocabulary.ts";
import { noteWords } from "../../contract/words/note.ts";
import type { Verb } from "./verb.ts";

export const noteVerb: Verb<ArgOf<typeof noteWords>> = {
  ...noteWords,
  run: ({ say, ...more }) => Promise.resolve({ ok: true, text: say, ...more }),
};
