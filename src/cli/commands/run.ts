// `conform <targets>`: judges the modules, writes the reports, returns the exit code.
import { UsageError } from "../../base/errors.ts";
import type { TranscriptEvent } from "../../base/events.ts";
import { absolute, startClock, wallClock } from "../../base/io.ts";
import { defaultLimits } from "../../base/limits.ts";
import { version } from "../../base/version.ts";
import type { ListEntry } from "../../gate/fleet/list.ts";
import { VerdictSum } from "../../gate/fleet/merge.ts";
import { shardOf } from "../../gate/fleet/shard.ts";
import { scrubModule, scrubReport } from "../../report/scrub.ts";
import type { ModuleReport } from "../../report/types.ts";
import type { Config, FlagsOf } from "../../session/flag-values.ts";
import type { RunOptions } from "../../session/options.ts";
import { runReport } from "../../session/report.ts";
import { type ConfigSource, type Prepared, readConfig, targetOf, withPeers } from "../../session/session.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { optionsOf } from "../flags.ts";
import { timingsFrom } from "../fleet/earlier.ts";
import { listedEntries, namedOf, prepareAll, scrubFor } from "../fleet/named.ts";
import { type JudgedForFile, partOfModules, runShard, type ShardPart, targetsOf } from "../fleet/run-shard.ts";
import { judgeAll } from "../many.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { checkReporters, reporterSpec, type Sink, writeReports } from "../sink.ts";
import { type EventStream, eventStream } from "../stream.ts";
import { note } from "../terminal.ts";

/** Throws UsageError before anything is started. */
export async function run(targets: string[], command: string[] | undefined, flags: FlagsOf<"run">): Promise<number> {
  const entries = await listedEntries({
    targets,
    ...(command === undefined ? {} : { command }),
    ...(flags.modulesFrom === undefined ? {} : { modulesFrom: flags.modulesFrom }),
  });
  if (entries.length === 0) {
    throw new UsageError(
      "nothing to judge; name a module's folder, its binary or a URL, or a command after -- (conform --help)",
    );
  }
  const shared = flags.config === undefined ? undefined : readConfig(flags.config);
  const source: ConfigSource = shared ?? "beside";
  const part = partFor(entries, flags, shared);
  const named = part === undefined ? entries : part.own;
  const prepared = withPeers(prepareAll(named, optionsOf(flags), source), () =>
    part === undefined ? entries.map(({ target }) => targetOf(target, flags.cwd)) : targetsOf(part, flags.cwd),
  );
  const config = shared ?? (prepared.length === 1 ? prepared[0]?.config : undefined) ?? {};
  const scrub = part?.scrub ?? scrubFor(prepared.map(({ target }) => target));
  const settings = settingsOf(flags, config, scrub);
  await checkReporters(settings.sink.reporters);
  const [first] = prepared;
  if (settings.watch && first !== undefined) {
    const { checkWatch, watch } = await import("./watch.ts");
    checkWatch(entries.length, settings.sink);
    const reread = () => (flags.config === undefined ? "beside" : readConfig(flags.config));
    return watch(first, {
      sink: settings.sink,
      prepare: () => prepareAll(entries, optionsOf(flags), reread())[0] ?? first,
      reportOf: ({ report }, started) => runReport([report], { started: started, duration_ms: report.duration_ms }),
    });
  }
  if (part === undefined) return judgeAndReport(prepared, settings);
  const { resume = false, since } = flags;
  const shardRun = { part, prepared, settings, selection: selectionOf(flags, shared), resume };
  return runShard({ ...shardRun, ...(since === undefined ? {} : { since }) }, (left, onModule) =>
    judgeForFile(left, settings, onModule),
  );
}

/** The part of this machine: by flag or environment; all of them where a result file is needed and nothing says which. Throws UsageError. */
function partFor(
  entries: readonly ListEntry[],
  flags: FlagsOf<"run">,
  shared: Config | undefined,
): ShardPart | undefined {
  const found = shardOf(flags.shard ?? shared?.shard, process.env, entries.length);
  const needed = flags.resume === true || flags.since !== undefined || flags.timings !== undefined;
  const shard = found ?? (needed ? { index: 1, count: 1, from: "all of them" } : undefined);
  if (shard === undefined) return undefined;
  const { all, scrub } = namedOf(entries, flags.cwd);
  if (flags.timings === undefined) return partOfModules(all, shard, { scrub });
  return partOfModules(all, shard, { scrub, timings: timingsFrom(flags.timings) });
}

