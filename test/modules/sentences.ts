// What a reader is told must be sentences: no `actual`, `expected` or reason is a dump of an internal object or a piece of CEL.
import type { Json } from "../../src/base/types.ts";
import type { ModuleReport } from "../../src/report/types.ts";

/** Complaints, `id: what it says`; none when all is told in words. */
export function dumpsIn({ results }: Pick<ModuleReport, "results">): string[] {
  return results.flatMap(({ id, outcome }) => {
    const said: Json[] =
      outcome.kind === "fail"
        ? outcome.findings.flatMap(({ expected, actual }) => [expected, actual])
        : outcome.kind === "skipped"
          ? [outcome.reason]
          : outcome.kind === "blocked"
            ? [outcome.reason ?? ""]
            : [];
    return said.filter(isDump).map((text) => `${id}: ${JSON.stringify(text)}`);
  });
}

/** An object, a list, nothing; JSON of conform's own fields; escapes of escapes; names of what only contracts know. */
function isDump(value: Json): boolean {
  if (value === null || typeof value === "object") return true;
  if (typeof value !== "string") return false;
  if (/"(waited_ms|ok|problem|stalled_ms|body_b64|positions)":|\\\\\\|\\"\w+\\":/.test(value)) return true;
  return /^(\{\}|\[\])$/.test(value) || /\b(runs?|vars|def|params)\.[a-z]\w*\.[a-z]\w*|\bhas\(run/.test(value);
}
