// `--watch`: judges once, then again whatever a change concerns, and tells what turned. Ends with Ctrl-C.
import { relative, sep } from "node:path";
import { pause } from "../../base/deadline.ts";
import { UsageError } from "../../base/errors.ts";
import { absolute, wallClock } from "../../base/io.ts";
import type { Transcript } from "../../base/transcript.ts";
import { changedFiles, type Snapshot, snapshot } from "../../drivers/files/watch-files.ts";
import { endAll } from "../../drivers/process/live.ts";
import { deltaOf } from "../../report/diff.ts";
import { turnsText } from "../../report/reporters/diff-text.ts";
import { duration, levelsText, verdictWords } from "../../report/reporters/wording.ts";
import type { Report } from "../../report/types.ts";
import type { RunResult } from "../../session/run.ts";
import { judgeModule, type Prepared } from "../../session/session.ts";
import { concerned, rewritten } from "../../session/watch.ts";
import { reporterSpec, type Sink, writeReports } from "../sink.ts";
import { note, tell } from "../terminal.ts";

export interface WatchFrame {
  sink: Sink;
  /** Reads configuration, contract and baseline again. Throws UsageError. */
  prepare(): Prepared;
  reportOf(result: RunResult, started: string): Report;
}

interface State {
  prepared: Prepared;
  result: RunResult;
  report: Report;
}

const lookMs = 150;

/** The exit code: 0 when ended while waiting, 130 or 143 when ended in a run. Throws UsageError for what cannot be watched. */
export async function watch(first: Prepared, frame: WatchFrame): Promise<number> {
  const { folder } = first.target;
  if (folder === undefined) throw new UsageError(`--watch: ${first.target.label} has no folder that could change`);
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) void endAll().then(() => process.exit(signal === "SIGINT" ? 130 : 143));
    else stop.abort(signal);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  try {
    return await keepWatching(first, { ...frame, folder, stop: stop.signal });
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    await endAll();
  }
}

type Frame = WatchFrame & { folder: string; stop: AbortSignal };

async function keepWatching(first: Prepared, frame: Frame): Promise<number> {
  let state = await judge(first, frame);
  await writeReports(state.report, frame.sink, transcriptsOf(state));
  const own = new OwnFiles();
  let seen = look(state, frame);
  waiting(frame);
  for (;;) {
    if (frame.stop.aborted) return state.report.verdict.exit >= 128 ? state.report.verdict.exit : 0;
    await pause(lookMs, frame.stop);
    const now = look(state, frame);
    const files = own.without(changedFiles(seen, now));
    if (files.length === 0) continue;
    if (await stillChanging(now, state, frame)) continue;
    const before = now;
    state = await again(state, files, frame);
    seen = look(state, frame);
    own.learn(changedFiles(before, seen));
    if (!frame.stop.aborted) waiting(frame);
  }
}

/** Files that change whenever the module runs are its own doing; without this it would be judged for ever. */
class OwnFiles {
  readonly #known = new Set<string>();
  #suspects = new Set<string>();

