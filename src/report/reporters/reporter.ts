// What a reporter is: a pure function from a report to text, or, for a report too large to hold, a pure function per module.
import type { Verdict } from "../../base/judged.ts";
import type { Transcript } from "../../base/transcript.ts";
import type { ModuleReport, Report } from "../types.ts";

/** What a reporter may be told. Everything is optional and none of it changes a verdict. */
export interface RenderOptions {
  /** Terminal colours (text). */
  color?: boolean;
  /** Columns (text); 100 when not given. */
  width?: number;
  /** `quiet`: failures in one line each and the verdict; `verbose`: passes and skips too. */
  verbosity?: "quiet" | "normal" | "verbose";
  /** JUnit for any reader (default), or with what some readers show beyond that. */
  junitDialect?: "portable" | "rich";
  /** Where the reports lie, for the text report's last line. */
  out?: string;
  /** The command that shows more, for the text report's last line. */
  more?: string;
  /** Bytes after which markdown is cut; 1,000,000 when not given. GitHub takes 65,536 characters in a comment. */
  bytesMax?: number;
  /** By module name; har is made of them, ndjson shows their events. */
  transcripts?: { [module: string]: Transcript };
}

/** Turns a report into a text. */
export interface Reporter {
  /** One of `reporterNames`. */
  name: string;
  /** Default file name below --out; `-` is standard output. */
  fileName: string;
  /** What GitHub Actions shows on the run's page: to be appended to the file named by GITHUB_STEP_SUMMARY. */
  summary?(report: Report, options: RenderOptions): string;
  /** Pure: same report and options, same text. */
  render(report: Report, options: RenderOptions): string;
  /** The same piece by piece; nothing of a module is kept but what the end needs. Without it (undefined) the report is held in memory. */
  stream?(frame: StreamFrame, options: RenderOptions): Stream | undefined;
}

/** What is known of a report before its modules are read. */
export interface StreamFrame extends Pick<Report, "format" | "tool" | "started" | "duration_ms"> {
  /** In the order in which they come. `open`: how many requirements did not pass. */
  modules: readonly { name: string; contract: { name: string }; open: number }[];
}

/** A report that is written while its modules are read. */
export interface Stream {
  /** What stands before the first module. */
  head: string;
  /** `json`: the module as compact JSON, where it is at hand. */
  module(module: ModuleReport, index: number, json?: string): string;
  /** What stands after the last one. */
  tail(verdict: Verdict): string;
  /** A file of its own for a module: path below the folder of the report, with its text. */
  page?(module: ModuleReport, index: number): { file: string; text: string };
  /** What stands before `head` and is known only at the end. */
  lateHead?(): string;
  /** As the reporter's `summary`. */
  summary?(verdict: Verdict): string;
}

/** What a stream sees of a report that is at hand. */
export function frameOf(report: Report): StreamFrame {
  const { format, tool, started, duration_ms } = report;
  const modules = report.modules.map(({ name, contract, results }) => ({
    name,
    contract: { name: contract.name },
    open: results.filter(({ outcome }) => outcome.kind !== "pass").length,
  }));
  return { format, tool, started, duration_ms, modules };
}

/** A whole report through a stream that gives one text. */
export function throughStream(report: Report, stream: Stream): string {
  const body = report.modules.map((module, index) => stream.module(module, index));
  const text = [stream.head, ...body, stream.tail(report.verdict)].join("");
  return `${stream.lateHead?.() ?? ""}${text}`;
}
