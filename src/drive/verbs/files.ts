// Verbs that look into the module's folder: `read` a document, `list` what is there, `grep` text files.
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import type { Observation } from "../../base/types.ts";
import { readDocument } from "../../drivers/files/files.ts";
import { type FolderLimit, grepFolder, listFolder, skippedFolders } from "../../drivers/files/folders.ts";
import type { Verb, World } from "./verb.ts";

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

/** For one file; then the pattern is stopped. */
const patternMs = 1000;

export const readVerb: Verb<z.infer<typeof readArg>> = {
  name: "read",
  about: "Reads a file of the module's folder: its data, text, size and hash, and where each value stands.",
  schema: readArg,
  targets: ["folder"],
  primary: "file",
  run: async (arg, world) => {
    const root = await rootOf(arg.in, world);
    const bytesMax = Number(arg["max-bytes"] ?? world.limits.fileBytesMax);
    const { format, text, documents, merge, kubectl } = arg;
    const read = await readDocument(root, arg.file, {
      bytesMax,
      ...(format === undefined ? {} : { format }),
      ...(text === undefined ? {} : { text }),
      ...(documents === undefined ? {} : { documents }),
      ...(merge === undefined ? {} : { merge }),
      ...(kubectl === undefined ? {} : { kubectl }),
    });
    if (read.problem?.kind === "too-large") {
      world.record("limit", { limit: "fileBytesMax", bound: bytesMax, seen: read.bytes ?? 0, file: arg.file });
    }
    const missing = arg.optional === true && read.kind === "absent";
    return missing ? { ok: true, exists: false, file: read.file, kind: read.kind, format: read.format } : read;
  },
};

export const listVerb: Verb<z.infer<typeof listArg>> = {
  name: "list",
  about: "Lists what lies in the module's folder, following no links.",
  schema: listArg,
  targets: ["folder"],
  primary: "glob",
  run: async (arg, world) => {
    const list = await listFolder(await rootOf(arg.in, world), listOptions(arg));
    return limited(list, world);
  },
};

export const grepVerb: Verb<z.infer<typeof grepArg>> = {
  name: "grep",
  about: "Finds the lines of text files in the module's folder that match a regular expression.",
  schema: grepArg,
  targets: ["folder"],
  primary: "pattern",
  run: async (arg, world) => {
    const options = {
      ...listOptions(arg),
      pattern: arg.pattern,
      flags: arg.flags ?? "",
      matchesMax: Number(arg.max ?? 1000),
      bytesMax: world.limits.fileBytesMax,
      patternMs,
    };
    try {
      return limited(await grepFolder(await rootOf(arg.in, world), options), world);
    } catch (error) {
      if (error instanceof SyntaxError) throw new ContractError(error.message);
      throw error;
    }
  },
};

function listOptions(arg: z.infer<typeof listArg>) {
  return {
    globs: typeof arg.glob === "string" ? [arg.glob] : (arg.glob ?? ["**"]),
    skip: arg.skip ?? skippedFolders,
    entriesMax: Number(arg["max-entries"] ?? 10_000),
    depthMax: Number(arg["max-depth"] ?? 16),
  };
}

/** A bound that was reached is an event, and no good end: what was not looked at may hold anything. */
function limited(found: Observation & { limits: FolderLimit[] }, world: World): Observation {
  const { limits, ...rest } = found;
  if (limits.length === 0) return rest;
  for (const { limit, bound } of limits) world.record("limit", { limit, bound, seen: bound + 1 });
  const message = `more than ${limits.map(({ limit, bound }) => `${bound} (${limit})`).join(", ")}`;
  return { problem: { kind: "limit", message }, ...rest, ok: false, limits };
}

async function rootOf(place: "module" | "scenario" | undefined, world: World): Promise<string> {
  if (place === "scenario") return world.folder();
  const { folder } = world.target;
  if (folder === undefined) throw new ContractError("this target has no folder");
  return folder;
}
