// Bytes of a stream -> lines, in bounded memory: long lines are cut, long streams keep their beginning and their end.
import { isUtf8 } from "node:buffer";
import type { LimitSeen, LineData, StreamName } from "../../base/events.ts";
import { parseJson } from "../../base/json.ts";
import type { Limits } from "../../base/limits.ts";
import type { Json } from "../../base/types.ts";

/** One line as it was seen, without its line end. */
export interface LineSeen extends LineData {
  /** The line as JSON. On stderr only objects and arrays are tried. Never with too-long, not-utf8. */
  json?: Json;
}

/** What passed through a stream. `omitted` lines were counted and dropped. */
export interface StreamTotals {
  bytes: number;
  lines: number;
  omitted: number;
}

export interface LineSplitterOptions {
  stream: StreamName;
  limits: Pick<Limits, "lineBytesMax" | "streamBytesMax" | "linesMax">;
  onLine(line: LineSeen): void;
  onLimit(limit: LimitSeen): void;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const tailBytes = 64 * 1024;
const tailLines = 100;

/**
 * Delivers lines as they come, until `streamBytesMax` bytes or `linesMax` lines were delivered. Then one limit event, and from there only
 * the last 64 KiB and 100 lines are kept, and delivered by `end`. A limit event for `lineBytesMax` comes once, when the line grows too
 * long and not when it ends; the line itself comes with its end.
 */
export class LineSplitter {
  readonly #options: LineSplitterOptions;
  #partial = Buffer.alloc(0);
  #kept = 0;
  #lineBytes = 0;
  #delivered = 0;
  #deliveredBytes = 0;
  #saidTooLong = false;
  #tail: Tail | undefined;
  #limitToSay: { limit: string; bound: number } | undefined;
  #ended = false;
  readonly totals: StreamTotals = { bytes: 0, lines: 0, omitted: 0 };

