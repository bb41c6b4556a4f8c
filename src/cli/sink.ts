// Where reports go: chosen reporters to files below --out or to standard output. A report is written whatever the verdict.
import { UsageError } from "../base/errors.ts";
import { absolute, shownPath } from "../base/io.ts";
import type { Scrub } from "../base/secrecy/private-paths.ts";
import type { Transcript } from "../base/transcript.ts";
import { loadReporter } from "../report/reporters/registry.ts";
import type { RenderOptions } from "../report/reporters/reporter.ts";
import { verdictWords } from "../report/reporters/wording.ts";
import { scrubReport, scrubTranscript } from "../report/scrub.ts";
import type { Report } from "../report/types.ts";
import { openOut, ownersOnly, throwFaults, writeWhole } from "./files-out.ts";
import { note, print } from "./terminal.ts";

export interface Sink {
  /** `name` or `name=file`; file `-` is standard output. */
  reporters: readonly string[];
  out: string;
  junitDialect?: "portable" | "rich";
  verbosity: "quiet" | "normal" | "verbose";
  color: boolean;
  /** Takes private texts out of what is written. */
  scrub: Scrub;
  /** Say nothing on standard error. */
  silent?: boolean;
  /** Reporters that have been written while the run went on. */
  streamed?: readonly string[];
  /** Permissions of the files; default: the owner's alone. */
  mode?: number;
  /** What could not be written earlier; told when all reports are out. */
  faults?: readonly unknown[];
}

/** On a terminal and in CI; GitHub gets annotations and a job summary too. */
export function defaultReporters(): string[] {
  return ["text", "junit", "json", ...(process.env.GITHUB_ACTIONS === "true" ? ["github"] : [])];
}

/** Unknown names are told before anything is started. Throws UsageError. */
export async function checkReporters(specs: readonly string[]): Promise<void> {
  const chosen = await Promise.all(
    specs.map(async (spec) => {
      const { name, file } = reporterSpec(spec);
      return { name, file: file ?? (await loadReporter(name)).fileName };
    }),
  );
  // GitHub's annotations are lines of a log and go well before the text report.
  const onStdout = chosen.filter(({ name, file }) => file === "-" && name !== "github");
  const data =
    onStdout.some(({ name }) => name !== "text") && chosen.some(({ name, file }) => file === "-" && name === "github");
  if (onStdout.length > 1 || data) {
    throw new UsageError("two reporters cannot share standard output; give one a file: --reporter name=file");
  }
}

/** `name=file` taken apart. */
export function reporterSpec(spec: string): { name: string; file?: string } {
  const at = spec.indexOf("=");
  return at === -1 ? { name: spec } : { name: spec.slice(0, at), file: spec.slice(at + 1) };
}

/** Renders and writes all reports, text last. Throws UsageError or ResourceError when a file cannot be written; the verdict is in its message. */
export async function writeReports(raw: Report, sink: Sink, raws: Record<string, Transcript>): Promise<void> {
  const out = absolute(sink.out);
  const report = scrubReport(raw, sink.scrub);
  const options = renderOptions(sink, out, scrubbed(raws, sink));
  const faults: unknown[] = [...(sink.faults ?? [])];
  let toStdout = false;
  const waiting = sink.reporters.filter((spec) => !sink.streamed?.includes(spec));
  const specs = [...waiting].sort((a, b) => Number(a.startsWith("text")) - Number(b.startsWith("text")));
  for (const spec of specs) {
    const { name, file } = reporterSpec(spec);
    const reporter = await loadReporter(name);
    const content = reporter.render(report, options);
    if (reporter.summary !== undefined)
      await appendSummary(reporter.summary(report, options)).catch((error: unknown) => faults.push(error));
    const target = file ?? reporter.fileName;
    if (target === "-") {
      toStdout = true;
      await print(content);
    } else {
      const path = file === undefined ? `${out}/${target}` : absolute(file);
      await writeWhole(path, content, sink.mode ?? ownersOnly).catch((error: unknown) => faults.push(error));
    }
  }
  const { kind, reasons } = report.verdict;
  if (!toStdout && !sink.silent)
    note(`${verdictWords[kind].toLowerCase()}${reasons[0] === undefined ? "" : `: ${reasons[0]}`}`);
  throwFaults(faults, kind);
}

/** GitHub shows what is appended to this file on the run's page. */
export async function appendSummary(markdown: string): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === "") return;
  const out = await openOut(file, { append: true });
  out.write(`${markdown}\n`);
  await out.close();
}

/** Only har and ndjson show transcripts; a big one is not walked for nothing. */
export function scrubbed(
  transcripts: Record<string, Transcript>,
  { reporters, scrub }: Sink,
): Record<string, Transcript> {
  if (!reporters.some((spec) => ["har", "ndjson"].includes(reporterSpec(spec).name))) return {};
  return Object.fromEntries(
    Object.entries(transcripts).map(([name, transcript]) => [scrub(name), scrubTranscript(transcript, scrub)]),
  );
}

/** What reporters are told of the terminal and of the place. */
export function renderOptions(sink: Sink, out: string, transcripts: Record<string, Transcript>): RenderOptions {
  const tty = process.stdout.isTTY === true;
  return {
    color: sink.color && tty && process.env.NO_COLOR === undefined,
    width: tty ? process.stdout.columns : 100,
    verbosity: sink.verbosity,
    transcripts,
    ...(sink.junitDialect === undefined ? {} : { junitDialect: sink.junitDialect }),
    ...(sink.reporters.some((spec) => !/^(text|github)\b/.test(spec)) ? { out: sink.scrub(shownPath(out)) } : {}),
  };
}
