// `--reporter ndjson`: the events while the run goes on, then each module's results, then the verdict.
import { mapOutside, type TranscriptEvent } from "../base/events.ts";
import { type Scrub, scrubJson } from "../base/secrecy/private-paths.ts";
import { eventLine, moduleLines, runLine, verdictLine } from "../report/reporters/ndjson.ts";
import { scrubReport } from "../report/scrub.ts";
import type { Report } from "../report/types.ts";
import { type OutFile, openOut } from "./files-out.ts";
import { print } from "./terminal.ts";

export interface EventStream {
  event(module: string, event: TranscriptEvent): void;
  /** Everything that is known only at the end. The stream is closed then. */
  end(report: Report): Promise<void>;
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
        eventLine(
          frame.scrub(module),
          mapOutside(event, (value) => scrubJson(value, frame.scrub)),
        ),
      ),
    end(report) {
      const clean = scrubReport(report, frame.scrub);
      for (const module of clean.modules) for (const line of moduleLines(module)) out.write(line);
      out.write(verdictLine(clean));
      return out.close();
    },
  };
}
