// Files written bit by bit beside their place, and put there when they are whole: a reader never sees half of one, a refusal leaves nothing.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cannot } from "../../base/errors.ts";
import { destinationOf, openedFile, ownersOnly } from "../files-out.ts";

export interface Staged {
  /** Throws UsageError or ResourceError. */
  write(data: string | Uint8Array): void;
  /** Puts it in its place, behind `head` where one is given. Nothing can be written afterwards but by `keepOpen`. */
  publish(head?: string): Promise<void>;
  /** As if it had never been begun; harmless after `publish`. */
  discard(): void;
}

const bufferMax = 1 << 20;

/** `path` may be `-` with `print` for it. */
export function staged(path: string, mode = ownersOnly, print?: (text: string) => Promise<void>): Staged {
  const destination = print === undefined ? destinationOf(path) : undefined;
  const file = destination?.kind === "file" ? destination.path : undefined;
  const out = stage(file === undefined ? tmpdir() : dirname(file), path, mode);
  const copyTo = async (head: string | undefined): Promise<void> => {
    if (print !== undefined) {
      if (head !== undefined) await print(head);
      for (const piece of piecesOf(out.path)) await print(piece.toString());
      return;
    }
    if (destination === undefined) return;
    const target = await openedFile(path, destination, { mode, append: false });
    if (head !== undefined) target.write(head);
    for (const piece of piecesOf(out.path)) target.write(piece.toString());
    await target.close();
  };
  return {
    write: (data) => out.write(data),
    discard: () => out.remove(),
    async publish(head) {
      out.close();
      if (file === undefined) await copyTo(head);
      else if (head === undefined) out.rename(file);
      else {
        const whole = stage(dirname(file), path, mode);
        whole.write(head);
        for (const piece of piecesOf(out.path)) whole.write(piece);
        whole.close();
        whole.rename(file);
      }
      out.remove();
    },
  };
}

/** A file that is put in its place at `publish` and goes on being written there: of whom it replaces, nobody writes into it any more. */
export interface Growing {
  write(data: string | Uint8Array): void;
  publish(): void;
  close(): void;
}

/** Throws UsageError or ResourceError. */
export function growing(path: string, mode = ownersOnly): Growing {
  const { path: file } = destinationOf(path);
  const out = stage(dirname(file), path, mode);
  return {
    write(data) {
      out.write(data);
      out.flush();
    },
    publish: () => out.rename(file),
    close: () => out.close(),
  };
}

interface Stage {
  path: string;
  write(data: string | Uint8Array): void;
  flush(): void;
  close(): void;
  rename(to: string): void;
  remove(): void;
}

function stage(folder: string, shown: string, mode: number): Stage {
  const temporary = join(folder, `.conform-${randomBytes(6).toString("hex")}.tmp`);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw cannot("write", shown, error);
    }
  };
  const fd = guarded(() => {
    mkdirSync(folder, { recursive: true });
    return openSync(temporary, "wx+", mode);
  });
  guarded(() => fchmodSync(fd, mode));
  let texts: string[] = [];
  let size = 0;
  let open = true;
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) at += guarded(() => writeSync(fd, bytes, at));
  };
  const flush = (): void => {
    if (size > 0) put(Buffer.from(texts.join("")));
    [texts, size] = [[], 0];
  };
  const close = (): void => {
    if (!open) return;
    flush();
    open = false;
    closeSync(fd);
  };
  return {
    path: temporary,
    write(data) {
      if (typeof data !== "string") {
        flush();
        return put(data);
      }
      texts.push(data);
      size += data.length;
      if (size > bufferMax) flush();
    },
    flush,
    close,
    rename: (to) => guarded(() => renameSync(temporary, to)),
    remove() {
      if (open) closeSync(fd);
      open = false;
      rmSync(temporary, { force: true });
    },
  };
}

function* piecesOf(path: string): Generator<Buffer> {
  const fd = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(bufferMax);
  let held = 0;
  try {
    for (;;) {
      const read = readSync(fd, buffer, held, buffer.length - held, null);
      if (read === 0) break;
      // Whole lines only, so that no character is cut in two.
      const size = held + read;
      const end = buffer.subarray(0, size).lastIndexOf(10) + 1 || size;
      yield Buffer.from(buffer.subarray(0, end));
      buffer.copyWithin(0, end, size);
      held = size - end;
    }
    if (held > 0) yield Buffer.from(buffer.subarray(0, held));
  } finally {
    closeSync(fd);
  }
}

/** A folder of pages, put in its place at once. */
export interface StagedFolder {
  write(name: string, text: string): void;
  publish(): void;
  discard(): void;
}

/** Throws UsageError or ResourceError. What was at `path` before is replaced. */
export function stagedFolder(path: string, mode = ownersOnly): StagedFolder {
  const temporary = join(dirname(path), `.conform-${randomBytes(6).toString("hex")}.tmp`);
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      throw cannot("write", path, error);
    }
  };
  // Folders need the bit that lets one in wherever a file may be read.
  guarded(() => mkdirSync(temporary, { recursive: true, mode: mode | ((mode & 0o444) >> 2) }));
  return {
    write: (name, text) => guarded(() => writeFileSync(join(temporary, name), text, { mode })),
    publish: () =>
      guarded(() => {
        if (existsSync(path)) rmSync(path, { recursive: true });
        renameSync(temporary, path);
      }),
    discard: () => rmSync(temporary, { recursive: true, force: true }),
  };
}
