// Words of a contract: reading text as a document. What they do: drive/verbs/parse.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const shape = z.strictObject({ text: z.string() });

/** The observation is {ok, format, data, text, salvaged} or {ok: false, problem, text}. `salvaged`: lines before the document were left out. */
export const parseWords = says({
  name: "parse",
  about: "Reads text as one JSON or TOML document; lines before it are left out and the observation says so.",
  schema: shape,
  primary: "text",
  targets: ["command", "folder", "url"],
  sees: "format: string, data: dyn, text: string, salvaged: dyn",
});
