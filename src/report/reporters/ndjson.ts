// One JSON object per line: the run's events as they come (when a transcript is given), then each result, then the verdict.

import type { TranscriptEvent } from "../../base/events.ts";
import { visibleJson } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import type { RenderOptions, Reporter } from "./reporter.ts";
import { stateOf } from "./wording.ts";

export const reporter: Reporter = {
  name: "ndjson",
  fileName: "report.ndjson",
  render,
  stream: (frame) => ({
    head: runLine(frame),
    module: (module) => moduleLines(module).join(""),
    tail: (verdict) => verdictLine({ verdict, duration_ms: frame.duration_ms, modules: frame.modules }),
  }),
};

function render(report: Report, options: RenderOptions): string {
  const events = report.modules.flatMap(({ name }) => {
    const transcripts = options.transcripts ?? {};
    const transcript = Object.hasOwn(transcripts, name) ? transcripts[name] : undefined;
    return (transcript?.events ?? []).map((event) => eventRow(name, event));
  });
  return [runLine(report), ...events, ...report.modules.flatMap(moduleLines), verdictLine(report)].join("");
}

/** First line of the stream. */
export function runLine({ format, tool, started }: Pick<Report, "format" | "tool" | "started">): string {
  return line({ type: "run", format, tool, started });
}

/** One event of a running module, to be written as it comes. */
export function eventRow(module: string, event: TranscriptEvent): string {
  return line({ type: "event", module, ...event });
}

/** What follows the events: a module's results, its scenarios and its verdict. */
export function moduleLines(module: ModuleReport): string[] {
  const { results, verdict, ...facts } = module;
  return [
    ...results.map((result) => line({ type: "result", module: module.name, state: stateOf(result), ...result })),
    line({ type: "module", ...facts, verdict, results: results.length }),
  ];
}

/** Last line of the stream; without it the run was cut off. */
export function verdictLine({
  verdict,
  duration_ms,
  modules,
}: Pick<Report, "verdict" | "duration_ms"> & { modules: { length: number } }): string {
  return line({ type: "verdict", ...verdict, duration_ms, modules: modules.length });
}

function line(value: object): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}
