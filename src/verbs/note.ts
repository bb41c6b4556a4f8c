// `note`: a remark of the contract for the report, about something that is no failure.
import * as z from "zod";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({ say: z.string().describe("one sentence for the report") });

/** The observation is {ok: true, text}. */
export const note: Verb<z.infer<typeof shape>> = {
  name: "note",
  about: "Puts a remark into the report; give it an `if`.",
  schema: shape,
  primary: "say",
  targets: ["command", "folder", "url"],
  run: ({ say }) => Promise.resolve({ ok: true, text: say }),
};
