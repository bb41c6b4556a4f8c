// `--reporter ndjson`: the events while the run goes on, then each module's results, then the verdict.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../base/errors.ts";
import { codeOf } from "../base/io.ts";
import { type Scrub, scrubFields } from "../base/secrecy/private-paths.ts";
import type { TranscriptEvent } from "../base/types.ts";
import { eventLine, moduleLines, runLine, verdictLine } from "../report/reporters/ndjson.ts";
import { scrubReport } from "../report/scrub.ts";
import type { Report } from "../report/types.ts";

export interface EventStream {
  event(module: string, event: TranscriptEvent): void;
  /** Everything that is known only at the end. The stream is closed then. */
  end(report: Report): void;
}

/** Opens the file (`-` is standard output) and writes the first line. Throws UsageError when it cannot be written. */
export function eventStream(path: string, started: string, frame: { tool: Report["tool"]; scrub: Scrub }): EventStream {
  const put = opened(path);
  put.line(runLine({ format: 1, tool: frame.tool, started }));
  return {
    event: (module, event) =>
      put.line(eventLine(frame.scrub(module), { ...event, data: scrubFields(event.data, frame.scrub) })),
    end(report) {
      const clean = scrubReport(report, frame.scrub);
      for (const module of clean.modules) for (const line of moduleLines(module)) put.line(line);
      put.line(verdictLine(clean));
      put.close();
    },
  };
}

function opened(path: string): { line(text: string): void; close(): void } {
  if (path === "-") return { line: (text) => void process.stdout.write(text), close: () => {} };
  try {
    mkdirSync(dirname(path), { recursive: true });
    const fd = openSync(path, "w");
    return { line: (text) => void writeSync(fd, text), close: () => closeSync(fd) };
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${codeOf(error)}`);
  }
}
