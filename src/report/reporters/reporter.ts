// What a reporter is: a pure function from a report to text.
import type { Transcript } from "../../base/transcript.ts";
import type { Report } from "../types.ts";

/** What a reporter may be told. Everything is optional and none of it changes a verdict. */
export interface RenderOptions {
  /** Terminal colours (text). */
  color?: boolean;
  /** Columns (text); 100 when not given. */
  width?: number;
  /** `quiet`: failures in one line each and the verdict; `verbose`: passes and skips too. */
  verbosity?: "quiet" | "normal" | "verbose";
  junitDialect?: "portable" | "rich";
  /** Where the reports lie, for the text report's last line. */
  out?: string;
  /** The command that shows more, for the text report's last line. */
  more?: string;
  /** Where markdown is cut; 1,000,000 when not given. GitHub takes 65,536 characters in a comment. */
  bytesMax?: number;
  /** By module name; har is made of them, ndjson shows their events. */
  transcripts?: { [module: string]: Transcript };
}

export interface Reporter {
  name: string;
  /** Default file name below --out; `-` is standard output. */
  fileName: string;
  /** What GitHub Actions shows on the run's page: to be appended to the file named by GITHUB_STEP_SUMMARY. */
  summary?(report: Report, options: RenderOptions): string;
  /** Pure: same report and options, same text. */
  render(report: Report, options: RenderOptions): string;
}
