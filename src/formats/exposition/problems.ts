// Where a problem is and what stands there, for people: line, column, found token, the line cut to a window.
import type { Buffer } from "node:buffer";
import { visible } from "../../base/visible.ts";
import type { Problem } from "./model.ts";
import { decode } from "./names.ts";
import { LF } from "./numbers.ts";

const WINDOW_BYTES = 72;
const TOKEN_BYTES = 40;

interface Place {
  bytes: Buffer;
  line: number;
  lineAt: number;
}

/** `at` is the offset where reading stopped, `expected` what should stand there. */
export function problemAt(place: Place, what: { id: string; at: number; expected: string }): Problem {
  const { bytes, line, lineAt } = place;
  const at = Math.min(what.at, bytes.length);
  return {
    id: what.id,
    line,
    column: columnOf(bytes, lineAt, at),
    expected: what.expected,
    found: foundAt(bytes, at),
    text: windowAt(bytes, lineAt, at),
    at,
  };
}

/** Column in characters, from 1: bytes that are no UTF-8 continuation. */
function columnOf(bytes: Buffer, lineAt: number, at: number): number {
  let column = 1;
  for (let i = lineAt; i < at; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) column++;
  return column;
}

function foundAt(bytes: Buffer, at: number): string {
  if (at >= bytes.length) return "end of input";
  const c = bytes[at] ?? LF;
  if (c === LF) return "end of line";
  if (c === 13) return "carriage return";
  if (c === 9) return "tab";
  if (c === 0) return "NUL";
  if (c === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) return "byte order mark (U+FEFF)";
  let end = at + 1;
  while (end < bytes.length && end - at < TOKEN_BYTES && (bytes[end] ?? LF) > 32) end++;
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
  return c === 32 ? "blank" : JSON.stringify(decode(bytes, at, end));
}

/** The line of `lineAt` around offset `at`, with `…` where it is cut. Control characters become visible. */
function windowAt(bytes: Buffer, lineAt: number, at: number): string {
  let from = Math.max(lineAt, at - WINDOW_BYTES);
  while (from > lineAt && ((bytes[from] ?? 0) & 0xc0) === 0x80) from--;
  const limit = Math.min(bytes.length, at + WINDOW_BYTES);
  let to = bytes.subarray(0, limit).indexOf(LF, at);
  const cut = to < 0 && limit < bytes.length;
  if (to < 0) to = limit;
  const text = decode(bytes, from, Math.max(from, to));
  return `${from > lineAt ? "…" : ""}${visible(text)}${cut ? "…" : ""}`;
}
