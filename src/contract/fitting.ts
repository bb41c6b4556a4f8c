// Which contracts fit what the user pointed at.
import { globPattern } from "../base/glob.ts";
import type { Pointed } from "../base/pointed.ts";
import type { Contract } from "../base/types.ts";

/** The contracts whose detection files are there (folders and binaries), or that judge URLs. */
export function fittingContracts<C extends Pick<Contract, "targets" | "detect">>(
  pointed: Pointed,
  contracts: readonly C[],
): C[] {
  const fitting = byFiles(pointed, contracts);
  // Without the folder of its module a URL gives no clue.
  if (pointed.target.kind === "url" && fitting.length === 0)
    return contracts.filter(({ targets }) => targets.includes("url"));
  return fitting;
}

function byFiles<C extends Pick<Contract, "targets" | "detect">>(pointed: Pointed, contracts: readonly C[]): C[] {
  return contracts.filter(
    ({ targets, detect }) =>
      targets.includes(pointed.target.kind) &&
      detect.files.length > 0 &&
      detect.files.every((glob) => pointed.files.some((file) => matchesFile(glob, file))),
  );
}

/** Does the file's name, relative to the folder, match? `*` stays within one folder level. */
export function matchesFile(glob: string, file: string): boolean {
  return globPattern(glob).test(file);
}
