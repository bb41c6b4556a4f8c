// Markdown for pull-request comments and job summaries: verdict, root causes, failures to unfold. Cut at a stated size.

import type { Verdict, VerdictKind } from "../../base/judged.ts";
import { visible } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import { areasOf, problems, type Row, weightyCauses } from "./arrange.ts";
import { factLines } from "./details.ts";
import { code, fenced, finished, htmlInMarkdown, prose, tableCell } from "./markdown-text.ts";
import {
  frameOf,
  type RenderOptions,
  type Reporter,
  type Stream,
  type StreamFrame,
  throughStream,
} from "./reporter.ts";
import {
  baselineFile,
  contractText,
  count,
  cut,
  duration,
  flakyIds,
  grouped,
  headline,
  levels,
  levelsText,
  modulesText,
  reasonLine,
  reasonsText,
  type State,
} from "./wording.ts";

export const reporter: Reporter = { name: "markdown", fileName: "report.md", render, stream };

/** GitHub drops a job summary above 1 MiB (1,048,576 bytes). */
const BYTES_MAX = 1_000_000;

const SIGNS: { [K in VerdictKind]: string } = {
  conformant: "✅",
  partial: "🟡",
  nonconformant: "❌",
  inconclusive: "❔",
};

const GROUPS: { state: State; title: string }[] = [
  { state: "fail", title: "Failed" },
  { state: "error", title: "Conform could not tell" },
  { state: "warning", title: "Warnings (do not count)" },
  { state: "info", title: "Notes (do not count)" },
  { state: "known", title: "Known failures (in the baseline)" },
];

/** Also the job summary of the github reporter. */
export function render(report: Report, options: RenderOptions): string {
  return throughStream(report, stream(frameOf(report), options));
}

/** The table of all modules stands before what is told of each, so everything is given at the end; what will not fit is not kept. */
export function stream(frame: StreamFrame, { bytesMax = BYTES_MAX }: RenderOptions): Stream {
  const alone = frame.modules.length === 1;
  const rows: string[] = [];
  const verdicts: Pick<ModuleReport, "verdict">[] = [];
  const kept = new Fitting(bytesMax);
  return {
    head: "",
    module(module) {
      verdicts.push({ verdict: { ...module.verdict, reasons: [] } });
      const silent = module.verdict.exit === 0 && problems(module).length === 0 && flakyIds(module).length === 0;
      if (!alone) rows.push(overviewRow(module));
      if (alone || !silent) for (const block of moduleBlocks(module, !alone)) kept.add(block);
      return "";
    },
    tail(verdict) {
      const blocks = alone ? [] : overview(rows, verdicts, verdict);
      const sub = `<sub>${htmlInMarkdown(`${frame.tool.name} ${frame.tool.version}, ${frame.started}`)}</sub>`;
      return fitted([...blocks, ...kept.blocks, ...kept.missing, sub], bytesMax);
    },
  };
}

/** Keeps blocks until they alone are more than would fit; of the others only their number. */
class Fitting {
  readonly blocks: string[] = [];
  #bytes = 0;
  #missing = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(block: string): void {
    if (this.#bytes > this.#bytesMax) this.#missing++;
    else this.blocks.push(block);
    this.#bytes += Buffer.byteLength(block) + 2;
  }

