// Words of a contract: files as an interpreter sees them. What they do: drive/verbs/syntax-check.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const template = z.string().includes("${");

const shape = z.strictObject({
  interpreter: z.enum(["python3", "bash", "node"]),
  files: z.union([z.array(z.string()), template]).describe("paths below the module's folder"),
  within: z.union([z.string(), z.number()]).optional(),
});

/** The observation is {ok: no fault, version, checked, faults: [{file, line, message}]}; `problem` when the interpreter could not be asked. */
export const syntaxCheckWords = says({
  name: "syntax-check",
  about: "Has an interpreter (python3, bash or node) parse files without running them.",
  schema: shape,
  targets: ["folder"],
});
