// Steps that do nothing to the module: whether they are done or not, it and its files are the same for every later step.
import type { Step } from "../../base/types.ts";

/** Files that are read, and values that are worked out. A request is none of them: it moves counters and may be the stimulus of what comes later. */
const looks = new Set(["read", "list", "grep", "dockerfile", "syntax-check", "parse", "imports", "set", "note"]);

/** Does the step touch nothing? */
export function onlyLooks({ verb }: Step): boolean {
  return looks.has(verb);
}
