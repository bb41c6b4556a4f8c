// Words of a contract: a remark for the report. What they do: drive/verbs/note.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { number } from "./fields.ts";

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
export const noteWords = says({
  name: "note",
  about: "Puts a remark into the report; give it an `if`.",
  schema: shape,
  primary: "say",
  targets: ["command", "folder", "url"],
  sees: "text: string, disturbs: dyn",
});
