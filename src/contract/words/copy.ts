// Words of a contract: working on a copy of the module's folder. What they do: drive/verbs/copy.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const copyArg = z.strictObject({ as: z.string().optional() });

export const copyWords = says({
  name: "copy",
  about: "Copies the module's folder; this scenario's processes start in the copy, and `write` writes there.",
  schema: copyArg,
  primary: "as",
  targets: ["command", "folder"],
});

const writeArg = z.strictObject({ file: z.string(), text: z.string().nullable().describe("null removes the file") });

export const writeWords = says({
  name: "write",
  about: "Writes a file into (or removes one from) the copy of the module's folder; needs a `copy` step before it.",
  schema: writeArg,
  targets: ["command", "folder"],
});
