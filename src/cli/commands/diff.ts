// `conform diff <base> <head>`: what a change did to the verdicts.

import { didYouMean, UsageError } from "../../base/errors.ts";
import { absolute } from "../../base/io.ts";
import { type Delta, deltaOf } from "../../report/diff.ts";
import { deltaMarkdown, deltaText } from "../../report/reporters/diff-text.ts";
import type { Report } from "../../report/types.ts";
import { readReport } from "../../session/earlier.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { writeWhole } from "../files-out.ts";
import { reporterSpec } from "../sink.ts";
import { note, print } from "../terminal.ts";

const renderers: { [name: string]: (delta: Delta) => string } = {
  text: deltaText,
  json: (delta) => `${JSON.stringify(delta, null, 2)}\n`,
  markdown: deltaMarkdown,
};

/** Exit code 1 when something got worse (`any`: or the head is not conformant), 3 when nothing was judged. Throws UsageError. */
export async function diff(
  base: string,
  head: string,
  { reporter = ["text"], failOn }: FlagsOf<"diff">,
): Promise<number> {
  const specs = reporter.map(reporterSpec);
  for (const { name } of specs) {
    if (!Object.hasOwn(renderers, name)) {
      const names = Object.keys(renderers);
      throw new UsageError(
        `conform diff has no reporter "${name}"${didYouMean(name, names)} (it has ${names.join(", ")})`,
      );
    }
  }
  if (specs.filter(({ file }) => file === undefined || file === "-").length > 1)
    throw new UsageError("two reporters cannot share standard output; give one a file: --reporter name=file");
  const after = readReport(head);
  const delta = deltaOf(readReport(base), after);
  for (const { name, file } of specs) {
    const content = renderers[name]?.(delta) ?? "";
    if (file === undefined || file === "-") await print(content);
    else await writeWhole(absolute(file), content);
  }
  return exitOf(delta, after, failOn);
}

function exitOf(delta: Delta, head: Report, failOn: "new" | "any"): number {
  if (delta.worse > 0 || (failOn === "any" && head.verdict.kind === "nonconformant")) return 1;
  if (delta.unjudged.length === 0 && head.modules.length > 0) return 0;
  note(`nothing was judged in the head: ${delta.unjudged.join(", ") || "it has no modules"}`);
  return 3;
}
