// `imports`: what the module's sources import when they run, found without running them.
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import type { Json } from "../../base/types.ts";
import { listFolder, skippedFolders } from "../../drivers/files/folders.ts";
import { scanImports } from "../../drivers/host/imports.ts";
import type { Verb } from "./verb.ts";

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
export const imports: Verb<z.infer<typeof shape>> = {
  name: "imports",
  about: "Lists the imports of the module's sources, without those of types only, and where each leads.",
  schema: shape,
  targets: ["folder"],
  primary: "entries",
  async run(arg, world) {
    const { folder } = world.target;
    if (folder === undefined) throw new ContractError("this target has no folder");
    const { siblings = [], provided = [] } = arg;
    const list = await listFolder(folder, {
      globs: arg.entries,
      skip: skippedFolders,
      entriesMax: 10_000,
      depthMax: 8,
    });
    const entries = list.entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
    const scan = await scanImports({
      folder: folder,
      entries,
      siblings,
      provided,
      project: arg.project ? arg.project : undefined,
      aliases: arg.aliases,
    });
    return { ok: scan.problems.length === 0, ...(JSON.parse(JSON.stringify(scan)) as Record<string, Json>) };
  },
};
