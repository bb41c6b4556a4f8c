// `conform merge <folder>`: the result files of all shards as one report of any format.
import { createHash } from "node:crypto";
import { createReadStream, type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf, UsageError } from "../../base/errors.ts";
import { shownPath } from "../../base/io.ts";
import { type Blob, merged } from "../../gate/merge.ts";
import { parseLine } from "../../report/shard-file.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { machineScrub } from "../machine.ts";
import { sinkOf } from "../settings.ts";
import { checkReporters, defaultReporters, writeReports } from "../sink.ts";
import { note } from "../terminal.ts";

const lineBytesMax = 64 << 20;
const filesMax = 20_000;

/** The exit code is that of the merged verdict. Throws UsageError, with all refusals, when the files are not one whole run. */
export async function merge(folder: string, flags: FlagsOf<"merge">): Promise<number> {
  const sink = sinkOf(flags, { scrub: machineScrub([]), reporters: defaultReporters() });
  await checkReporters(sink.reporters);
  const blobs: Blob[] = [];
  for (const path of filesIn(folder)) {
    const blob = await readBlob(path);
    if (blob !== undefined) blobs.push(blob);
  }
  const { refusals, incomplete, report } = merged(blobs);
  const told = refusals.slice(0, 20).join("\n  ");
  if (refusals.length > 0 && !(flags.allowIncomplete && incomplete && report !== undefined)) {
    const hint = incomplete ? "\n  --allow-incomplete reports what is there and calls the rest inconclusive" : "";
    throw new UsageError(`${folder} does not hold one whole run:\n  ${told}${hint}`);
  }
  if (report === undefined) throw new UsageError(`${folder}: nothing to merge`);
  if (refusals.length > 0) note(`incomplete:\n  ${told}`);
  await writeReports(report, sink, {});
  return report.verdict.exit;
}

/** All `.ndjson` files below, sorted. Throws UsageError. */
function filesIn(folder: string): string[] {
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

/** Reads line by line. Undefined for an NDJSON file that never was a shard's (a transcript, an event stream). */
async function readBlob(path: string): Promise<Blob | undefined> {
  const hash = createHash("sha256");
  const blob: Blob = { file: shownPath(path), modules: [], faults: [] };
  const named = /(^|\/)shard-\d+-of-\d+\.ndjson$/.test(path);
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (line === undefined) {
      blob.faults.push(`has a line of more than ${lineBytesMax} bytes (line ${number})`);
      break;
    }
    const text = line.subarray(0, -1).toString();
    // A last line without its end was cut off; what it says does not count.
    if (line.at(-1) !== 10) break;
    const parsed = parseLine(text);
    if (number === 1 && parsed.kind !== "header" && !named) return undefined;
    take(blob, parsed, { number, seal: () => hash.copy().digest("hex") });
    hash.update(line);
    if (blob.faults.length > 0) break;
  }
  return blob.header === undefined && !named ? undefined : blob;
}

function take(
  blob: Blob,
  parsed: ReturnType<typeof parseLine>,
  { number, seal }: { number: number; seal(): string },
): void {
  if (parsed.kind === "fault") blob.faults.push(`line ${number} ${parsed.fault}`);
  else if (blob.footer !== undefined) blob.faults.push(`goes on after its footer (line ${number})`);
  else if ((parsed.kind === "header") !== (number === 1))
    blob.faults.push(number === 1 ? "does not begin with a header" : `has a second header (line ${number})`);
  else if (parsed.kind === "header") blob.header = parsed.header;
  else if (parsed.kind === "module") blob.modules.push(parsed.module);
  else if (parsed.kind === "footer") {
    blob.footer = parsed.footer;
    const { modules, sha256 } = parsed.footer;
    if (sha256 !== seal() || modules !== blob.modules.length) blob.faults.push("was changed after it was written");
  }
}

/** Lines with their line feeds; undefined for one that is too long, and nothing after it. */
async function* linesOf(path: string): AsyncGenerator<Buffer | undefined> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const data of createReadStream(path, { highWaterMark: 1 << 18 })) {
    let chunk: Buffer = data;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10)) {
      yield Buffer.concat([...pieces, chunk.subarray(0, at + 1)]);
      [pieces, size] = [[], 0];
      chunk = chunk.subarray(at + 1);
    }
    pieces.push(chunk);
    size += chunk.length;
    if (size > lineBytesMax) {
      yield undefined;
      return;
    }
  }
  if (size > 0) yield Buffer.concat(pieces);
}
