// `conform <targets>`: judges the modules, writes the reports, returns the exit code.
import { UsageError } from "../../base/errors.ts";
import { absolute, startClock, wallClock } from "../../base/io.ts";
import { defaultLimits } from "../../base/limits.ts";
import type { Scrub } from "../../base/secrecy/private-paths.ts";
import type { Target } from "../../base/types.ts";
import { version } from "../../base/version.ts";
import { type FoundShard, partOf, shardOf } from "../../gate/shard.ts";
import { scrubReport } from "../../report/scrub.ts";
import type { Report } from "../../report/types.ts";
import type { Config, FlagsOf } from "../../session/flag-values.ts";
import type { RunOptions } from "../../session/options.ts";
import { runReport } from "../../session/report.ts";
import { type ConfigSource, type Prepared, prepare, readConfig, targetOf, withPeers } from "../../session/session.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { optionsOf } from "../flags.ts";
import { machineScrub } from "../machine.ts";
import { judgeAll } from "../many.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { type ShardOut, shardOut } from "../shard-out.ts";
import { checkReporters, parse, type Sink, writeReports } from "../sink.ts";
import { type EventStream, eventStream } from "../stream.ts";
import { note } from "../terminal.ts";

/** Throws UsageError before anything is started. */
export async function run(targets: string[], command: string[] | undefined, flags: FlagsOf<"run">): Promise<number> {
  const named: (string | string[])[] = [...targets, ...(command === undefined ? [] : [command])];
  if (named.length === 0) {
    throw new UsageError(
      "nothing to judge; name a module's folder, its binary or a URL, or a command after -- (conform --help)",
    );
  }
  const shared = flags.config === undefined ? undefined : readConfig(flags.config);
  const shard = shardOf(flags.shard ?? shared?.shard, process.env, named.length);
  const part = shard === undefined ? undefined : partOfModules(named, shard, flags);
  const prepared = withPeers(
    prepareAll(part?.names ?? named, flags, shared),
    named.map((name) => targetOf(name, flags.cwd)),
  );
  const config = shared ?? (prepared.length === 1 ? prepared[0]?.config : undefined) ?? {};
  const scrub = part?.scrub ?? scrubFor(prepared.map(({ target }) => target));
  const settings = settingsOf(flags, config, scrub);
  await checkReporters(settings.sink.reporters);
  const [first] = prepared;
  if (settings.watch && first !== undefined) {
    const { checkWatch, watch } = await import("./watch.ts");
    checkWatch(named.length, settings.sink);
    const reread = () => (flags.config === undefined ? undefined : readConfig(flags.config));
    return watch(first, {
      sink: settings.sink,
      prepare: () => prepareAll(named, flags, reread())[0] ?? first,
      reportOf: ({ report }, started) => runReport([report], { started: started, duration_ms: report.duration_ms }),
    });
  }
  if (part === undefined || shard === undefined) return judgeAndReport(prepared, settings);
  const selection = selectionOf(flags, shared);
  return judgeShard(prepared, settings, { shard, modules: part.modules, selection });
}

async function judgeAndReport(prepared: Prepared[], settings: Settings, shard?: ShardOut): Promise<number> {
  const { sink } = settings;
  for (const { target, options } of prepared) if (target.url !== undefined) announceProbes(target.label, options);
  const started = wallClock().toISOString();
  const clock = startClock();
  const streams = await streamsOf(sink, started);
  const { modules, transcripts, interrupted, faults } = await judgeAll(prepared, {
    ...(settings.jobs === undefined ? {} : { jobs: settings.jobs }),
    ...(settings.transcript === undefined ? {} : { transcript: settings.transcript }),
    ...(sink.mode === undefined ? {} : { mode: sink.mode }),
    progress: process.stderr.isTTY === true && !settings.quiet,
    keep: sink.reporters.some((spec) => parse(spec).name === "har"),
    onEvent: (module, event) => {
      for (const stream of streams.list) stream.event(module, event);
    },
    onModule: (module) => {
      if (shard === undefined) return;
      const { modules } = scrubReport(runReport([module], { started: started, duration_ms: 0 }), sink.scrub);
      for (const clean of modules) shard.module(clean);
    },
  });
  const report = runReport(modules, { started: started, duration_ms: Math.round(clock() * 1000) });
  const kept = (error: unknown): void => void faults.push(error);
  await shard
    ?.end({ duration_ms: report.duration_ms, ...(interrupted === undefined ? {} : { interrupted }) })
    .catch(kept);
  for (const stream of streams.list) await stream.end(report).catch(kept);
  if (settings.metricsFile !== undefined) await writeMetrics(settings.metricsFile, report, sink.scrub).catch(kept);
  await writeReports(report, { ...sink, streamed: streams.specs, faults }, transcripts);
  return report.verdict.exit;
}

