// Words of a contract: looking into the module's folder. What they do: drive/verbs/files.ts.
import * as z from "zod";
import { skippedFolders } from "../../base/glob.ts";
import { says } from "../vocabulary.ts";

const template = z.string().includes("${");

const number = z.union([z.number().int().positive(), template]);

const globs = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const where = z
  .enum(["module", "scenario"])
  .optional()
  .describe("the module's folder (default) or the scenario's own, where its processes may write");

const readArg = z.strictObject({
  file: z.string().min(1).describe("path below the folder"),
  format: z.enum(["auto", "json", "yaml", "toml", "text"]).optional().describe("default: what the name's ending says"),
  optional: z.boolean().optional().describe("ok even when the file is not there"),
  text: z.boolean().optional().describe("give the text beside the data"),
  documents: z.boolean().optional().describe("YAML: any number of documents, as `documents`"),
  merge: z.boolean().optional().describe("YAML: `<<` merges, as in YAML 1.1"),
  kubectl: z.boolean().optional().describe("YAML: words mean what kubectl takes them for, such as `yes` and `017500`"),
  "max-bytes": number.optional(),
  in: where,
});

const listFields = {
  skip: z
    .array(z.string())
    .optional()
    .describe(`folders not entered; default ${skippedFolders.join(", ")}`),
  "max-entries": number.optional().describe("default 10000"),
  "max-depth": number.optional().describe("default 16"),
  in: where,
};

const listArg = z.strictObject({ glob: globs.optional().describe("default **; `!` excludes"), ...listFields });

const grepArg = z.strictObject({
  pattern: z.string().min(1).describe("JavaScript regular expression, tried on each line"),
  flags: z
    .string()
    .regex(/^[ius]*$/, "must be of the letters i, u, s")
    .optional(),
  glob: globs.optional(),
  max: number.optional().describe("matches; default 1000"),
  ...listFields,
});

export const readWords = says({
  name: "read",
  about: "Reads a file of the module's folder: its data, text, size and hash, and where each value stands.",
  schema: readArg,
  targets: ["folder"],
  primary: "file",
});

export const listWords = says({
  name: "list",
  about: "Lists what lies in the module's folder, following no links.",
  schema: listArg,
  targets: ["folder"],
  primary: "glob",
});

export const grepWords = says({
  name: "grep",
  about: "Finds the lines of text files in the module's folder that match a regular expression.",
  schema: grepArg,
  targets: ["folder"],
  primary: "pattern",
});