  /** Stand-ins that are counted as cut. */
  get missing(): string[] {
    return Array.from({ length: this.#missing }, () => "");
  }
}

/** As many whole blocks as fit, and how many did not. */
function fitted(blocks: string[], bytesMax: number): string {
  const sizes = blocks.map((block) => Buffer.byteLength(block) + 2);
  if (sizes.reduce((a, b) => a + b, 0) <= bytesMax) return finished(blocks);
  const kept: string[] = [];
  let room = bytesMax - 300;
  for (const [i, block] of blocks.entries()) {
    room -= sizes[i] ?? 0;
    if (room < 0) break;
    kept.push(block);
  }
  const missing = blocks.length - kept.length;
  kept.push(
    `**${count(missing, "part")} cut here** to stay below ${grouped(bytesMax)} bytes; the JSON and HTML reports have everything.`,
  );
  return finished(kept);
}

function overviewRow(module: ModuleReport): string {
  const contract = `${tableCell(contractText(module))}`;
  return `| ${SIGNS[module.verdict.kind]} ${headline(module).toLowerCase()} | ${tableCell(module.name)} | ${contract} | ${prose(levelsText(module.verdict, module.strict))} |`;
}

function overview(rows: string[], modules: readonly Pick<ModuleReport, "verdict">[], verdict: Verdict): string[] {
  const blocks = [`## ${SIGNS[verdict.kind]} ${modulesText({ modules })}`];
  if (modules.length === 0) return [...blocks, prose(reasonsText(verdict.reasons, 10))];
  for (let i = 0; i < rows.length; i += 100)
    blocks.push(
      ["| verdict | module | contract | requirements |", "| --- | --- | --- | --- |", ...rows.slice(i, i + 100)].join(
        "\n",
      ),
    );
  return blocks;
}

function moduleBlocks(module: ModuleReport, several: boolean): string[] {
  const { verdict } = module;
  const blocks = [
    `${several ? "###" : "##"} ${SIGNS[verdict.kind]} ${headline(module)}: ${code(module.name)}`,
    `${prose(module.contract.title)}, ${code(contractText(module))}${module.strict ? ", strict" : ""}, ${duration(module.duration_ms)}`,
  ];
  const remarks = [
    module.partial === undefined ? "" : `**Partial:** the run did not come to its end: ${code(module.partial)}`,
    module.filtered === undefined ? "" : `**Only a part was judged:** ${code(module.filtered)}`,
    ...(verdict.kind === "inconclusive" || module.results.length === 0
      ? verdict.reasons.slice(0, 10).map((reason) => code(reason))
      : []),
    module.baseline === undefined ? "" : `Baseline: ${code(baselineFile(module.baseline))}`,
    ...(module.staleBaseline ?? []).slice(0, 50).map((stale) => `Stale baseline entry: ${code(stale)}`),
    ...(flakyIds(module).length === 0
      ? []
      : [`**Flaky** (failed at first, passed then): ${code(flakyIds(module).join(", "))}`]),
    ...module.notes.slice(0, 20).map((note) => `Note: ${code(note)}`),
  ].filter((remark) => remark !== "");
  if (remarks.length > 0) blocks.push(remarks.map((remark) => `- ${remark}`).join("\n"));
  if (module.results.length > 0) blocks.push(levelTable(module));
  blocks.push(...causeBlocks(module));
  const rows = problems(module);
  for (const { state, title } of GROUPS) {
    const some = rows.filter((row) => row.state === state);
    if (some.length === 0) continue;
    blocks.push(`${several ? "####" : "###"} ${title}: ${grouped(some.length)}`);
    blocks.push(...some.map((row, i) => rowBlock(row, state === "fail" && i < 3)));
  }
  if (module.results.length > 0) blocks.push(areaTable(module));
  return blocks;
}

function levelTable({ verdict }: ModuleReport): string {
  const rows = levels
    .map((level) => ({ level, n: verdict.levels[level] }))
    .filter(({ n }) => Object.values(n).some((value) => value > 0))
    .map(({ level, n }) => `| ${level} | ${[n.fail, n.error, n.blocked, n.skipped, n.pass].map(cell).join(" | ")} |`);
  return [
    "| | failed | errors | waiting | skipped | passed |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

function causeBlocks(module: ModuleReport): string[] {
  const causes = weightyCauses(module);
  if (causes.length === 0) return [];
  const lines = causes.slice(0, 50).map((cause) => {
    const reason = cause.reason ?? (cause.result === undefined ? "" : reasonLine(cause.result, 200));
    const wait = count(cause.waiting.length, "requirement waits", "requirements wait");
    return `- ${wait} for ${code(cause.by)}${reason === "" ? "" : `: ${code(cut(reason, 300))}`}`;
  });
  if (causes.length > 50) lines.push(`- … ${count(causes.length - 50, "more cause")}`);
  return [`**Root causes**\n\n${lines.join("\n")}`];
}

function rowBlock({ result }: Row, open: boolean): string {
  const summary = `<b>${result.level}</b> <code>${htmlInMarkdown(result.id)}</code> ${htmlInMarkdown(cut(visible(result.text), 500))}`;
  const facts = factLines(result, { value: 1000, findings: 10, evidence: 10 });
  return `<details${open ? " open" : ""}><summary>${summary}</summary>\n\n${fenced(facts)}\n\n</details>`;
}

function areaTable(module: ModuleReport): string {
  const rows = areasOf(module).map(({ name, counts: n }) => {
    const numbers = [n.fail, n.error, n.warning + n.info, n.known, n.blocked, n.skipped, n.pass];
    return `| ${tableCell(name)} | ${numbers.map(cell).join(" | ")} |`;
  });
  const head = "| area | failed | errors | warnings, notes | known | waiting | skipped | passed |";
  const shown = rows.slice(0, 500);
  const more = rows.length > shown.length ? `\n\n… ${count(rows.length - shown.length, "more area")}` : "";
  const table = [head, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", ...shown].join("\n");
  return `<details><summary>${count(module.results.length, "requirement")} by area</summary>\n\n${table}${more}\n\n</details>`;
}

function cell(n: number): string {
  return n === 0 ? "" : grouped(n);
}