  constructor(options: LineSplitterOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    if (this.#ended) return;
    this.totals.bytes += chunk.length;
    let from = 0;
    while (from < chunk.length) {
      if (this.#tail !== undefined) {
        this.#skim(chunk.subarray(from), this.#tail);
        return;
      }
      const at = chunk.indexOf(newline, from);
      this.#take(chunk.subarray(from, at === -1 ? chunk.length : at));
      if (at === -1) return;
      this.#finish(true);
      from = at + 1;
    }
  }

  /** The stream is over. Delivers what is left; further calls do nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#tail === undefined) {
      if (this.#lineBytes > 0) this.#finish(false);
      return;
    }
    if (this.#lineBytes > 0) this.totals.lines++;
    const last = this.#tail.lines();
    this.totals.omitted = this.totals.lines - this.#delivered - last.length;
    for (const line of last) {
      const { lineBytesMax } = this.#options.limits;
      const cut = line.cut || line.bytes.length > lineBytesMax;
      const seen = { bytes: line.bytes.length, terminated: line.terminated, cut };
      this.#options.onLine({
        ...readLine(line.bytes.subarray(0, lineBytesMax), this.#options.stream, seen),
        late: true,
      });
    }
  }

  #take(piece: Buffer): void {
    const { lineBytesMax } = this.#options.limits;
    const room = Math.min(piece.length, lineBytesMax - this.#kept);
    if (room > 0) {
      if (this.#kept + room > this.#partial.length) {
        const grown = Buffer.allocUnsafe(Math.min(lineBytesMax, Math.max(256, 2 * (this.#kept + room))));
        this.#partial.copy(grown, 0, 0, this.#kept);
        this.#partial = grown;
      }
      piece.copy(this.#partial, this.#kept, 0, room);
      this.#kept += room;
    }
    this.#lineBytes += piece.length;
    this.#checkLine();
  }

  #checkLine(): void {
    const { stream, limits, onLimit } = this.#options;
    if (this.#saidTooLong || this.#lineBytes <= limits.lineBytesMax) return;
    this.#saidTooLong = true;
    // The count at the moment of going over, so that it does not depend on how the bytes arrived.
    onLimit({ limit: "lineBytesMax", bound: limits.lineBytesMax, seen: limits.lineBytesMax + 1, stream });
  }

  #finish(terminated: boolean): void {
    const { stream, limits, onLine } = this.#options;
    const cut = this.#lineBytes > this.#kept;
    const line = readLine(this.#partial.subarray(0, this.#kept), stream, { bytes: this.#lineBytes, terminated, cut });
    this.#delivered++;
    this.totals.lines++;
    this.#deliveredBytes += this.#kept + 1;
    if (this.#partial.length > 4096) this.#partial = Buffer.alloc(0);
    this.#kept = 0;
    this.#lineBytes = 0;
    onLine(line);
    if (this.#deliveredBytes >= limits.streamBytesMax) this.#over("streamBytesMax", limits.streamBytesMax);
    else if (this.#delivered >= limits.linesMax) this.#over("linesMax", limits.linesMax);
  }

  #over(limit: string, bound: number): void {
    this.#tail = new Tail();
    this.#limitToSay = { limit, bound };
  }

  #skim(chunk: Buffer, tail: Tail): void {
    if (this.#limitToSay !== undefined) {
      // Said with the first byte that goes over, not when the last allowed one came.
      const seen = this.#limitToSay.limit === "linesMax" ? this.totals.lines + 1 : this.totals.bytes - chunk.length + 1;
      this.#options.onLimit({ ...this.#limitToSay, seen, stream: this.#options.stream });
      this.#limitToSay = undefined;
    }
    tail.push(chunk);
    // A plain loop: a call per line is 50 times slower on a flood of tiny lines, and would starve everything else.
    let start = -this.#lineBytes;
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] !== newline) continue;
      this.#lineBytes = i - start;
      this.#checkLine();
      this.totals.lines++;
      start = i + 1;
    }
    this.#lineBytes = chunk.length - start;
    this.#checkLine();
  }
}

/** `cut`: its beginning was overwritten. */
interface TailLine {
  bytes: Buffer;
  terminated: boolean;
  cut: boolean;
}

/** The last bytes of a stream in a ring. */
class Tail {
  readonly #ring = Buffer.alloc(tailBytes);
  #written = 0;

  push(chunk: Buffer): void {
    const last = chunk.length > tailBytes ? chunk.subarray(chunk.length - tailBytes) : chunk;
    const at = (this.#written + chunk.length - last.length) % tailBytes;
    const room = Math.min(last.length, tailBytes - at);
    last.copy(this.#ring, at, 0, room);
    last.copy(this.#ring, 0, room);
    this.#written += chunk.length;
  }

  /** Whole lines of the ring, and the unterminated rest. A line whose beginning was overwritten is left out, unless nothing else is there. */
  lines(): TailLine[] {
    const at = this.#written % tailBytes;
    const full = this.#written > tailBytes;
    const bytes = full
      ? Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)])
      : this.#ring.subarray(0, this.#written);
    const found: TailLine[] = [];
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(newline, from);
      found.push({
        bytes: bytes.subarray(from, end === -1 ? bytes.length : end),
        terminated: end !== -1,
        cut: full && from === 0,
      });
      from = end === -1 ? bytes.length : end + 1;
    }
    if (full && found.length > 1) found.shift();
    return found.slice(-tailLines);
  }
}

/** Facts of one line from its bytes. `cut`: `kept` is only its beginning. */
export function readLine(
  kept: Buffer,
  stream: StreamName,
  about: { bytes: number; terminated: boolean; cut: boolean },
): LineSeen {
  const { bytes, terminated, cut } = about;
  const crlf = terminated && !cut && kept[kept.length - 1] === carriageReturn;
  const body = cut ? wholeCharacters(kept) : crlf ? kept.subarray(0, -1) : kept;
  const seen: LineSeen = { stream, bytes };
  if (!isUtf8(body)) return { ...seen, b64: kept.toString("base64"), problem: cut ? "too-long" : "not-utf8" };
  const text = body.toString("utf8");
  seen.text = text;
  if (cut) return { ...seen, problem: "too-long" };
  const read = stream === "stdout" ? stdoutJson(text) : /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  if (read?.value !== undefined) seen.json = read.value;
  if (!terminated) seen.problem = "unterminated";
  else if (text.startsWith("\ufeff")) seen.problem = "bom";
  else if (read?.kind !== undefined && (stream === "stdout" || read.kind !== "not-json")) seen.problem = read.kind;
  else if (crlf) seen.problem = "crlf";
  return seen;
}

/** Plain words are told from JSON by their first character: an exception per line would make floods of log lines expensive. */
function stdoutJson(text: string): ReturnType<typeof parseJson> {
  return /^\s*[{["\-0-9tfn]/.test(text) ? parseJson(text) : { kind: "not-json" };
}

/** Without the broken character that cutting may have left at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, -back) : bytes;
    }
    if (byte < 0x80) return bytes;
  }
  return bytes;
}
