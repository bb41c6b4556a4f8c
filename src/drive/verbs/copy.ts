// Verbs that work on a copy of the module's folder: make it, write into it. Processes of the scenario then start there.
import { join, relative, resolve } from "node:path";
import { ContractError } from "../../base/errors.ts";
import type { Target } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { copyWords, writeWords } from "../../contract/words/copy.ts";
import { copyModule, writeBelow } from "../../drivers/files/module-copy.ts";
import { state } from "./state.ts";
import type { Verb, World } from "./verb.ts";

const bounds = { filesMax: 20_000, bytesMax: 512 << 20 };

interface Copy {
  /** Absolute; undefined until the copy was made. */
  path?: string;
}

/** With no path when there is none. */
const copyOf = state((): Copy => ({}));

/** The module's command and working folder: in the scenario's copy when it has one. */
export function startOf(world: World): Pick<Target, "argv" | "cwd"> {
  const { argv, cwd, folder } = world.target;
  const { path } = copyOf(world);
  if (path === undefined || folder === undefined)
    return { ...(argv === undefined ? {} : { argv }), ...(cwd === undefined ? {} : { cwd }) };
  const moved = (word: string) => (word.startsWith(`${folder}/`) ? join(path, relative(folder, word)) : word);
  return {
    ...(argv === undefined ? {} : { argv: argv.map(moved) }),
    cwd: resolve(path, relative(folder, cwd ?? folder)),
  };
}

/** Arguments without absolute paths of this machine. */
export function shown(world: World): (argument: string) => string {
  const roots = [copyOf(world).path, world.target.folder].filter((root) => root !== undefined);
  return (argument) => {
    const root = roots.find((one) => argument.startsWith(one));
    return root === undefined ? argument : `.${argument.slice(root.length)}`;
  };
}

export const copy: Verb<ArgOf<typeof copyWords>> = {
  ...copyWords,
  async run(_, world) {
    const { folder } = world.target;
    if (folder === undefined) return { ok: true, files: 0 };
    const path = join(await world.folder(), "module");
    const { files, bytes, cut } = await copyModule(folder, path, bounds);
    if (cut) world.record("limit", { limit: "copied files or bytes", bound: bounds.filesMax, seen: files });
    copyOf(world).path = path;
    return { ok: !cut, files, bytes, ...(cut ? { problem: "the module's folder is too large to be copied" } : {}) };
  },
};

export const write: Verb<ArgOf<typeof writeWords>> = {
  ...writeWords,
  async run({ file, text }, world) {
    const { path } = copyOf(world);
    if (path === undefined)
      throw new ContractError("`write` needs a `copy` step before it: the module's own folder is never written to");
    const ok = await writeBelow(path, file, text);
    return { ok, file, ...(ok ? { bytes: Buffer.byteLength(text ?? "") } : { problem: "leads out of the copy" }) };
  },
};