  without(files: string[]): string[] {
    return files.filter((file) => !this.#known.has(file));
  }

  /** `files` changed during a run. The second time in a row it is no coincidence. */
  learn(files: string[]): void {
    for (const file of files) if (this.#suspects.has(file)) this.#known.add(file);
    this.#suspects = new Set(files);
  }
}

/** An editor writes in several steps: wait until two looks are alike. */
async function stillChanging(now: Snapshot, state: State, frame: Frame): Promise<boolean> {
  await pause(lookMs / 2, frame.stop);
  return changedFiles(now, look(state, frame)).length > 0;
}

function look({ prepared }: State, { folder, sink }: Frame): Snapshot {
  const { contract, target, baseline } = prepared;
  const program = (target.argv ?? []).filter((word) => word.startsWith("/"));
  const files = baseline === undefined ? [] : [absolute(baseline.file)];
  const transcript = prepared.options.transcript;
  const without = [absolute(sink.out), ...(transcript === undefined ? [] : [absolute(transcript)])];
  return snapshot([folder, ...program, ...files, absolute(contract.folder)], without);
}

async function judge(prepared: Prepared, { stop, reportOf }: Frame): Promise<State> {
  const started = wallClock().toISOString();
  const result = await judgeModule(prepared, {}, { interrupt: stop });
  return { prepared, result, report: reportOf(result, started) };
}

/** Judges what the files concern and tells what turned. A mistake in a file of the user's is told, not fatal. */
async function again(state: State, files: readonly string[], frame: Frame): Promise<State> {
  const from = performance.now();
  let prepared: Prepared;
  try {
    prepared = frame.prepare();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tell(`\n${error.message}\n`);
    return state;
  }
  const scenarios = due(state, prepared, { files, folder: frame.folder });
  const started = wallClock().toISOString();
  const result = await judgeModule(
    prepared,
    {},
    {
      interrupt: frame.stop,
      ...(scenarios === "all" ? {} : { again: { previous: state.result.transcript, scenarios } }),
    },
  );
  const next = { prepared, result, report: frame.reportOf(result, started) };
  const names = result.transcript.header.plan.scenarios;
  const ran = scenarios === "all" ? names : names.filter((name) => scenarios.has(name));
  const what =
    files
      .slice(0, 3)
      .map((file) => shown(frame.folder, file))
      .join(", ") + (files.length > 3 ? ` and ${files.length - 3} more` : "");
  const list =
    ran.length > 0 && ran.length < names.length
      ? ` (${ran.slice(0, 5).join(", ")}${ran.length > 5 ? ", ..." : ""})`
      : "";
  tell(
    `\n${what} changed: ${ran.length} of ${names.length} scenarios ran${list}, ${duration(performance.now() - from)}\n`,
  );
  tell(turnsText(deltaOf(state.report, next.report)));
  for (const module of next.report.modules)
    tell(`${verdictWords[module.verdict.kind]}  ${levelsText(module.verdict, module.strict)}\n`);
  const reporters = frame.sink.reporters.filter((spec) => !/^(text|github)(=-)?$/.test(spec) && !spec.endsWith("=-"));
  if (reporters.length > 0)
    await writeReports(next.report, { ...frame.sink, reporters, silent: true }, transcriptsOf(next));
  return next;
}

/** Which scenarios to run; none when only the judging changed (baseline, requirements). */
function due(
  state: State,
  prepared: Prepared,
  { files, folder }: { files: readonly string[]; folder: string },
): Set<string> | "all" {
  const before = state.prepared;
  const run = ({ options, target }: Prepared) => JSON.stringify([{ ...options, strict: 0, baseline: 0 }, target]);
  if (run(before) !== run(prepared) || before.contract.name !== prepared.contract.name) return "all";
  const transcript: Transcript = state.result.transcript;
  if (transcript.footer?.interrupted !== undefined) return "all";
  const settings = new Set(["conform.yaml", "conform.baseline.yaml"]);
  const own = files.map((file) => shown(folder, file)).filter((file) => !settings.has(file));
  const program = (prepared.target.argv ?? []).some((word) => files.includes(word));
  const inside = own.filter((file) => !file.startsWith("../"));
  const changed = program ? [...inside, prepared.target.argv?.[0] ?? ""] : inside;
  return new Set([
    ...concerned(prepared.contract, transcript, changed),
    ...rewritten(before.contract, prepared.contract),
  ]);
}

function shown(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}

function transcriptsOf({ report, result }: State): Record<string, Transcript> {
  return Object.fromEntries(report.modules.map(({ name }) => [name, result.transcript]));
}

function waiting({ stop }: Frame): void {
  if (!stop.aborted) note("watching; Ctrl-C ends");
}

/** Reporters that make no sense with --watch. Throws UsageError. */
export function checkWatch(modules: number, sink: Sink): void {
  if (modules !== 1) throw new UsageError("--watch is for one module");
  const streamed = sink.reporters.find((spec) => reporterSpec(spec).name === "ndjson");
  if (streamed !== undefined) throw new UsageError("--watch does not go with --reporter ndjson, which is written once");
}
