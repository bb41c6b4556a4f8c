// Why a program cannot be started, found before and after trying.
import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { codeOf, isPoverty, ResourceError } from "../../base/errors.ts";
import { hasParts } from "../../base/json.ts";

/** The program could not be started. `code` is an errno name: ENOENT, EACCES, ENOEXEC, ETXTBSY, E2BIG, ... */
export class SpawnFailure extends Error {
  override name = "SpawnFailure";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is to be started, as far as starting it can fail. */
export interface Program {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
}

/** The reason why this cannot be started, if one can be seen beforehand. */
export function cannotStart({ argv, cwd, env }: Program): SpawnFailure | undefined {
  const name = argv[0];
  if (name === undefined || name === "") return new SpawnFailure("EINVAL", "the command is empty");
  if (argv.some((part) => part.includes("\0"))) return new SpawnFailure("EINVAL", "the command holds a NUL character");
  if (!isFolder(cwd)) return new SpawnFailure("ENOENT", `the working folder ${cwd} does not exist`);
  if (process.platform === "win32") return undefined; // Extensions and App Paths: left to the system.
  const path = findProgram(name, cwd, env.PATH ?? "");
  if (path === undefined) {
    const where = name.includes("/") ? "does not exist" : "is not on the PATH";
    return new SpawnFailure("ENOENT", `${name} ${where}`);
  }
  if (isFolder(path)) return new SpawnFailure("EACCES", `${name} is a folder`);
  if (!mayRun(path)) return new SpawnFailure("EACCES", `${name} is not executable (no x permission)`);
  return unknownFormat(name, path);
}

/** The file that `name` means: as execvp finds it. */
export function findProgram(name: string, cwd: string, path: string): string | undefined {
  if (name.includes("/")) {
    const file = resolve(cwd, name);
    return exists(file) ? file : undefined;
  }
  const candidates = path.split(delimiter).map((folder) => join(resolve(cwd, folder), name));
  const files = candidates.filter((file) => exists(file) && !isFolder(file));
  return files.find(mayRun) ?? files[0];
}

/**
 * execvp hands text without `#!` to /bin/sh, which then stumbles over a manifest or a Python file. An orchestrator that calls execve gets
 * ENOEXEC, so conform does too.
 */
function unknownFormat(name: string, path: string): SpawnFailure | undefined {
  const head = firstBytes(path);
  if (head === undefined) return undefined; // Executable, not readable: fine.
  if (head.length === 0) return new SpawnFailure("ENOEXEC", `${name} is empty`);
  if (head.subarray(0, 2).toString("latin1") === "#!") {
    const interpreter =
      head
        .toString("latin1", 2)
        .trimStart()
        .split(/[\s\0]/)[0] ?? "";
    if (interpreter.startsWith("/") && !exists(interpreter)) {
      return new SpawnFailure("ENOENT", `${name} wants the interpreter ${interpreter}, which does not exist`);
    }
    return undefined;
  }
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
  if (isText) return new SpawnFailure("ENOEXEC", `${name} is text without a #! line`);
  return undefined;
}

/** The failure that the system reported. */
export function startFailure(program: Program, error: unknown): SpawnFailure | ResourceError {
  if (isPoverty(error)) return new ResourceError(`conform could not start ${program.argv[0]}: ${codeOf(error)}`);
  const code = errorCode(error) ?? "EUNKNOWN";
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  return new SpawnFailure(code, `${program.argv[0]} cannot be started: ${message}`);
}

function errorCode(error: unknown): string | undefined {
  if (!hasParts(error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? errorCode(error.cause) : undefined;
}

function firstBytes(path: string): Buffer | undefined {
  let file: number;
  try {
    // Without O_NONBLOCK opening a FIFO would hang.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(256);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  return facts(path) !== undefined;
}

function isFolder(path: string): boolean {
  return facts(path)?.isDirectory() === true;
}

/** Undefined also for a loop of links, a folder that may not be entered, a name too long. */
function facts(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
