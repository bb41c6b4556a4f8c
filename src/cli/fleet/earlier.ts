// Records of earlier runs: what a resumed shard has already, what a nightly run need not judge again, and how long modules took.
import { UsageError } from "../../base/errors.ts";
import { shownPath } from "../../base/io.ts";
import { version } from "../../base/version.ts";
import type { Timings } from "../../gate/fleet/balance.ts";
import { headOf, moduleLine, parseShardReport, type RecordHead, type ShardHeader } from "../../report/shard-file.ts";
import { readReport } from "../../session/earlier.ts";
import { indexedRecords, linesOf, type RecordAt, type RecordReader, recordReader, resultFiles } from "./records.ts";

/** A record that may be used again. */
export interface Earlier {
  head: RecordHead;
  /** As a line of a result file, without its end. */
  line(): Buffer;
}

/** What an earlier run left, and why nothing of it can be used where that is so. */
export interface Left {
  earlier: Map<string, Earlier>;
  why?: string;
}

/** What the shard's own file has, whole records only; they must be of this same run. */
export function resumed(path: string, header: ShardHeader, reader: RecordReader): Left {
  const none = (why?: string): Left => ({ earlier: new Map(), ...(why === undefined ? {} : { why }) });
  const blob = resultFiles(path).map(indexedRecords)[0];
  const was = blob?.header;
  if (blob === undefined || was === undefined) return none("it has no whole header");
  if (was.tool.version !== header.tool.version) return none(`conform ${was.tool.version} wrote it`);
  if (was.selection !== header.selection) return none("something else was asked for");
  return { earlier: byName(blob.records, reader) };
}

/** The records of a merged run: a folder of result files, one of them, or its report.json. Throws UsageError. */
export function since(path: string, reader: RecordReader): Left {
  const other = (told: string | undefined): Left => ({ earlier: new Map(), why: `conform ${told} wrote it` });
  if (path.endsWith(".json")) {
    const { tool, records } = reportRecords(path, reader);
    if (tool !== version) return other(tool);
    return { earlier: new Map([...records].map((one) => [one.head.name, one])) };
  }
  const blobs = resultFiles(path).flatMap((file) => indexedRecords(file) ?? []);
  if (blobs.length === 0) throw new UsageError(`${path} holds no result files of shards, and is no report.json`);
  const foreign = blobs.find(({ header }) => header?.tool.version !== version);
  if (foreign !== undefined) return other(foreign.header?.tool.version);
  return {
    earlier: byName(
      blobs.flatMap(({ records }) => records),
      reader,
    ),
  };
}

/** Milliseconds by module of an earlier run, whatever version judged it. Throws UsageError. */
export function timingsFrom(path: string): Timings {
  const heads = path.endsWith(".json")
    ? [...reportRecords(path, recordReader()).records].map(({ head }) => head)
    : resultFiles(path).flatMap((file) => indexedRecords(file)?.records.map(({ head }) => head) ?? []);
  if (heads.length === 0)
    throw new UsageError(`${path} tells of no module; expected a merged run's report.json or its result files`);
  return new Map(heads.map(({ name, duration_ms }) => [name, duration_ms]));
}

function byName(records: readonly RecordAt[], reader: RecordReader): Map<string, Earlier> {
  // A record that is none (a disk that lost a block) is as good as none.
  const line = (record: RecordAt) => () => {
    reader.module(record);
    return reader.line(record);
  };
  return new Map(records.map((record) => [record.head.name, { head: record.head, line: line(record) }]));
}

const modulesMark = '"modules":[\n';

/** A merged report has one module a line; that of a single process is small enough to be read whole. Throws UsageError. */
function reportRecords(path: string, reader: RecordReader): { tool?: string; records: Iterable<Earlier> } {
  for (const { line } of linesOf(path)) {
    if (line?.toString().endsWith(modulesMark) !== true) break;
    const tool = /"version":"([^"]*)"/.exec(line.toString())?.[1];
    return { ...(tool === undefined ? {} : { tool }), records: byLine(path, line.length, reader) };
  }
  const report = readReport(path);
  const records = report.modules.map((module) => ({ head: headOf(module), line: () => lineOf(moduleLine(module)) }));
  return { tool: report.tool.version, records };
}

function* byLine(path: string, from: number, reader: RecordReader): Generator<Earlier> {
  for (const { line, at } of linesOf(path)) {
    if (at < from) continue;
    if (line === undefined) throw new UsageError(`${shownPath(path)} has a line that is too long`);
    if (line[0] !== 123) return;
    const size = line.length - (line.at(-2) === 44 ? 2 : 1);
    const module = parseShardReport(line.toString("utf8", 0, size));
    if (module === undefined) throw new UsageError(`${shownPath(path)}: the report of a module is no valid one`);
    const head = headOf(module);
    const again = () => {
      const text = reader.line({ head, path, at, size, report: 0 }).toString();
      return lineOf(moduleLine(JSON.parse(text)));
    };
    yield { head, line: again };
  }
}

function lineOf(text: string): Buffer {
  return Buffer.from(text.trimEnd());
}
