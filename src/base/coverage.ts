// How much of a contract a run has judged. What the user left out and what the kind of target hides is missing; what does not apply is not.

import type { Result } from "./judged.ts";

/** `judged` of `of` requirements that may apply have passed or failed. */
export interface Coverage {
  judged: number;
  of: number;
}

/** Of all results, or of those of one level. */
function coverageOf(results: readonly Pick<Result, "level" | "outcome">[], level?: Result["level"]): Coverage {
  const own = results.filter((result) => level === undefined || result.level === level);
  return {
    judged: own.filter(({ outcome }) => outcome.kind === "pass" || outcome.kind === "fail").length,
    of: own.filter(({ outcome }) => outcome.kind !== "skipped" || outcome.left_out !== undefined).length,
  };
}

/** Was a MUST, or with --strict a SHOULD, left out, whether by the user or because this kind of target hides it? */
export function isLeftOut({ level, binding, outcome }: Pick<Result, "level" | "binding" | "outcome">): boolean {
  return outcome.kind === "skipped" && outcome.left_out !== undefined && (binding || level === "MUST");
}

/** `13 of 140 requirements`, or `10 of 78 MUST` when only the kind of target hides something; undefined when nothing that binds was left out. */
export function coverageWords(module: { filtered?: string; profile?: string; results: Result[] }): string | undefined {
  const { filtered, profile, results } = module;
  const chosen = filtered !== undefined || profile !== undefined;
  if (!chosen && !results.some(isLeftOut)) return undefined;
  const { judged, of } = coverageOf(results, chosen ? undefined : "MUST");
  return `${judged} of ${of} ${chosen ? (of === 1 ? "requirement" : "requirements") : "MUST"}`;
}
