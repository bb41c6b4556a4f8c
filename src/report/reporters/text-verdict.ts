// The last line of the text report: the verdict of a module, or of all of them.

import { visible } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import { labelled, type Paint } from "./layout.ts";
import type { RenderOptions } from "./reporter.ts";
import { contractText, duration, levelsText, modulesText, partText, reasonsText, verdictWords } from "./wording.ts";

export interface Page {
  paint: Paint;
  columns: number;
  verbose: boolean;
  options: RenderOptions;
}

/** What the line about all modules tells. */
type Overall = Pick<Report, "verdict" | "duration_ms"> & { modules: readonly Pick<ModuleReport, "verdict">[] };

export function verdictLines(module: ModuleReport, report: { modules: { length: number } }, page: Page): string[] {
  const { verdict } = module;
  const style = verdict.kind === "conformant" ? "green" : verdict.kind === "nonconformant" ? "red" : "yellow";
  const word = verdictWords[verdict.kind];
  const alone = report.modules.length === 1;
  const facts = [
    partText(module)?.replace(/^partly judged: /, "") ?? "",
    `${visible(module.name)}, ${contractText(module)}${module.strict ? ", strict" : ""}${module.results.length > 0 ? ": " : ""}${levelsText(verdict, module.strict)}`,
    verdict.kind === "conformant" || verdict.exit === 0 ? "" : reasonsText(verdict.reasons),
    duration(module.duration_ms),
    alone && page.options.out !== undefined ? `reports in ${visible(page.options.out)}` : "",
    alone && page.options.more !== undefined ? `more: ${visible(page.options.more)}` : "",
  ];
  return labelled(page.paint(word, "bold", style), facts.filter((fact) => fact !== "").join(" · "), {
    indent: 0,
    label: word.length + 2,
    columns: page.columns,
  });
}

export function overallLines(report: Overall, page: Page): string[] {
  const word = verdictWords[report.verdict.kind];
  const facts = [
    modulesText(report),
    report.modules.length === 0 ? reasonsText(report.verdict.reasons) : "",
    duration(report.duration_ms),
    page.options.out === undefined ? "" : `reports in ${visible(page.options.out)}`,
    page.options.more === undefined ? "" : `more: ${visible(page.options.more)}`,
  ];
  const style =
    report.verdict.kind === "conformant" ? "green" : report.verdict.kind === "nonconformant" ? "red" : "yellow";
  return labelled(page.paint(word, "bold", style), facts.filter((fact) => fact !== "").join(" · "), {
    indent: 0,
    label: word.length + 2,
    columns: page.columns,
  });
}
