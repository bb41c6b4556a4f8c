// Judges the modules of a run, several at once, sharing one number of places for scenarios.

import type { TranscriptEvent } from "../base/events.ts";
import { absolute, cores, shownPath } from "../base/io.ts";
import { type Slots, slots } from "../base/slots.ts";
import type { Transcript } from "../base/transcript.ts";
import { endAll } from "../drivers/process/live.ts";
import { interruptionExits } from "../judge/verdict.ts";
import type { ModuleReport } from "../report/types.ts";
import type { RunWatcher } from "../session/run.ts";
import { judgeModule, type Prepared } from "../session/session.ts";
import { type Progress, progress } from "./progress.ts";
import { transcriptFile } from "./transcript-file.ts";

export interface ManyFrame {
  /** Scenarios at once, over all modules. */
  jobs?: number;
  /** File of the transcript; with several modules each gets its own beside it. */
  transcript?: string;
  /** Permissions of the transcript. */
  mode?: number;
  /** Show progress on a terminal. */
  progress: boolean;
  /** Keep the reports of modules; otherwise `onModule` alone sees them. */
  hold: boolean;
  /** Keep transcripts for reporters that show them; otherwise they are dropped when judged. */
  keep: boolean;
  onEvent(module: string, event: TranscriptEvent): void;
  /** Called as each module is judged, in the order in which they end. */
  onModule(report: ModuleReport, transcript: Transcript): void;
}

export interface Judged {
  /** In the order in which they were named. */
  modules: ModuleReport[];
  transcripts: Record<string, Transcript>;
  /** `SIGINT`, `SIGTERM` or `SIGHUP`. */
  interrupted?: string;
  /** Transcripts that could not be written whole. */
  faults: unknown[];
}

/** Every module gets a report, also when the run is interrupted. The first signal ends the run, the second ends conform. */
export async function judgeAll(prepared: readonly Prepared[], frame: ManyFrame): Promise<Judged> {
  const interrupt = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) void endAll().then(() => process.exit(exits[signal] ?? 143));
    else interrupt.abort(signal);
  };
  const exits: { [signal: string]: number } = interruptionExits;
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  const names = uniqueNames(prepared.map(({ target }) => target.label));
  const places = frame.jobs ?? prepared.find(({ options }) => options.jobs !== undefined)?.options.jobs;
  const width = places ?? cores() * (prepared.length > 1 ? 4 : 8);
  const shared = slots(width);
  const lines = progress({
    enabled: frame.progress,
    label: names.length === 1 ? (names[0] ?? "") : `${names.length} modules`,
    modules: names.length,
  });
  const modules = new Map<string, ModuleReport>();
  const transcripts: Record<string, Transcript> = {};
  const faults: unknown[] = [];
  const queue = [...prepared.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, one] = next;
      const name = names[index] ?? one.target.label;
      const result = await judgeOne(one, {
        name,
        shared,
        frame,
        lines,
        interrupt: interrupt.signal,
        many: names.length > 1,
        faults,
      });
      const report = { ...result.report, name };
      if (frame.hold) modules.set(name, report);
      if (frame.keep) transcripts[name] = result.transcript;
      frame.onModule(report, result.transcript);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, prepared.length) }, worker));
  } finally {
    lines.end();
    await endAll();
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
  }
  return {
    modules: names.flatMap((name) => modules.get(name) ?? []),
    transcripts,
    faults,
    ...(interrupt.signal.aborted ? { interrupted: String(interrupt.signal.reason) } : {}),
  };
}

interface OneFrame {
  name: string;
  shared: Slots;
  frame: ManyFrame;
  lines: Progress;
  interrupt: AbortSignal;
  many: boolean;
  faults: unknown[];
}

async function judgeOne(prepared: Prepared, { name, shared, frame, lines, interrupt, many, faults }: OneFrame) {
  const path = frame.transcript ?? prepared.options.transcript;
  const own = many && path !== undefined ? `${path}.${name.replaceAll(/[^\w.-]+/g, "_")}` : path;
  const file = own === undefined ? undefined : await transcriptFile(own, frame.mode);
  const watcher: RunWatcher = {
    onHeader: (header) => {
      file?.header(header);
      lines.header(name, header);
    },
    onEvent: (event) => {
      file?.event(event);
      frame.onEvent(name, event);
      lines.event(name, event);
    },
  };
  try {
    const result = await judgeModule(recordedIn(prepared, own), watcher, { interrupt, slots: shared });
    if (result.transcript.footer !== undefined) file?.footer(result.transcript.footer);
    return result;
  } finally {
    lines.done(name);
    await file?.close().catch((error: unknown) => faults.push(error));
  }
}

/** Repeat commands name the record that is kept. */
function recordedIn(prepared: Prepared, file: string | undefined): Prepared {
  return file === undefined
    ? prepared
    : { ...prepared, asked: { ...prepared.asked, transcript: shownPath(absolute(file)) } };
}

/** A label used twice gets a number. */
function uniqueNames(labels: readonly string[]): string[] {
  const used = new Set<string>();
  return labels.map((label) => {
    let unique = label;
    for (let i = 2; used.has(unique); i++) unique = `${label} (${i})`;
    used.add(unique);
    return unique;
  });
}
