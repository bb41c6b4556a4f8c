// Where the folder of a module lies that was given as a program or a command: a binary stands in a folder for what was built.
import type { Look, Pointed } from "../base/pointed.ts";
import type { Contract } from "../base/types.ts";
import { fittingContracts } from "../contract/fitting.ts";

/** What lies beside the manifest at the root of a project. */
const marks = ["Cargo.toml", "go.mod", "package.json", "pyproject.toml", ".git"];
/** So many folders up a project's root is looked for. */
const stepsMax = 8;

/**
 * A program or command with its module's folder: its own, or the nearest above it, up to the root of its project, that has the files by which
 * one of the contracts knows a module. Without such a folder it has none, and nothing is asked of files that may be somewhere else.
 */
export function atHome(
  pointed: Pointed,
  contracts: readonly Pick<Contract, "targets" | "detect">[],
  look: Look,
): Pointed {
  const { target } = pointed;
  if (target.kind !== "command" || target.folder === undefined) return pointed;
  // A contract that names no files knows a module by nothing.
  if (contracts.every(({ detect }) => detect.files.length === 0)) return pointed;
  for (const folder of foldersUp(target.folder, look)) {
    const there = {
      target: { ...target, folder },
      files: folder === target.folder ? pointed.files : look.files(folder),
    };
    if (fittingContracts(there, contracts).length === 0) continue;
    return folder === target.folder ? there : { ...there, target: { ...there.target, home: look.shown(folder) } };
  }
  const { folder: _, ...homeless } = target;
  return { ...pointed, target: homeless };
}

/** The folder, and where a project's root is found above it, all up to that one. */
function foldersUp(from: string, look: Look): string[] {
  const folders = [from];
  for (let i = 0; i < stepsMax; i++) {
    const last = folders.at(-1) ?? from;
    if (marks.some((mark) => look.at(look.join(last, mark)).kind !== "missing")) return folders;
    const above = look.folderOf(last);
    if (above === last) break;
    folders.push(above);
  }
  return [from];
}
