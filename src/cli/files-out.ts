// The one writer of files. What is missing or a regular file is written whole, beside it, and renamed; a link's target is written, not the
// link; a device or a FIFO is opened and written, never replaced; anything else is refused.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { settles } from "../base/deadline.ts";
import { cannot, codeOf, UsageError } from "../base/errors.ts";

/** Reports and transcripts hold what a module said, which may be private: the owner's alone. */
export const ownersOnly = 0o600;
/** What is made to be read by others: badges, metrics, files of a repository. */
export const everyones = 0o644;

/** How long a FIFO may go without a reader, and without taking what is written, in milliseconds. */
const fifoPatienceMs = 5000;

/** A file that is written bit by bit. Faults while writing are kept for `close`, so that nothing else is lost by them. */
export interface OutFile {
  write(text: string): void;
  /** Throws UsageError or ResourceError when not all of it could be written. */
  close(): Promise<void>;
}

type Kind = "file" | "device" | "fifo" | { fd: number };
/** Where bytes go in the end. */
export interface Destination {
  path: string;
  kind: Kind;
}

/** Writes all of it. Throws UsageError or ResourceError. */
export async function writeWhole(path: string, content: string, mode = ownersOnly): Promise<void> {
  const destination = destinationOf(path);
  if (destination.kind === "file") {
    replace(path, destination.path, { content, mode });
    return;
  }
  const out = await openedFile(path, destination, { mode, append: false });
  out.write(content);
  await out.close();
}

/** Opens for writing bit by bit; what was there is emptied unless `append`. Throws UsageError or ResourceError. */
export async function openOut(path: string, { mode = ownersOnly, append = false } = {}): Promise<OutFile> {
  return openedFile(path, destinationOf(path), { mode, append });
}

/** Where the bytes go: links followed to their end, also where nothing is there yet. Throws UsageError. */
export function destinationOf(path: string): Destination {
  const own = /^\/(?:dev\/(?:fd\/(\d+)|(stdin|stdout|stderr))|proc\/self\/fd\/(\d+))$/.exec(resolve(path));
  if (own !== null) {
    const number = own[1] ?? own[3] ?? String(["stdin", "stdout", "stderr"].indexOf(own[2] ?? ""));
    return { path, kind: { fd: Number(number) } };
  }
  let at = resolve(path);
  for (let links = 0; ; links++) {
    const seen = entry(at, path);
    if (seen === undefined) return { path: at, kind: "file" };
    if (!seen.isSymbolicLink()) return { path: at, kind: kindOf(seen, path) };
    if (links === 40) throw new UsageError(`cannot write ${path}: its links lead in a circle`);
    at = resolve(dirname(at), readlinkSync(at));
  }
}

function entry(at: string, path: string): Stats | undefined {
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch (error) {
    throw cannot("write", path, error);
  }
}

function kindOf(seen: Stats, path: string): Kind {
  if (seen.isFile()) return "file";
  if (seen.isCharacterDevice()) return "device";
  if (seen.isFIFO()) return "fifo";
  const what = seen.isDirectory() ? "a folder" : seen.isSocket() ? "a socket" : "a disk (block device)";
  throw new UsageError(`cannot write ${path}: it is ${what}; name a file`);
}

/** A reader never sees half a file. Where nothing can be made beside it (a file mounted alone), the file itself is written. */
function replace(path: string, target: string, { content, mode }: { content: string; mode: number }): void {
  const temporary = join(dirname(target), `.conform-${randomBytes(6).toString("hex")}.tmp`);
  let fd: number | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    fd = openSync(temporary, "wx", mode);
    fchmodSync(fd, mode);
    writeAll(fd, content);
    closeSync(fd);
    fd = undefined;
    renameSync(temporary, target);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(temporary, { force: true });
    const busy = ["EBUSY", "EACCES", "EPERM", "EXDEV"].includes((error as NodeJS.ErrnoException).code ?? "");
    if (!busy || !statSync(target, { throwIfNoEntry: false })?.isFile()) throw cannot("write", path, error);
    inPlace(path, target, content);
  }
}

function inPlace(path: string, target: string, content: string): void {
  try {
    const fd = openSync(target, constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      ftruncateSync(fd);
      writeAll(fd, content);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw cannot("write", path, error);
  }
}

/** Opens what `destinationOf` found. */
export async function openedFile(
  path: string,
  { path: target, kind }: Destination,
  { mode, append }: { mode: number; append: boolean },
): Promise<OutFile> {
  if (typeof kind !== "string") return onDescriptor(path, kind.fd, () => {});
  if (kind === "fifo") return onFifo(path, await openFifo(path, target));
  try {
    if (kind === "file") mkdirSync(dirname(target), { recursive: true });
    // Never a terminal of conform's own, and no waiting for a device that has nobody at its other end.
    const how = kind === "device" ? constants.O_NOCTTY | constants.O_NONBLOCK : constants.O_CREAT;
    const end = kind === "device" ? 0 : append ? constants.O_APPEND : constants.O_TRUNC;
    const fd = openSync(target, constants.O_WRONLY | how | end, mode);
    if (kind === "file" && !append && fstatSync(fd).uid === process.geteuid?.()) fchmodSync(fd, mode);
    return onDescriptor(path, fd, () => closeSync(fd));
  } catch (error) {
    throw cannot("write", path, error);
  }
}

function onDescriptor(path: string, fd: number, close: () => void): OutFile {
  let fault: unknown;
  return {
    write(text) {
      if (fault !== undefined) return;
      try {
        writeAll(fd, text);
      } catch (error) {
        fault = error;
      }
    },
    async close() {
      close();
      if (fault !== undefined) throw cannot("write", path, fault);
    },
  };
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** A FIFO can be opened for writing when somebody reads. */
async function openFifo(path: string, target: string): Promise<number> {
  const until = performance.now() + fifoPatienceMs;
  for (;;) {
    try {
      return openSync(target, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw cannot("write", path, error);
      if (performance.now() > until)
        throw new UsageError(`cannot write ${path}: nobody reads from this FIFO (waited ${fifoPatienceMs / 1000} s)`);
      await sleep(20);
    }
  }
}

function onFifo(path: string, fd: number): OutFile {
  const socket = new Socket({ fd, readable: false, writable: true });
  let fault: unknown;
  socket.on("error", (error) => {
    fault ??= error;
  });
  return {
    write: (text) => void (fault === undefined && socket.write(text)),
    async close() {
      const done = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.end();
      for (let left = socket.writableLength; ; left = socket.writableLength) {
        if (await settles(done, fifoPatienceMs)) break;
        if (socket.writableLength < left) continue;
        fault ??= new Error(`its reader takes nothing (waited ${fifoPatienceMs / 1000} s)`);
        socket.destroy();
        break;
      }
      if (fault !== undefined) throw cannot("write", path, fault);
    },
  };
}

/** Texts of what could not be written; the worst kind of fault is kept. Throws it, with the verdict in its message. */
export function throwFaults(faults: readonly unknown[], verdict: string): void {
  const [first] = faults;
  if (first === undefined) return;
  const text = faults.map((fault) => (fault instanceof Error ? fault.message : codeOf(fault))).join("; ");
  const usage = faults.find((fault) => fault instanceof UsageError);
  const message = `${text} (the verdict was: ${verdict})`;
  if (usage !== undefined) throw new UsageError(message);
  throw first instanceof Error ? Object.assign(first, { message }) : new Error(message);
}
