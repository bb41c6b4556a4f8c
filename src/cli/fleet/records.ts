// Result files of shards, read without holding them: first what each says and where its records lie, then one record after another.
import { createHash } from "node:crypto";
import { closeSync, type Dirent, openSync as openToRead, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { cannot, codeOf, UsageError } from "../../base/errors.ts";
import { shownPath } from "../../base/io.ts";
import type { Blob } from "../../gate/fleet/merge.ts";
import { moduleContradictions } from "../../judge/consistent.ts";
import { parseLine, parseModule, type RecordHead, type ShardLine } from "../../report/shard-file.ts";
import type { ModuleReport } from "../../report/types.ts";

/** Where a record lies: bytes `at` to `at + size` of the file, without the line's end; the report begins `report` bytes into it. */
export interface RecordAt {
  head: RecordHead;
  path: string;
  at: number;
  size: number;
  report: number;
}

const lineBytesMax = 64 << 20;
const filesMax = 20_000;
const blockBytes = 1 << 20;

/** All `.ndjson` files below, sorted; a file is itself. Throws UsageError. */
export function resultFiles(folder: string): string[] {
  try {
    if (statSync(folder).isFile()) return [folder];
    const entries: Dirent[] = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ndjson"));
    if (files.length > filesMax) throw new UsageError(`${folder} holds more than ${filesMax} result files`);
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${folder}: ${codeOf(error)}`);
  }
}

/** Looks a file through. Undefined for an NDJSON file that never was a shard's (a transcript, an event stream). Throws UsageError. */
export function indexedRecords(path: string): Blob<RecordAt> | undefined {
  const hash = createHash("sha256");
  const blob: Blob<RecordAt> = { file: shownPath(path), records: [], faults: [] };
  const named = /(^|\/)shard-\d+-of-\d+\.ndjson$/.test(path);
  let number = 0;
  for (const { line, at, whole } of linesOf(path)) {
    number++;
    if (line === undefined) {
      blob.faults.push(`has a line of more than ${lineBytesMax} bytes (line ${number})`);
      break;
    }
    // A last line without its end was cut off; what it says does not count.
    if (!whole) break;
    const text = line.subarray(0, -1);
    const parsed = parseLine(text);
    if (number === 1 && parsed.kind !== "header" && !named) return undefined;
    take(blob, parsed, { number, path, at, size: text.length, seal: () => hash.copy().digest("hex") });
    hash.update(line);
    if (blob.faults.length > 0) break;
  }
  return blob.header === undefined && !named ? undefined : blob;
}

interface Place {
  number: number;
  path: string;
  at: number;
  size: number;
  seal(): string;
}

function take(blob: Blob<RecordAt>, parsed: ShardLine, { number, path, at, size, seal }: Place): void {
  if (parsed.kind === "fault") blob.faults.push(`line ${number} ${parsed.fault}`);
  else if (blob.footer !== undefined) blob.faults.push(`goes on after its footer (line ${number})`);
  else if ((parsed.kind === "header") !== (number === 1))
    blob.faults.push(number === 1 ? "does not begin with a header" : `has a second header (line ${number})`);
  else if (parsed.kind === "header") blob.header = parsed.header;
  else if (parsed.kind === "module") blob.records.push({ head: parsed.head, path, at, size, report: parsed.report });
  else if (parsed.kind === "footer") {
    blob.footer = parsed.footer;
    const { modules, sha256 } = parsed.footer;
    if (sha256 !== seal() || modules !== blob.records.length) blob.faults.push("was changed after it was written");
  }
}

interface Line {
  /** With its line feed; valid until the next one is asked for. Undefined when it is too long, and nothing comes after it. */
  line: Buffer | undefined;
  at: number;
  whole: boolean;
}

/** Line by line, in bounded memory. Throws UsageError. */
export function* linesOf(path: string): Generator<Line> {
  const fd = open(path);
  try {
    let buffer = Buffer.allocUnsafe(blockBytes);
    let [start, end, at] = [0, 0, 0];
    for (;;) {
      const feed = buffer.subarray(start, end).indexOf(10);
      if (feed !== -1) {
        yield { line: buffer.subarray(start, start + feed + 1), at, whole: true };
        start += feed + 1;
        at += feed + 1;
        continue;
      }
      if (end - start > lineBytesMax) return yield { line: undefined, at, whole: false };
      // What is left of a line goes to the front; a line longer than the buffer gets a larger one.
      const next = end - start > buffer.length / 2 ? Buffer.allocUnsafe(buffer.length * 2) : buffer;
      buffer.copy(next, 0, start, end);
      [buffer, end, start] = [next, end - start, 0];
      const read = readSync(fd, buffer, end, buffer.length - end, null);
      if (read === 0) break;
      end += read;
    }
    if (end > start) yield { line: buffer.subarray(start, end), at, whole: false };
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openToRead(path, "r");
  } catch (error) {
    throw cannot("read", shownPath(path), error);
  }
}

/** Reads records again, in any order; files stay open until `close`. */
export interface RecordReader {
  /** The record's line without its end; valid until the next is read. */
  line(record: RecordAt): Buffer;
  /** The report and its text as it stands in the file. Throws UsageError when it is none, or contradicts itself. */
  module(record: RecordAt): { module: ModuleReport; json: string };
  close(): void;
}

export function recordReader(): RecordReader {
  const files = new Map<string, number>();
  let buffer = Buffer.allocUnsafe(blockBytes);
  const line = ({ path, at, size }: RecordAt): Buffer => {
    const fd = files.get(path) ?? open(path);
    files.set(path, fd);
    if (files.size > 500) {
      const [first] = files;
      if (first !== undefined && first[0] !== path) {
        closeSync(first[1]);
        files.delete(first[0]);
      }
    }
    if (size > buffer.length) buffer = Buffer.allocUnsafe(size);
    for (let read = 0; read < size; ) {
      const more = readSync(fd, buffer, read, size - read, at + read);
      if (more === 0) throw new UsageError(`${shownPath(path)} became shorter while it was read`);
      read += more;
    }
    return buffer.subarray(0, size);
  };
  return {
    line,
    module(record) {
      const json = line(record).toString("utf8", record.report, record.size - 1);
      const module = parseModule(json, record.head);
      if (module === undefined)
        throw new UsageError(`${shownPath(record.path)}: the record of ${record.head.name} is no valid one`);
      const [first] = moduleContradictions(module);
      if (first !== undefined) throw new UsageError(`${shownPath(record.path)} contradicts itself: ${first}`);
      return { module, json };
    },
    close() {
      for (const fd of files.values()) closeSync(fd);
      files.clear();
    },
  };
}
