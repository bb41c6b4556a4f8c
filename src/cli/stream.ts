// `--reporter ndjson`: the events while the run goes on, then each module's results, then the verdict.
import { mapOutside, type TranscriptEvent } from "../base/events.ts";
import { type Scrub, scrubJson } from "../base/secrecy/private-paths.ts";
import { eventRow, moduleLines, runLine, verdictLine } from "../report/reporters/ndjson.ts";
import { scrubModule } from "../report/scrub.ts";
import type { ModuleReport, Report } from "../report/types.ts";
import { type OutFile, openOut } from "./files-out.ts";
import { print } from "./terminal.ts";

export interface EventStream {
  event(module: string, event: TranscriptEvent): void;
  /** A module's results, which follow its events. */
  module(report: ModuleReport): void;
  /** What is known only at the end, `modules` of them. The stream is closed then. */
  end(whole: Pick<Report, "verdict" | "duration_ms">, modules: number): Promise<void>;
}

/** Opens the file (`-` is standard output) and writes the first line. Throws UsageError when it cannot be written. */
export async function eventStream(
  path: string,
  started: string,
  frame: { tool: Report["tool"]; scrub: Scrub; mode?: number },
): Promise<EventStream> {
  const out: OutFile =
    path === "-"
      ? { write: (text) => void print(text), close: async () => {} }
      : await openOut(path, frame.mode === undefined ? {} : { mode: frame.mode });
  out.write(runLine({ format: 1, tool: frame.tool, started }));
  return {
    event: (module, event) =>
      out.write(
        eventRow(
          frame.scrub(module),
          mapOutside(event, (value) => scrubJson(value, frame.scrub)),
        ),
      ),
    module(report) {
      for (const line of moduleLines(scrubModule(report, frame.scrub))) out.write(line);
    },
    end({ verdict, duration_ms }, modules) {
      const clean = { ...verdict, reasons: verdict.reasons.map(frame.scrub) };
      out.write(verdictLine({ verdict: clean, duration_ms, modules: { length: modules } }));
      return out.close();
    },
  };
}
