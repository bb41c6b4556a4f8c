// `conform <targets>`: judges each module, writes the reports, returns the exit code.
import { endAll } from "../drivers/process.ts";
import { UsageError } from "../errors.ts";
import { startClock, wallClock } from "../io.ts";
import type { RunWatcher } from "../run.ts";
import { judgeModule, type Prepared, prepare } from "../session.ts";
import type { ModuleReport, Report, Transcript, TranscriptEvent } from "../types.ts";
import { verdictOfAll } from "../verdict.ts";
import { version } from "../version.ts";
import { optionsOf, type RunFlags } from "./flags.ts";
import { machineScrub } from "./machine.ts";
import { progress } from "./progress.ts";
import { checkReporters, defaultReporters, parse, type Sink, writeReports } from "./sink.ts";
import { type EventStream, eventStream } from "./stream.ts";
import { transcriptFile } from "./transcript-file.ts";

/** Judges one module after the other. Throws UsageError before anything is started. */
export async function run(targets: string[], command: string[] | undefined, flags: RunFlags): Promise<number> {
  const names: (string | string[])[] = [...targets, ...(command === undefined ? [] : [command])];
  if (names.length === 0) {
    throw new UsageError(
      "nothing to judge; name a module's folder, its binary or a URL, or a command after -- (conform --help)",
    );
  }
  const options = optionsOf(flags);
  const prepared = names.map((name) => prepare(name, options, flags.config));
  const first = prepared[0]?.config;
  const sink = {
    reporters: flags.reporter ?? first?.reporter ?? defaultReporters(),
    out: flags.out ?? first?.out ?? "reports/latest",
    ...(flags.junitDialect === undefined ? {} : { junitDialect: flags.junitDialect }),
    verbosity: flags.quiet ? ("quiet" as const) : flags.verbose ? ("verbose" as const) : ("normal" as const),
    color: flags.color !== false,
    scrub: machineScrub(prepared.flatMap(({ target }) => target.folder ?? [])),
  };
  await checkReporters(sink.reporters);
  const started = wallClock().toISOString();
  const clock = startClock();
  const streams = streamsOf(sink, started);
  const { modules, transcripts } = await judgeAll(prepared, flags, streams.list);
  const report: Report = {
    format: 1,
    tool: { name: "conform", version },
    started,
    duration_ms: Math.round(clock() * 1000),
    verdict: verdictOfAll(modules.map(({ verdict }) => verdict)),
    modules,
  };
  for (const stream of streams.list) stream.end(report);
  await writeReports(report, { ...sink, streamed: streams.specs }, transcripts);
  return report.verdict.exit;
}

/** Reporters that are written while the run goes on. */
function streamsOf(sink: Sink, started: string): { specs: string[]; list: EventStream[] } {
  const specs = sink.reporters.filter((spec) => parse(spec).name === "ndjson");
  const frame = { tool: { name: "conform", version }, scrub: sink.scrub };
  const path = (file: string | undefined) => file ?? `${sink.out}/report.ndjson`;
  return { specs, list: specs.map((spec) => eventStream(path(parse(spec).file), started, frame)) };
}

interface Judged {
  modules: ModuleReport[];
  transcripts: Record<string, Transcript>;
}

async function judgeAll(prepared: Prepared[], flags: RunFlags, streams: EventStream[]): Promise<Judged> {
  const interrupt = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) void endAll().then(() => process.exit(signal === "SIGINT" ? 130 : 143));
    else interrupt.abort(signal);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const modules: ModuleReport[] = [];
  const transcripts: Record<string, Transcript> = {};
  try {
    for (const one of prepared) {
      if (interrupt.signal.aborted) break;
      const name = uniqueName(one.target.label, modules);
      const onEvent = (event: TranscriptEvent) => {
        for (const stream of streams) stream.event(name, event);
      };
      const result = await judgeOne(one, flags, { interrupt: interrupt.signal, count: prepared.length, onEvent });
      const report = { ...result.report, name };
      modules.push(report);
      transcripts[report.name] = result.transcript;
    }
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await endAll();
  }
  return { modules, transcripts };
}

interface RunFrame {
  interrupt: AbortSignal;
  /** Modules in this run. */
  count: number;
  onEvent(event: TranscriptEvent): void;
}

async function judgeOne(prepared: Prepared, flags: RunFlags, { interrupt, count, onEvent }: RunFrame) {
  const { label } = prepared.target;
  const name = flags.transcript ?? prepared.options.transcript;
  const own = count > 1 ? `${name}.${label.replaceAll(/[^\w.-]+/g, "_")}` : name;
  const file = name === undefined || own === undefined ? undefined : transcriptFile(own);
  const lines = progress({ enabled: process.stderr.isTTY === true && flags.quiet !== true, label });
  const watcher: RunWatcher = {
    onHeader: (header) => {
      file?.header(header);
      lines.header(header);
    },
    onEvent: (event) => {
      file?.event(event);
      onEvent(event);
      lines.event(event);
    },
  };
  try {
    const result = await judgeModule(prepared, watcher, interrupt);
    if (result.transcript.footer !== undefined) file?.footer(result.transcript.footer);
    return result;
  } finally {
    lines.end();
    file?.close();
  }
}

function uniqueName(name: string, before: readonly ModuleReport[]): string {
  let unique = name;
  for (let i = 2; before.some((module) => module.name === unique); i++) unique = `${name} (${i})`;
  return unique;
}
