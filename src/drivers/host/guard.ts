// Runs in the hosted child: watches what foreign code does to its process (end it, write files, connect) and makes chosen calls fail.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Json } from "../../base/types.ts";
import { entries, get, keys, ownKeys } from "./natives.ts";
import type { Incident } from "./protocol.ts";

type Anyfunction = (this: unknown, ...args: unknown[]) => unknown;

/** Faults to inject and how often they were met. */
export interface Faults {
  /** Error code with which writing to files fails. */
  write?: string;
  /** Error code with which outgoing connections fail. */
  connect?: string;
  hits: number;
}

/** fs functions that write, with the positions of the paths they write to. */
const WRITERS: Record<string, number[]> = {
  appendFile: [0],
  chmod: [0],
  chown: [0],
  copyFile: [1],
  cp: [1],
  link: [1],
  mkdir: [0],
  mkdtemp: [0],
  rename: [0, 1],
  rm: [0],
  rmdir: [0],
  symlink: [1],
  truncate: [0],
  unlink: [0],
  utimes: [0],
  writeFile: [0],
};

/** Stack of the foreign caller; made where it happens. */
function here(): string {
  return String(new Error("here").stack);
}

/** Ends of the process asked for by foreign code are reported before they happen. */
export function watchEnds(report: (incident: Incident) => void): void {
  const said = (how: string, code: unknown) =>
    report({ kind: "exit-call", how, code: (code ?? process.exitCode ?? null) as Json, stack: here() });
  const { exit, abort, kill } = process;
  const reallyExit: unknown = Reflect.get(process, "reallyExit");
  let exiting = false;
  process.exit = ((code?: number) => {
    said("process.exit", code);
    exiting = true;
    return exit.call(process, code);
  }) as typeof process.exit;
  if (typeof reallyExit === "function")
    Reflect.set(process, "reallyExit", (code: unknown) => {
      if (!exiting) said("process.reallyExit", code);
      return reallyExit.call(process, code);
    });
  process.abort = (() => {
    said("process.abort", null);
    return abort.call(process);
  }) as typeof process.abort;
  process.kill = (pid, signal) => {
    // Signal 0 only asks whether a process is there; 0 and negative ids address the whole group.
    if (signal !== 0 && (pid === process.pid || pid === 0 || pid === -process.pid))
      said("process.kill", signal ?? "SIGTERM");
    return kill.call(process, pid, signal);
  };
}

let printed = "";
const outputs: NodeJS.WriteStream[] = [];

/** Notes what foreign code writes through the process's streams (console does), so that it is known during which command it did. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write as Anyfunction;
    outputs.push(stream);
    stream.write = function (this: NodeJS.WriteStream, ...args: unknown[]) {
      const [chunk] = args;
      if (printed.length < 300) printed += typeof chunk === "string" ? chunk : "(bytes)";
      return write.apply(this, args) as boolean;
    } as typeof stream.write;
  }
}

/** What was printed and waits for somebody to read it. */
export function unwrittenBytes(): number {
  return outputs.reduce((sum, { writableLength }) => sum + writableLength, 0);
}

/** What was written since the last call, cut. */
export function takePrinted(): string {
  const taken = printed.slice(0, 300).trimEnd();
  printed = "";
  return taken;
}

/** Absolute path of an fs argument; undefined for descriptors and FileHandles. */
function pathOf(value: unknown): string | undefined {
  if (typeof value === "string") return path.resolve(value);
  if (value instanceof URL && value.protocol === "file:") return fileURLToPath(value);
  return Buffer.isBuffer(value) ? path.resolve(value.toString("utf8")) : undefined;
}

/** The nearest existing folder's real path joined with the rest, so that a link cannot hide where a write goes. */
function realPath(file: string): string {
  let at = file;
  const rest: string[] = [];
  for (;;) {
    try {
      return path.join(realpath(at), ...rest);
    } catch {
      const parent = path.dirname(at);
      if (parent === at) return file;
      rest.unshift(path.basename(at));
      at = parent;
    }
  }
}
const realpath = fs.realpathSync.native;

const inside = (file: string, folder: string) => file === folder || file.startsWith(folder + path.sep);

function writesWith(flags: unknown): boolean {
  if (typeof flags === "string") return /[wa+]/.test(flags);
  const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC } = fs.constants;
  return typeof flags === "number" && (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) !== 0;
}

export interface Allowed {
  /** Folders in which writing is nobody's business. */
  writable: string[];
  /** The module's own folder: writing there is reported apart. */
  moduleDir: string;
}