async function judgeAndReport(prepared: Prepared[], settings: Settings): Promise<number> {
  const { sink } = settings;
  announceProbes(prepared);
  const started = wallClock().toISOString();
  const clock = startClock();
  const streams = await streamsOf(sink, started);
  const { modules, transcripts, faults } = await judgeAll(prepared, {
    ...frameOf(settings, streams),
    hold: true,
    onModule: () => {},
  });
  const report = runReport(modules, { started: started, duration_ms: Math.round(clock() * 1000) });
  const kept = (error: unknown): void => void faults.push(error);
  for (const stream of streams.list) {
    for (const module of report.modules) stream.module(module);
    await stream.end(report, report.modules.length).catch(kept);
  }
  if (settings.metricsFile !== undefined) {
    const { runMetrics } = await import("../../gate/run-metrics.ts");
    const metrics = runMetrics();
    for (const module of scrubReport(report, sink.scrub).modules) metrics.set(module);
    await writeMetrics(settings.metricsFile, await metrics.text()).catch(kept);
  }
  await writeReports(report, { ...sink, streamed: streams.specs, faults }, transcripts);
  return report.verdict.exit;
}

/** For a result file: no report is held, however many modules there are. */
async function judgeForFile(
  prepared: Prepared[],
  settings: Settings,
  onModule: (report: ModuleReport) => void,
): Promise<JudgedForFile> {
  const { sink } = settings;
  announceProbes(prepared);
  const started = wallClock().toISOString();
  const clock = startClock();
  const streams = await streamsOf(sink, started);
  const metrics =
    settings.metricsFile === undefined ? undefined : (await import("../../gate/run-metrics.ts")).runMetrics();
  const sum = new VerdictSum();
  const { transcripts, interrupted, faults } = await judgeAll(prepared, {
    ...frameOf(settings, streams),
    hold: false,
    onModule(report) {
      sum.add(report.verdict);
      metrics?.set(scrubModule(report, sink.scrub));
      for (const stream of streams.list) stream.module(report);
      onModule(report);
    },
  });
  const kept = (error: unknown): void => void faults.push(error);
  const whole = { verdict: sum.verdict, duration_ms: Math.round(clock() * 1000) };
  for (const stream of streams.list) await stream.end(whole, prepared.length).catch(kept);
  if (settings.metricsFile !== undefined && metrics !== undefined)
    await writeMetrics(settings.metricsFile, await metrics.text()).catch(kept);
  return { transcripts, faults, streamed: streams.specs, ...(interrupted === undefined ? {} : { interrupted }) };
}

function frameOf(settings: Settings, streams: { list: EventStream[] }) {
  const { sink } = settings;
  return {
    ...(settings.jobs === undefined ? {} : { jobs: settings.jobs }),
    ...(settings.transcript === undefined ? {} : { transcript: settings.transcript }),
    ...(sink.mode === undefined ? {} : { mode: sink.mode }),
    progress: process.stderr.isTTY === true && !settings.quiet,
    keep: sink.reporters.some((spec) => reporterSpec(spec).name === "har"),
    onEvent: (module: string, event: TranscriptEvent) => {
      for (const stream of streams.list) stream.event(module, event);
    },
  };
}

const announcedMax = 20;

/** Whoever runs a service may ask what is coming. */
function announceProbes(prepared: readonly Prepared[]): void {
  const services = prepared.filter(({ target }) => target.url !== undefined);
  for (const { target, options } of services.slice(0, announcedMax)) note(probesOf(target.label, options));
  if (services.length > announcedMax) note(`and to ${services.length - announcedMax} more services, each the same`);
}

function probesOf(url: string, { unsafeProbes = false }: RunOptions): string {
  const methods = unsafeProbes ? "of any method, and raw bytes" : "GET, HEAD and OPTIONS only";
  return `at most ${defaultLimits.serviceRequestsMax} requests to ${url}, ${methods}, as conform/${version}`;
}

/** The textfile collector of a node exporter reads whole files only, so it is written beside and renamed. */
async function writeMetrics(file: string, text: string): Promise<void> {
  await writeWhole(absolute(file), text, everyones);
}

/** What every shard must have been asked alike. */
function selectionOf(flags: FlagsOf<"run">, shared: Config | undefined): string {
  const { contract, only, skip, level, strict, profile, set, baseline } = flags;
  const chosen = { contract, only, skip, level, strict, profile, set, baseline };
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  const words = given.map(([name, value]) => `--${name} ${Array.isArray(value) ? value.join(" ") : String(value)}`);
  const { out: _o, reporter: _r, transcript: _t, shard: _s, ...rest } = shared ?? {};
  return [...words, ...(shared === undefined ? [] : [`--config ${JSON.stringify(rest)}`])].join(" ");
}

/** Reporters that are written while the run goes on. */
async function streamsOf(sink: Sink, started: string): Promise<{ specs: string[]; list: EventStream[] }> {
  const specs = sink.reporters.filter((spec) => reporterSpec(spec).name === "ndjson");
  const { scrub, mode } = sink;
  const frame = { tool: { name: "conform", version }, scrub, ...(mode === undefined ? {} : { mode }) };
  const path = (file: string | undefined) => file ?? `${sink.out}/report.ndjson`;
  return {
    specs,
    list: await Promise.all(specs.map((spec) => eventStream(path(reporterSpec(spec).file), started, frame))),
  };
}
