// `syntax-check`: is each file valid for its interpreter? The files are parsed, never run.
import { basename } from "node:path";
import { ContractError } from "../../base/errors.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { syntaxCheckWords } from "../../contract/words/syntax-check.ts";
import { checkSyntax } from "../../drivers/files/syntax.ts";
import type { Verb, World } from "./verb.ts";

const filesMax = 5000;

export const syntaxCheck: Verb<ArgOf<typeof syntaxCheckWords>> = {
  ...syntaxCheckWords,
  async run({ interpreter, files, within }, world) {
    const { folder } = world.target;
    if (folder === undefined || !Array.isArray(files))
      throw new ContractError("`syntax-check` needs the module's folder and a list of files");
    const checked = files.slice(0, filesMax);
    if (checked.length < files.length)
      world.record("limit", { limit: "files checked", bound: filesMax, seen: files.length });
    const program = interpreter === "python3" ? ownPython(world) : undefined;
    const report = await checkSyntax({
      interpreter,
      ...(program === undefined ? {} : { program }),
      folder,
      files: checked,
      scratch: await world.folder(),
      limits: world.limits,
      deadlineMs: world.deadline(within, "30s"),
    });
    if ("problem" in report) return { ok: false, problem: report.problem, checked: 0, faults: [] };
    return { ok: report.faults.length === 0, version: report.version, checked: checked.length, faults: report.faults };
  },
};

/** The interpreter that the module itself is started with, when it is a Python: its version decides what is valid. */
function ownPython(world: World): string | undefined {
  const program = world.target.argv?.[0];
  return program !== undefined && /^python[0-9.]*$/.test(basename(program)) ? program : undefined;
}
