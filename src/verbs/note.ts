// `note`: a remark of the contract for the report, about something that is no failure.
import * as z from "zod";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({
  say: z.string().describe("one sentence for the report"),
  disturbs: z
    .literal(true)
    .optional()
    .describe("scenarios of this module disturb each other: what fails is looked at once more, one at a time"),
});

/** The observation is {ok: true, text, disturbs}. */
export const note: Verb<z.infer<typeof shape>> = {
  name: "note",
  about: "Puts a remark into the report; give it an `if`.",
  schema: shape,
  primary: "say",
  targets: ["command", "folder", "url"],
  run: ({ say, ...more }) => Promise.resolve({ ok: true, text: say, ...more }),
};
