// `note`: a remark of the contract for the report, about something that is no failure.
import * as z from "zod";
import { number } from "./fields.ts";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({
  say: z.string().describe("one sentence for the report"),
  disturbs: z
    .union([z.literal(true), number])
    .optional()
    .describe(
      "instances of this module disturb each other, by taking this port whatever they are told or otherwise: they are started one at a time from here on",
    ),
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