/** Wraps the writing functions of node:fs in their three forms and the connecting function of node:net. */
export function watchWork(allowed: Allowed, faults: Faults, report: (incident: Incident) => void): void {
  const seen = new Set<string>();
  const check = (how: string, args: unknown[], positions: number[]): Error | undefined => {
    for (const position of positions) {
      const file = pathOf(args[position]);
      if (file === undefined) continue;
      if (faults.write !== undefined) {
        faults.hits++;
        return systemError(faults.write, how, file);
      }
      const real = realPath(file);
      // Devices such as /dev/null hold nothing.
      if (inside(real, "/dev") || allowed.writable.some((folder) => inside(real, folder))) continue;
      if (seen.has(real) || seen.size >= 100) continue;
      seen.add(real);
      const scope = inside(real, allowed.moduleDir) ? "module" : "outside";
      report({ kind: "write", how, path: real, scope, stack: here() });
    }
    return undefined;
  };
  for (const [name, positions] of entries(WRITERS)) {
    wrap(fs, `${name}Sync`, "sync", (args) => check(`${name}Sync`, args, positions));
    wrap(fs, name, "callback", (args) => check(name, args, positions));
    wrap(fs.promises, name, "promise", (args) => check(name, args, positions));
  }
  const opening = (args: unknown[]) => (writesWith(args[1]) ? check("open", args, [0]) : undefined);
  wrap(fs, "openSync", "sync", opening);
  wrap(fs, "open", "callback", opening);
  wrap(fs.promises, "open", "promise", opening);
  refuseConnections(faults);
  syncBuiltinESMExports();
}

type Form = "sync" | "callback" | "promise";

/** Replaces `object[name]` by a function that first asks `refuse` for an error to give back in the function's own way. */
function wrap(object: object, name: string, form: Form, refuse: (args: unknown[]) => Error | undefined): void {
  const original: unknown = get(object, name);
  if (typeof original !== "function") return;
  const wrapped: Anyfunction = function (this: unknown, ...args: unknown[]) {
    const error = refuse(args);
    if (error === undefined) return original.apply(this, args);
    if (form === "sync") throw error;
    if (form === "promise") return Promise.reject(error);
    const callback = args.at(-1);
    if (typeof callback !== "function") throw error;
    process.nextTick(callback as () => void, error);
    return undefined;
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  Reflect.set(object, name, wrapped);
}

function refuseConnections(faults: Faults): void {
  const connect = net.Socket.prototype.connect as Anyfunction;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    if (faults.connect === undefined) return connect.apply(this, args) as net.Socket;
    faults.hits++;
    const error = systemError(faults.connect, "connect");
    process.nextTick(() => this.destroy(error));
    return this;
  } as typeof net.Socket.prototype.connect;
}

const WORDS: Record<string, string> = {
  EACCES: "permission denied",
  ECONNREFUSED: "connection refused",
  ENOSPC: "no space left on device",
};

function systemError(code: string, syscall: string, file?: string): Error {
  const at = file === undefined ? "" : ` '${file}'`;
  const error = new Error(`${code}: ${WORDS[code] ?? "operation failed"}, ${syscall}${at}`);
  return Object.assign(error, { code, syscall }, file === undefined ? {} : { path: file });
}

/** What of the process foreign code may change and should leave as found. */
export interface Surroundings {
  globals: Set<string>;
  env: Record<string, string | undefined>;
  cwd: string;
  listeners: Map<string, number>;
}

export function surroundings(): Surroundings {
  return {
    globals: new Set(ownKeys(globalThis).map(String)),
    env: { ...process.env },
    cwd: cwd(),
    listeners: new Map(process.eventNames().map((event) => [String(event), process.listenerCount(event)])),
  };
}

/** `cwd` throws when the folder was deleted. */
function cwd(): string {
  try {
    return process.cwd();
  } catch {
    return "";
  }
}

/** Differences, in words that a report can show. */
export function surroundingsChanged(before: Surroundings): Record<string, Json> {
  const now = surroundings();
  const names = new Set([...keys(before.env), ...keys(now.env)]);
  return {
    globals_added: [...now.globals].filter((name) => !before.globals.has(name)),
    env_changed: [...names].filter((name) => before.env[name] !== now.env[name]),
    cwd_changed: before.cwd === now.cwd ? null : now.cwd,
    listeners_added: [...now.listeners]
      .filter(([event, count]) => count > (before.listeners.get(event) ?? 0))
      .map(([event, count]) => ({ event, added: count - (before.listeners.get(event) ?? 0) })),
  };
}
