// Verbs that look into the module's folder: `read` a document, `list` what is there, `grep` text files.
import { ContractError } from "../../base/errors.ts";
import { skippedFolders } from "../../base/glob.ts";
import type { Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { grepWords, listWords, readWords } from "../../contract/words/files.ts";
import { readDocument } from "../../drivers/files/files.ts";
import { type FolderLimit, grepFolder, listFolder } from "../../drivers/files/folders.ts";
import type { Verb, World } from "./verb.ts";

/** For one file; then the pattern is stopped. */
const patternMs = 1000;

export const readVerb: Verb<ArgOf<typeof readWords>> = {
  ...readWords,
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

export const listVerb: Verb<ArgOf<typeof listWords>> = {
  ...listWords,
  run: async (arg, world) => {
    const list = await listFolder(await rootOf(arg.in, world), listOptions(arg));
    return limited(list, world);
  },
};

export const grepVerb: Verb<ArgOf<typeof grepWords>> = {
  ...grepWords,
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

function listOptions(arg: ArgOf<typeof listWords>) {
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
