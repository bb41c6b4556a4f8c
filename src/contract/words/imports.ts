// Words of a contract: what the module's sources import. What they do: drive/verbs/imports.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const shape = z.strictObject({
  entries: z.array(z.string()).describe("globs of files to begin with"),
  siblings: z
    .array(z.string())
    .optional()
    .describe("regular expressions over specifiers; their first group names another module"),
  project: z.string().nullable().optional().describe("as for `host`"),
  aliases: z.record(z.string(), z.array(z.string())).optional().describe("as for `host`"),
  provided: z.array(z.string()).optional().describe("paths outside the folder, seen from it, that hosting provides"),
});

/** The observation is {ok, imports: [{file, specifier, how, line, column, leads, to, found}], cycles, problems}. */
export const importsWords = says({
  name: "imports",
  about: "Lists the imports of the module's sources, without those of types only, and where each leads.",
  schema: shape,
  targets: ["folder"],
  primary: "entries",
});
