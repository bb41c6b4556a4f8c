// Where reports go: chosen reporters to files below --out or to standard output. A report is written whatever the verdict.
import { UsageError } from "../errors.ts";
import { absolute, shownPath, writeAtomically } from "../io.ts";
import { loadReporter, type RenderOptions } from "../reporters/registry.ts";
import type { Report, Transcript } from "../types.ts";

export interface Sink {
  /** `name` or `name=file`; file `-` is standard output. */
  reporters: readonly string[];
  out: string;
  junitDialect?: "portable" | "rich";
  verbosity: "quiet" | "normal" | "verbose";
  color: boolean;
}

/** Unknown names are told before anything is started. Throws UsageError. */
export async function checkReporters(specs: readonly string[]): Promise<void> {
  const files = await Promise.all(
    specs.map(async (spec) => {
      const { name, file } = parse(spec);
      return file ?? (await loadReporter(name)).fileName;
    }),
  );
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError("two reporters cannot share standard output; give one a file: --reporter name=file");
  }
}

function parse(spec: string): { name: string; file?: string } {
  const at = spec.indexOf("=");
  return at === -1 ? { name: spec } : { name: spec.slice(0, at), file: spec.slice(at + 1) };
}

/** Renders and writes all reports, text last. Throws UsageError when a file cannot be written; the verdict is in its message. */
export async function writeReports(report: Report, sink: Sink, transcripts: Record<string, Transcript>): Promise<void> {
  const out = absolute(sink.out);
  const options = optionsFor(sink, out, transcripts);
  const faults: string[] = [];
  let toStdout = false;
  const specs = [...sink.reporters].sort((a, b) => Number(a.startsWith("text")) - Number(b.startsWith("text")));
  for (const spec of specs) {
    const { name, file } = parse(spec);
    const reporter = await loadReporter(name);
    const content = reporter.render(report, options);
    const target = file ?? reporter.fileName;
    if (target === "-") {
      toStdout = true;
      process.stdout.write(content);
    } else {
      const path = file === undefined ? `${out}/${target}` : absolute(file);
      await writeAtomically(path, content).catch((error: unknown) => {
        faults.push(error instanceof Error ? error.message : String(error));
      });
    }
  }
  const { kind, reasons } = report.verdict;
  if (!toStdout) process.stderr.write(`conform: ${kind}${reasons[0] === undefined ? "" : `: ${reasons[0]}`}\n`);
  if (faults.length > 0) throw new UsageError(`${faults.join("; ")} (the verdict was: ${kind})`);
}

function optionsFor(sink: Sink, out: string, transcripts: Record<string, Transcript>): RenderOptions {
  const tty = process.stdout.isTTY === true;
  return {
    color: sink.color && tty && process.env.NO_COLOR === undefined,
    width: tty ? process.stdout.columns : 100,
    verbosity: sink.verbosity,
    transcripts,
    ...(sink.junitDialect === undefined ? {} : { junitDialect: sink.junitDialect }),
    ...(sink.reporters.some((spec) => !spec.startsWith("text")) ? { out: shownPath(out) } : {}),
  };
}
