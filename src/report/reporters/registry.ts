// The reporters by name. Each is loaded only when it is asked for.
import { didYouMean, UsageError } from "../../base/errors.ts";
import type { Transcript } from "../../base/types.ts";
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

const loaders: { [name: string]: () => Promise<{ reporter: Reporter }> } = {
  text: () => import("./text.ts"),
  json: () => import("./json.ts"),
  junit: () => import("./junit.ts"),
  html: () => import("./html.ts"),
  markdown: () => import("./markdown.ts"),
  github: () => import("./github.ts"),
  ctrf: () => import("./ctrf.ts"),
  tap: () => import("./tap.ts"),
  har: () => import("./har.ts"),
  ndjson: () => import("./ndjson.ts"),
};

export const reporterNames: readonly string[] = Object.keys(loaders);

/** Throws UsageError with the nearest name when there is no such reporter. */
export async function loadReporter(name: string): Promise<Reporter> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load === undefined)
    throw new UsageError(
      `no reporter "${name}"${didYouMean(name, reporterNames)} (there are ${reporterNames.join(", ")})`,
    );
  return (await load()).reporter;
}
