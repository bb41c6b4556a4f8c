// What Linux says about processes and sockets under /proc. Everywhere else `hasProc` is false and lists are empty.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";

/** Is there a /proc of the Linux kind? */
export const hasProc = process.platform === "linux" && existsSync("/proc/self/stat");

/** One process. */
export interface ProcessFacts {
  pid: number;
  /** Name of its program, at most 15 characters. */
  name: string;
  zombie: boolean;
  /** It runs, waits for a CPU or for the disk; false while it sleeps. */
  active: boolean;
  group: number;
  session: number;
  /** When it was started, in clock ticks since the machine was. */
  start: number;
  /** User and system time of it and of its reaped descendants. */
  cpuMs: number;
  rssBytes: number;
}

/** A listening TCP socket. */
export interface Listener {
  /** `127.0.0.1`, `0.0.0.0`, `::1`, `::`; IPv4-mapped addresses as IPv4. */
  address: string;
  port: number;
  inode: string;
}

/** All processes that were started after conform, which are all that can be of its making; one read per process (about 7 us each). */
export function processTable(): ProcessFacts[] {
  return notKnownAsElder().flatMap((pid) => {
    const facts = processFacts(pid);
    return facts === undefined || isElder(pid, facts.start) ? [] : [facts];
  });
}

/** Many scenarios sample at once; a table that is so fresh serves all of them. */
const freshMs = 20;
let recent: { at: number; table: ProcessFacts[] } | undefined;

/** As `processTable`, at most 20 ms old: for sampling, not for telling who is gone. */
export function recentTable(): ProcessFacts[] {
  const at = performance.now();
  if (recent === undefined || at - recent.at > freshMs) recent = { at, table: processTable() };
  return recent.table;
}

/** Facts of one process, undefined when it is gone. */
export function processFacts(pid: number): ProcessFacts | undefined {
  const stat = readStart(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name is in parentheses and may hold anything, also parentheses and spaces.
  const close = stat.lastIndexOf(")");
  const fields = stat.slice(close + 2).split(" ");
  const number = (i: number) => Number(fields[i - 3]);
  return {
    pid,
    name: stat.slice(stat.indexOf("(") + 1, close),
    zombie: fields[0] === "Z" || fields[0] === "X",
    active: fields[0] === "R" || fields[0] === "D",
    group: number(5),
    session: number(6),
    start: number(22),
    // Clock ticks are 10 ms on every Linux that Node runs on.
    cpuMs: 10 * (number(14) + number(15) + number(16) + number(17)),
    rssBytes: number(24) * pageBytes(),
  };
}

/**
 * Takes into `known` (thread -> milliseconds) how long each thread of a process, since it began, was ready to run and had no CPU. Nothing where
 * the system does not count that.
 */
export function noteWaiting(pid: number, known: Map<string, number>): void {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return; // Gone.
  }
  for (const thread of threads) {
    // Time on a CPU and time waiting for one, in nanoseconds, and how often it ran.
    const waited = readStart(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[1];
    if (waited !== undefined) known.set(thread, Number(waited) / 1e6);
  }
}

/** Does this system count how long threads wait for a CPU? */
export const countsWaiting = hasProc && existsSync("/proc/self/schedstat");

/** Memory with shared pages counted once (proportionally); slower than `rssBytes`, undefined when it may not be read. */
export function proportionalBytes(pid: number): number | undefined {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

/**
 * Processes that were started after this one with `entry` (`NAME=value`) in their environment, or whose working folder is `home` or lies
 * in it. Blind to those that cleared the one and left the other, and to other users'. What is older than conform cannot be of its making, and reading its environment costs four times as much.
 */
export function processesWith(entry: string, home?: string): number[] {
  const needle = Buffer.from(entry);
  return notKnownAsElder().filter((pid) => {
    const facts = pid === process.pid ? undefined : processFacts(pid);
    if (facts === undefined || isElder(pid, facts.start)) return false;
    return environmentHolds(pid, needle) || (home !== undefined && worksIn(pid, home));
  });
}

/** Processes known to be older than conform. A number may be given to another process in time, so all are read again every second. */
const elders = { pids: new Set<number>(), since: 0 };
let ownStart: number | undefined;

function notKnownAsElder(): number[] {
  const now = performance.now();
  if (now - elders.since > 1000) {
    elders.pids.clear();
    elders.since = now;
  }
  return pids().filter((pid) => !elders.pids.has(pid));
}

function isElder(pid: number, start: number): boolean {
  ownStart ??= processFacts(process.pid)?.start ?? 0;
  if (start < ownStart) elders.pids.add(pid);
  return start < ownStart;
}

/** A folder that was removed is shown with ` (deleted)` behind it. */
function worksIn(pid: number, home: string): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
    return (folder === home || folder.startsWith(`${home}/`)) && processFacts(pid)?.zombie === false;
  } catch {
    return false;
  }
}

function environmentHolds(pid: number, needle: Buffer): boolean {
  let environment: Buffer;
  try {
    environment = readFileSync(`/proc/${pid}/environ`);
  } catch {
    return false;
  }
  for (let at = environment.indexOf(needle); at !== -1; at = environment.indexOf(needle, at + 1)) {
    const end = at + needle.length;
    if ((at === 0 || environment[at - 1] === 0) && (end === environment.length || environment[end] === 0)) {
      return processFacts(pid)?.zombie === false;
    }
  }
  return false;
}

/** sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode; state 0A is LISTEN. Thousands of rows may be in other states. */
const listening = /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:0000 0A \S+ \S+ +\S+ +\d+ +\d+ (\d+)/gm;

/** Listening TCP sockets (on a port), as seen from the network namespace of `pid`. Undefined without /proc. */
export function listeners(port: number | undefined, pid: number | "self" = "self"): Listener[] | undefined {
  if (!hasProc) return undefined;
  const found: Listener[] = [];
  for (const name of ["tcp", "tcp6"]) {
    const table = read(`/proc/${pid}/net/${name}`) ?? read(`/proc/self/net/${name}`) ?? "";
    for (const [, address = "", hexPort = "", inode = ""] of table.matchAll(listening)) {
      const number = Number.parseInt(hexPort, 16);
      if (port === undefined || number === port) found.push({ address: readAddress(address), port: number, inode });
    }
  }
  return found;
}

/** Inodes of the sockets a process holds; undefined when they may not be read or it is gone. */
export function socketsOf(pid: number): Set<string> | undefined {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  const inodes = new Set<string>();
  for (const name of names) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkTarget(`${folder}/${name}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // Closed meanwhile.
  }
}

function pids(): number[] {
  if (!hasProc) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A process may be gone at any moment, and others' files may not be readable. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

const page = Buffer.alloc(4096);

/** The first 4 KiB, with as few system calls as can be: this runs for every process ten times a second. */
function readStart(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    return page.toString("latin1", 0, readSync(file, page, 0, page.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** `0100007F` -> `127.0.0.1`: 32-bit words in the machine's (little endian) order. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  const v4 = bytes.slice(-4).join(".");
  if (bytes.length === 4) return v4;
  if (bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff) return v4;
  const words = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${words.join(":")}]`).hostname.slice(1, -1);
}

let pageSize = 0;

/** Node does not tell the page size; its own memory in pages and in bytes does. */
function pageBytes(): number {
  if (pageSize === 0) {
    const pages = Number((read("/proc/self/statm") ?? "").split(" ")[1]);
    const ratio = process.memoryUsage.rss() / pages;
    pageSize = Number.isFinite(ratio) && ratio > 0 ? 2 ** Math.round(Math.log2(ratio)) : 4096;
  }
  return pageSize;
}
