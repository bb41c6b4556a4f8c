// What a name, a glob or a target selects of a contract.
import { namePattern } from "../base/glob.ts";
import type { Step, Target } from "../base/types.ts";
import { needsFolder, notOn } from "./unfit.ts";

/** `*` any characters, `?` one. A bare area name means the whole area. */
export function matches(glob: string, name: string): boolean {
  return namePattern(glob).test(name) || (!/[*?/]/.test(glob) && name.startsWith(`${glob}/`));
}

/** Can this step act on this target? Otherwise the reason why not. */
export function unfit(step: Step, verbTargets: readonly string[], target: Target): string | undefined {
  const kinds: readonly string[] = step.targets ?? verbTargets;
  if (kinds.includes(target.kind)) return undefined;
  if (kinds.includes("folder") && target.folder !== undefined && !kinds.includes("command")) return undefined;
  if (!kinds.includes("command") && kinds.includes("folder")) return needsFolder;
  return notOn(target.kind);
}
