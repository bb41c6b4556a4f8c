// Files, clock, randomness and the machine: the effects that are not drivers.
import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { cannot, UsageError } from "./errors.ts";

/** Folder of the installed package: the nearest one upwards that holds specs/ and package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(folder, "package.json")) && existsSync(join(folder, "specs")))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("conform's own folder was not found");
    folder = parent;
  }
  return folder;
}

/** Text of a file that comes with conform, or nothing. */
export function readShipped(name: string): string | undefined {
  const path = join(packageRoot(), name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Text of a file of the user's. Throws UsageError. */
export function readUserFile(path: string, bytesMax = 64 << 20): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new UsageError(`${path} is not a file`);
    if (stat.size > bytesMax) throw new UsageError(`${path} is larger than ${bytesMax} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw cannot("read", path, error);
  }
}

/** A fresh empty folder. */
export async function makeFolder(prefix: string): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(tmpdir(), prefix)));
  } catch (error) {
    throw cannot("write", `${tmpdir()} (the folder for temporary files, TMPDIR)`, error);
  }
}

/** Never throws: a module may have made parts of it unremovable. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** Path as shown to people: relative to the working directory where that is shorter. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === ""
    ? "."
    : short.startsWith("..")
      ? path
      : `./${short.split(sep).join("/")}`.replace(/^\.\/\.$/, ".");
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function absolute(path: string): string {
  return resolve(path);
}

/** Seconds since `start()` was called, monotonic. */
export function startClock(): () => number {
  const origin = performance.now();
  return () => (performance.now() - origin) / 1000;
}

/** Many steps listen to one signal at once; that is no leak. */
export function manyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** Wall-clock time of now. */
export function wallClock(): Date {
  return new Date();
}

/** `linux x64, Node 20.19.0`: tells kinds of machines apart, not machines. */
export function machineKind(): string {
  return `${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

export function cores(): number {
  return availableParallelism();
}

/** Random hex from a seed (reproducible) or from the system. */
export function randomSource(seed: string | undefined): (characters: number) => string {
  if (seed === undefined)
    return (characters) =>
      randomBytes(Math.ceil(characters / 2))
        .toString("hex")
        .slice(0, characters);
  let counter = 0;
  return (characters) => {
    let text = "";
    while (text.length < characters) text += createHash("sha256").update(`${seed}:${counter++}`).digest("hex");
    return text.slice(0, characters);
  };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
