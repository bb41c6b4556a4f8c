// `imports`: what the module's sources import when they run, found without running them.
import { ContractError } from "../../base/errors.ts";
import { skippedFolders } from "../../base/glob.ts";
import type { Json } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { importsWords } from "../../contract/words/imports.ts";
import { listFolder } from "../../drivers/files/folders.ts";
import { scanImports } from "../../drivers/host/imports.ts";
import type { Verb } from "./verb.ts";

export const imports: Verb<ArgOf<typeof importsWords>> = {
  ...importsWords,
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
