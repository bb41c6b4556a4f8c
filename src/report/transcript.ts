// The transcript as NDJSON: header, one event per line, footer. No footer means the run was cut off.

import { createHash } from "node:crypto";
import type * as z from "zod";
import { UsageError } from "../base/errors.ts";
import type { TranscriptEvent } from "../base/events.ts";
import { isObject } from "../base/json.ts";
import type { Transcript, TranscriptFooter, TranscriptHeader } from "../base/transcript.ts";
import { visible } from "../base/visible.ts";
import { eventShape, footerShape, headerShape } from "./transcript-schema.ts";

export function headerLine(header: TranscriptHeader): string {
  return `${JSON.stringify({ kind: "header", ...header })}\n`;
}

export function eventLine(event: TranscriptEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** `sha256` must be that of all lines before. */
export function footerLine(footer: TranscriptFooter): string {
  return `${JSON.stringify({ kind: "footer", ...footer })}\n`;
}

/** The whole file as NDJSON, ending in a line feed; the footer's count and hash are made anew. Pure. */
export function formatTranscript({ header, events, footer }: Transcript): string {
  const text = headerLine(header) + events.map(eventLine).join("");
  if (footer === undefined) return text;
  return (
    text + footerLine({ ...footer, events: events.length, sha256: createHash("sha256").update(text).digest("hex") })
  );
}

/**
 * Reads one back; `file` is its name in errors. A file that breaks off, also within a line, gives a transcript without footer. Throws UsageError
 * with file and line for anything else that conform did not write so: another format, lines that are no events, numbers out of order, a count or
 * hash that differs.
 */
export function parseTranscript(text: string, file = "transcript"): Transcript {
  const reader = new Reader(visible(file));
  let start = 0;
  for (let line = 1; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline + 1;
    reader.line(text.slice(start, end), line, end === text.length);
    start = end;
  }
  return reader.transcript();
}

class Reader {
  readonly #file: string;
  readonly #hash = createHash("sha256");
  readonly #events: TranscriptEvent[] = [];
  #header: TranscriptHeader | undefined;
  #footer: TranscriptFooter | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  line(text: string, line: number, last: boolean): void {
    const value = this.#json(text, line, last);
    // Cut off within its last line; what is before it counts.
    if (value === undefined) return;
    if (this.#footer !== undefined) throw this.#error(line, "there is more after the footer");
    if (this.#header === undefined) this.#header = this.#readHeader(value, line);
    else if (kindOf(value) === "footer") this.#footer = this.#readFooter(value, line);
    else this.#events.push(this.#readEvent(value, line));
    this.#hash.update(text);
  }

  transcript(): Transcript {
    if (this.#header === undefined) throw new UsageError(`${this.#file}: not a transcript: it has no header`);
    const read = { header: this.#header, events: this.#events };
    return this.#footer === undefined ? read : { ...read, footer: this.#footer };
  }

  #json(text: string, line: number, last: boolean): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (last && line > 1 && this.#footer === undefined && !text.endsWith("\n")) return undefined;
      if (error instanceof SyntaxError) throw this.#error(line, "not JSON");
      throw error;
    }
  }

  #readHeader(value: unknown, line: number): TranscriptHeader {
    if (kindOf(value) !== "header") throw this.#error(line, "not a transcript: the first line is no header");
    const format = isObject(value) && "format" in value ? value.format : undefined;
    if (format !== 1) {
      throw this.#error(
        line,
        `transcript format ${visible(JSON.stringify(format) ?? "(none)")} is not known; this conform reads 1`,
      );
    }
    const { kind, ...header } = this.#checked(headerShape, value, line);
    return header;
  }

  #readEvent(value: unknown, line: number): TranscriptEvent {
    // As it was read: what is written from it again must be the same bytes.
    if (!isEvent(value)) return this.#checked(eventShape, value, line);
    const due = this.#events.length + 1;
    if (value.n !== due) throw this.#error(line, `event ${value.n} where event ${due} is due`);
    return value;
  }

  #readFooter(value: unknown, line: number): TranscriptFooter {
    const { kind, ...footer } = this.#checked(footerShape, value, line);
    if (footer.events !== this.#events.length) {
      throw this.#error(line, `the footer counts ${footer.events} events, the file has ${this.#events.length}`);
    }
    if (footer.sha256 !== this.#hash.copy().digest("hex")) {
      throw this.#error(line, "the file was changed after it was written: its hash is not the footer's");
    }
    return footer;
  }

  #checked<T>(shape: z.ZodType<T>, value: unknown, line: number): T {
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `${visible(issue.path.join("."))}: `;
    throw this.#error(line, `${where}${visible(issue?.message ?? "not valid")}`);
  }

  #error(line: number, message: string): UsageError {
    return new UsageError(`${this.#file}:${line}: ${message}`);
  }
}

function isEvent(value: unknown): value is TranscriptEvent {
  return eventShape.safeParse(value).success;
}

function kindOf(value: unknown): unknown {
  return isObject(value) && "kind" in value ? value.kind : undefined;
}