/** Whoever runs the service may ask what is coming. */
function announceProbes(url: string, { unsafeProbes = false }: RunOptions): void {
  const methods = unsafeProbes ? "of any method, and raw bytes" : "GET, HEAD and OPTIONS only";
  const agent = `as conform/${version}`;
  note(`at most ${defaultLimits.serviceRequestsMax} requests to ${url}, ${methods}, ${agent}`);
}

/** The textfile collector of a node exporter reads whole files only, so it is written beside and renamed. */
async function writeMetrics(file: string, report: Report, scrub: Scrub): Promise<void> {
  const { runMetrics } = await import("../../gate/run-metrics.ts");
  const metrics = runMetrics();
  for (const module of scrubReport(report, scrub).modules) metrics.set(module);
  await writeWhole(absolute(file), await metrics.text(), everyones);
}

/** All of them are looked at before anything starts, and all mistakes are told at once. Throws UsageError. */
function prepareAll(
  names: readonly (string | string[])[],
  flags: FlagsOf<"run">,
  shared: Config | undefined,
): Prepared[] {
  const options = optionsOf(flags);
  const source: ConfigSource = shared === undefined ? "beside" : shared;
  const faults: UsageError[] = [];
  const prepared = names.flatMap((name) => {
    try {
      return [prepare(name, options, source)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(error);
      return [];
    }
  });
  const [first] = faults;
  if (first !== undefined && faults.length === 1) throw first;
  if (first !== undefined) {
    const lines = [...new Set(faults.map(({ message }) => message))];
    const more = lines.length > 20 ? `\n... and ${lines.length - 20} more` : "";
    throw new UsageError(lines.slice(0, 20).join("\n") + more);
  }
  return prepared;
}

/** Where conform was started is scrubbed anyway; one module's folder is shown by its own path. */
function scrubFor(targets: readonly Target[]): Scrub {
  const folders = targets.flatMap(({ folder }) => folder ?? []);
  const outside = folders.filter((folder) => !folder.startsWith(`${process.cwd()}/`));
  return machineScrub(targets.length === 1 ? folders : [...new Set(outside)]);
}

interface Part {
  /** Names of all modules of all shards, sorted. */
  modules: string[];
  /** Arguments of this shard. */
  names: (string | string[])[];
  scrub: Scrub;
}

/** Throws UsageError when two modules have one name, which no merge could tell apart. */
function partOfModules(named: readonly (string | string[])[], shard: FoundShard, flags: FlagsOf<"run">): Part {
  const targets = named.map((name) => targetOf(name, flags.cwd));
  const scrub = scrubFor(targets);
  const labels = targets.map(({ label }) => scrub(label));
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined)
    throw new UsageError(`--shard: ${twice} is named twice; every module needs a name of its own`);
  return {
    modules: [...labels].sort(),
    names: named.filter((_, index) => partOf(labels[index] ?? "", shard.count) === shard.index),
    scrub,
  };
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

interface ShardRun {
  shard: FoundShard;
  modules: string[];
  selection: string;
}

async function judgeShard(
  prepared: Prepared[],
  settings: Settings,
  { shard, modules, selection }: ShardRun,
): Promise<number> {
  await touch(shard.statusFile);
  const { index, count, from } = shard;
  const { out, scrub } = settings.sink;
  const path = `${absolute(out)}/shard-${index}-of-${count}.ndjson`;
  const header = {
    format: 1 as const,
    tool: { name: "conform", version },
    shard: [index, count] as [number, number],
    started: wallClock().toISOString(),
    modules,
    selection: scrub(selection),
  };
  const file = await shardOut(path, header, settings.sink.mode);
  note(`shard ${index} of ${count} (${from}): ${prepared.length} of ${modules.length} modules`);
  if (prepared.length > 0) return judgeAndReport(prepared, settings, file);
  await file.end({ duration_ms: 0 });
  return 0;
}

/** Bazel fails a sharded test that does not touch this file. */
async function touch(path: string | undefined): Promise<void> {
  if (path !== undefined) await writeWhole(path, "", everyones);
}

/** Reporters that are written while the run goes on. */
async function streamsOf(sink: Sink, started: string): Promise<{ specs: string[]; list: EventStream[] }> {
  const specs = sink.reporters.filter((spec) => parse(spec).name === "ndjson");
  const { scrub, mode } = sink;
  const frame = { tool: { name: "conform", version }, scrub, ...(mode === undefined ? {} : { mode }) };
  const path = (file: string | undefined) => file ?? `${sink.out}/report.ndjson`;
  return { specs, list: await Promise.all(specs.map((spec) => eventStream(path(parse(spec).file), started, frame))) };
}
