// Reports of a run whose modules lie in files: each module is read once, in order, given to every reporter, and forgotten.
import { dirname, join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { absolute } from "../../base/io.ts";
import type { Verdict } from "../../base/judged.ts";
import type { Transcript } from "../../base/transcript.ts";
import { type MergedRun, type Slot, unjudged, VerdictSum } from "../../gate/fleet/merge.ts";
import { loadReporter } from "../../report/reporters/registry.ts";
import type { RenderOptions, Reporter, Stream, StreamFrame } from "../../report/reporters/reporter.ts";
import { verdictWords } from "../../report/reporters/wording.ts";
import type { ModuleReport, Report } from "../../report/types.ts";
import { ownersOnly, throwFaults } from "../files-out.ts";
import { appendSummary, renderOptions, reporterSpec, type Sink, scrubbed } from "../sink.ts";
import { note, print } from "../terminal.ts";
import { type RecordAt, recordReader } from "./records.ts";
import { type Staged, type StagedFolder, staged, stagedFolder } from "./staged.ts";

/** Something that takes modules and becomes a report. */
interface Writer {
  module(module: ModuleReport, index: number, json: string | undefined): void;
  publish(verdict: Verdict): Promise<void>;
  discard(): void;
}

/** Returns the verdict on all. Nothing is written when a record turns out to be bad: UsageError. What cannot be written is told at the end. */
export async function writeRunReports(
  run: MergedRun<RecordAt>,
  sink: Sink,
  transcripts: Record<string, Transcript> = {},
): Promise<Verdict> {
  const frame: StreamFrame = {
    format: 1,
    tool: run.tool,
    started: run.started,
    duration_ms: run.duration_ms,
    modules: run.slots.map(briefOf),
  };
  const faults: unknown[] = [...(sink.faults ?? [])];
  const writers = await writersOf(frame, sink, { transcripts, faults });
  const sum = new VerdictSum();
  const reader = recordReader();
  try {
    for (const [index, slot] of run.slots.entries()) {
      const { module, json } =
        "record" in slot
          ? reader.module(slot.record)
          : { module: unjudged(slot.name, slot.missing, run.started), json: undefined };
      sum.add(module.verdict);
      for (const writer of writers) writer.module(module, index, json);
    }
  } catch (error) {
    for (const writer of writers) writer.discard();
    throw error;
  } finally {
    reader.close();
  }
  const { verdict } = sum;
  for (const writer of writers) await writer.publish(verdict).catch((error: unknown) => faults.push(error));
  const shown = sink.reporters.some((spec) => reporterSpec(spec).file === "-" || reporterSpec(spec).name === "text");
  if (!shown && !sink.silent)
    note(
      `${verdictWords[verdict.kind].toLowerCase()}${verdict.reasons[0] === undefined ? "" : `: ${verdict.reasons[0]}`}`,
    );
  throwFaults(faults, verdict.kind);
  return verdict;
}

function briefOf(slot: Slot<RecordAt>): StreamFrame["modules"][number] {
  if (!("record" in slot)) return { name: slot.name, contract: { name: "unknown" }, open: 0 };
  const { name, contract, open } = slot.record.head;
  return { name, contract: { name: contract.name }, open };
}

/** Text comes last: whoever sees it finds the others written. */
async function writersOf(
  frame: StreamFrame,
  sink: Sink,
  { transcripts, faults }: { transcripts: Record<string, Transcript>; faults: unknown[] },
): Promise<Writer[]> {
  const waiting = sink.reporters.filter((spec) => !sink.streamed?.includes(spec));
  const specs = [...waiting].sort((a, b) => Number(a.startsWith("text")) - Number(b.startsWith("text")));
  const options = renderOptions(sink, absolute(sink.out), scrubbed(transcripts, sink));
  const writers: Writer[] = [];
  for (const spec of specs) {
    const { name, file } = reporterSpec(spec);
    const reporter = await loadReporter(name);
    const target = file ?? reporter.fileName;
    const path = target === "-" ? "-" : file === undefined ? join(absolute(sink.out), target) : absolute(file);
    try {
      writers.push(writerOf(reporter, { frame, options, path, mode: sink.mode ?? ownersOnly }));
    } catch (error) {
      faults.push(error);
    }
  }
  return writers;
}

interface Place {
  frame: StreamFrame;
  options: RenderOptions;
  path: string;
  mode: number;
}

function writerOf(reporter: Reporter, place: Place): Writer {
  const { frame, options, path, mode } = place;
  const stream = reporter.stream?.(frame, options);
  if (stream === undefined) return holdingWriter(reporter, place);
  const out = staged(path, mode, path === "-" ? print : undefined);
  out.write(stream.head);
  const pages = pagesOf(stream, path, mode);
  let fault: unknown;
  return {
    module(module, index, json) {
      if (fault !== undefined) return;
      try {
        out.write(stream.module(module, index, json));
        pages?.module(module, index);
      } catch (error) {
        fault = error;
      }
    },
    async publish(verdict) {
      try {
        if (fault !== undefined) throw fault;
        out.write(stream.tail(verdict));
        pages?.folder?.publish();
        await out.publish(stream.lateHead?.());
      } finally {
        out.discard();
        pages?.folder?.discard();
      }
      if (stream.summary !== undefined) await appendSummary(stream.summary(verdict));
    },
    discard() {
      out.discard();
      pages?.folder?.discard();
    },
  };
}

/** Pages of modules lie in a folder beside the report that lists them. */
function pagesOf(
  stream: Stream,
  path: string,
  mode: number,
): { module(module: ModuleReport, index: number): void; folder?: StagedFolder } | undefined {
  const { page } = stream;
  if (page === undefined) return undefined;
  if (path === "-")
    throw new UsageError("html of so many modules is an index with pages; give it a file: --reporter html=report.html");
  const own: { module(module: ModuleReport, index: number): void; folder?: StagedFolder } = {
    module(module, index) {
      const { file, text } = page(module, index);
      own.folder ??= stagedFolder(join(dirname(path), dirname(file)), mode);
      own.folder.write(file.slice(dirname(file).length + 1), text);
    },
  };
  return own;
}

/** For reporters that see the whole at once. */
function holdingWriter(reporter: Reporter, { frame, options, path, mode }: Place): Writer {
  const modules: ModuleReport[] = [];
  let out: Staged | undefined;
  return {
    module: (module) => void modules.push(module),
    async publish(verdict) {
      const { format, tool, started, duration_ms } = frame;
      const report: Report = { format, tool, started, duration_ms, verdict, modules };
      out = staged(path, mode, path === "-" ? print : undefined);
      try {
        out.write(reporter.render(report, options));
        await out.publish();
      } finally {
        out.discard();
      }
    },
    discard: () => out?.discard(),
  };
}

/** Where a run's result file lies, for people. */
export function shardPath(out: string, index: number, count: number): string {
  return join(absolute(out), `shard-${index}-of-${count}.ndjson`);
}
