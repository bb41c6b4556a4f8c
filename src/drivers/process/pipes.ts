// Real pipes for a child's stdin, stdout and stderr. Node's own are sockets, and a program cannot open /dev/stderr or /dev/stdin on a socket.
import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export type Three<T> = [stdin: T, stdout: T, stderr: T];

/** Conform's ends are streams; the child's ends are descriptors, to be closed here once the child has them. */
export interface Pipes {
  childEnds: Three<number>;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** After the spawn, successful or not. */
  closeChildEnds(): void;
  /** After the child is gone. */
  release(): void;
}

/** A descriptor that names a file and neither reads nor writes it; Node has no constant for it. */
const O_PATH = 0o10000000;
const nudgeMs = 50;

/** Doubled with every batch: a run of one module needs few, one of a thousand should not start `mkfifo` for every fourth. */
let setsPerBatch = 4;
const setsPerBatchMax = 32;
const spare: Three<number>[] = [];
let batch: Promise<void> | undefined;

/** Three new pipes; undefined where there is no /proc or no `mkfifo`, and Node's sockets must do. */
export async function openPipes(): Promise<Pipes | undefined> {
  if (process.platform !== "linux") return undefined;
  while (spare.length === 0) {
    batch ??= makeBatch().finally(() => {
      batch = undefined;
    });
    try {
      await batch;
    } catch {
      return undefined;
    }
  }
  const fifos = spare.shift();
  return fifos === undefined ? undefined : openEnds(fifos);
}

/**
 * FIFOs whose names are removed at once: nothing is left behind whatever happens. One `mkfifo` for several children, about 1 ms. Each is held
 * open for reading and writing until it is used.
 */
async function makeBatch(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "conform-pipes-"));
  try {
    const names = Array.from({ length: 3 * setsPerBatch }, (_, i) => join(folder, String(i)));
    await new Promise<void>((resolve, reject) => {
      execFile("mkfifo", names, (error) => (error === null ? resolve() : reject(error)));
    });
    setsPerBatch = Math.min(setsPerBatchMax, setsPerBatch * 2);
    const held = names.map((name) => openSync(name, constants.O_RDWR | constants.O_NONBLOCK));
    for (let i = 0; i + 2 < held.length; i += 3) {
      const [stdin, stdout, stderr] = held.slice(i, i + 3);
      if (stdin !== undefined && stdout !== undefined && stderr !== undefined) spare.push([stdin, stdout, stderr]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens both ends of each, none of which blocks because the held descriptor is the other end; then lets that go, so that end of file works. */
function openEnds(held: Three<number>): Pipes {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const [input, output, errors] = held;
  const childEnds: Three<number> = [reopen(input, O_RDONLY), reopen(output, O_WRONLY), reopen(errors, O_WRONLY)];
  const stdin = new Socket({ fd: reopen(input, O_WRONLY | O_NONBLOCK), readable: false, writable: true });
  const stdout = new Socket({ fd: reopen(output, O_RDONLY | O_NONBLOCK), readable: true, writable: false });
  const stderr = new Socket({ fd: reopen(errors, O_RDONLY | O_NONBLOCK), readable: true, writable: false });
  const release = keepOpenable(input, stdin);
  for (const fd of held) closeSync(fd);
  return { childEnds, stdin, stdout, stderr, closeChildEnds: () => childEnds.forEach(closeSync), release };
}

/**
 * The one thing in which a FIFO is no pipe: a program that opens /dev/stdin after conform closed it would wait for a writer for ever, where
 * a pipe gives end of file at once. So a writer comes and goes now and then; readers do not notice.
 */
function keepOpenable(input: number, stdin: Socket): () => void {
  const name = reopen(input, O_PATH);
  let timer: NodeJS.Timeout | undefined;
  stdin.once("close", () => {
    timer = setInterval(nudge, nudgeMs, name).unref();
  });
  const release = () => {
    clearInterval(timer);
    closeSync(name);
  };
  // What the child leaves behind reads on until conform closes it.
  return () => void (stdin.closed ? release() : stdin.once("close", release));
}

function nudge(name: number): void {
  try {
    closeSync(reopen(name, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // ENXIO: nobody has it open for reading.
  }
}

function reopen(fd: number, flags: number): number {
  return openSync(`/proc/self/fd/${fd}`, flags);
}
