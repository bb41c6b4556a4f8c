// Reading below a folder that may be hostile: regular files only, bounded, never blocking, never outside the folder.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Json } from "../../base/types.ts";
import type { DocumentFormat } from "../../formats/documents/document.ts";
import { documentFormat, parseDocument } from "../../formats/documents/document.ts";
import type { DocumentNote, DocumentOptions, LineColumn } from "../../formats/documents/parsed.ts";

/** What a path is. `link`: dangling, going round in circles, or leading out of the folder. */
export type FileKind = "file" | "folder" | "fifo" | "socket" | "device" | "link" | "absent" | "unreadable";

/** Bytes of a regular file, or why there are none. */
export type FileBytes =
  | { ok: true; kind: "file"; bytes: Buffer; mode: number }
  | { ok: false; kind: FileKind; problem: DocumentNote; size?: number };

/** What a document holds, or what is wrong with it. Plain JSON. */
export type DocumentRead = {
  ok: boolean;
  exists: boolean;
  file: string;
  kind: FileKind;
  format: DocumentFormat;
  bytes?: number;
  /** Of the bytes that were read and judged. */
  sha256?: string;
  executable?: boolean;
  /** For format text, or when asked for. */
  text?: string;
  data?: Json;
  documents?: Json[];
  /** RFC 6901 pointer -> [line, column]. */
  positions?: { [pointer: string]: LineColumn };
  positions_cut?: boolean;
  warnings?: DocumentNote[];
  problem?: DocumentNote;
};

export interface ReadOptions extends DocumentOptions {
  format?: DocumentFormat | "auto";
  bytesMax: number;
  /** Give the text, too. */
  text?: boolean;
}

/** Reads and parses one file. Never throws for anything the folder holds. */
export async function readDocument(root: string, file: string, options: ReadOptions): Promise<DocumentRead> {
  const format = options.format === undefined || options.format === "auto" ? documentFormat(file) : options.format;
  const read = await readBounded(root, file, options.bytesMax);
  if (!read.ok) {
    const { kind, problem, size } = read;
    const exists = kind !== "absent";
    return { ok: false, exists, file, kind, format, ...(size === undefined ? {} : { bytes: size }), problem };
  }
  const { bytes } = read;
  const about = {
    exists: true,
    file,
    kind: "file" as const,
    format,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    executable: (read.mode & 0o111) !== 0,
  };
  if (!isUtf8(bytes)) return { ok: false, ...about, problem: notUtf8(bytes) };
  const text = bytes.toString("utf8");
  const { data, documents, warnings, places, placesCut, problem } = await parseDocument(text, format, options);
  const positions = places.size === 0 ? {} : { positions: Object.fromEntries(places) };
  return {
    ok: problem === undefined,
    ...about,
    ...(format === "text" || options.text ? { text } : {}),
    ...(data === undefined || format === "text" ? {} : { data }),
    ...(documents === undefined ? {} : { documents }),
    ...positions,
    ...(placesCut ? { positions_cut: true } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Reads a regular file below `root`, links followed only within it. Never blocks on a FIFO, never opens a device. */
export async function readBounded(root: string, file: string, bytesMax: number): Promise<FileBytes> {
  if (file === "" || isAbsolute(file) || file.includes("\0") || file.split(/[/\\]/).includes("..")) {
    return refuse("unreadable", "path", "is no path below the folder");
  }
  try {
    const realRoot = await realpath(root);
    const real = await realpath(join(realRoot, file));
    if (!isBelow(realRoot, real)) return refuse("link", "outside", "leads out of the folder");
    const kind = fileKindOf(await lstat(real));
    if (kind !== "file") return notAFile(kind);
    // O_NONBLOCK: a FIFO put there since then must not block; O_NOFOLLOW: nor a link be followed.
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      return await readOpen(handle, realRoot, bytesMax);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return failure(error, join(root, file));
  }
}

async function readOpen(handle: FileHandle, realRoot: string, bytesMax: number): Promise<FileBytes> {
  const status = await handle.stat();
  if (!status.isFile()) return notAFile(fileKindOf(status));
  // A folder on the way may have become a link after realpath; where the system can say what is open, ask it.
  const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (opened !== undefined && !isBelow(realRoot, opened)) return refuse("link", "outside", "leads out of the folder");
  if (status.size > bytesMax) return tooLarge(bytesMax, status.size);
  // The size may be a lie (/proc) or grow; what counts is what comes.
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= bytesMax) {
    const chunk = Buffer.allocUnsafe(Math.min(65_536, bytesMax + 1 - length));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, length);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  if (length > bytesMax) return tooLarge(bytesMax, Math.max(length, status.size));
  return { ok: true, kind: "file", bytes: Buffer.concat(chunks, length), mode: status.mode };
}

interface Stats {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isSymbolicLink(): boolean;
}

export function fileKindOf(status: Stats): FileKind {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "folder";
  if (status.isFIFO()) return "fifo";
  if (status.isSocket()) return "socket";
  return status.isSymbolicLink() ? "link" : "device";
}

/** Both real paths. */
export function isBelow(root: string, path: string): boolean {
  const rest = relative(root, path);
  return rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

const kindWords: Partial<Record<FileKind, string>> = {
  folder: "is a folder",
  fifo: "is a named pipe",
  socket: "is a socket",
  device: "is a device",
  link: "is a link",
};

function notAFile(kind: FileKind): FileBytes {
  return refuse(kind, "not-a-file", `${kindWords[kind] ?? `is a ${kind}`}, not a regular file`);
}

function tooLarge(bytesMax: number, size: number): FileBytes {
  return { ok: false, kind: "file", problem: { kind: "too-large", message: `is larger than ${bytesMax} bytes` }, size };
}

function refuse(kind: FileKind, problem: string, message: string): FileBytes {
  return { ok: false, kind, problem: { kind: problem, message } };
}

async function failure(error: unknown, path: string): Promise<FileBytes> {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  if (code === "ELOOP") return refuse("link", "loop", "is a link that goes round in circles");
  if (code === "ENOENT" || code === "ENOTDIR") {
    const itself = await lstat(path).catch(() => undefined);
    if (itself?.isSymbolicLink()) return refuse("link", "dangling", "is a link to nothing");
    return refuse("absent", "absent", "is not there");
  }
  const kind = (await stat(path).catch(() => undefined))?.isFile() ? "file" : "unreadable";
  return refuse(
    kind,
    "unreadable",
    code === "EACCES" || code === "EPERM" ? "may not be read" : `cannot be read: ${code}`,
  );
}

function notUtf8(bytes: Buffer): DocumentNote {
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return { kind: "encoding", message: "is not UTF-8", line, column: 1 };
}
