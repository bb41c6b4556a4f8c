// All processes that a module started: its group and session, and those that escaped but carry its token or work in its folder.
import { constants } from "node:os";
import {
  countsWaiting,
  hasProc,
  type Listener,
  listeners,
  noteWaiting,
  type ProcessFacts,
  processesWith,
  processFacts,
  processTable,
  proportionalBytes,
  recentTable,
  socketsOf,
} from "./proc-fs.ts";

/** A process that is still there. */
export interface Survivor {
  pid: number;
  name: string;
  /** `group`: in the module's process group or session; `escaped`: left both, found by its token or its working folder. */
  where: "group" | "escaped";
}

/** What the watchdog reads. `processes` counts zombies too: each takes a place in the system's table. */
export interface TreeUsage {
  processes: number;
  rssBytes: number;
  cpuMs: number;
  /** One of them runs, waits for a CPU or for the disk. */
  active: boolean;
}

/** The processes below one leader, which was started in a session of its own. */
export class ProcessTree {
  readonly leader: number;
  readonly #token: string;
  readonly #home: string | undefined;
  /** Once the leader is reaped and its group is empty, its number may be given to a stranger. */
  #leaderReaped = false;
  #groupGone = false;
  /** Sockets that others were seen to hold: to find that out is slow, and the kernel gives no number twice. */
  readonly #foreign = new Set<string>();

  /** Who belonged to it when somebody looked last, about ten times a second. */
  #seen: number[];
  readonly #waited = new Map<string, number>();

  /** `token`: the `NAME=value` that is in the leader's environment and nobody else's; `home`: a folder that nobody else works in. */
  constructor(leader: number, token: string, home?: string) {
    this.leader = leader;
    this.#seen = [leader];
    this.#token = token;
    this.#home = home;
  }

  /** To be called when the leader was reaped. */
  reaped(): void {
    this.#leaderReaped = true;
    this.members();
  }

  /** The group and session, without zombies. Empty without /proc. */
  members(table?: ProcessFacts[]): ProcessFacts[] {
    return this.#all(table).filter((one) => !one.zombie);
  }

  usage(table: ProcessFacts[] = recentTable()): TreeUsage {
    const all = this.#all(table);
    const sum = (of: (one: ProcessFacts) => number) => all.reduce((total, one) => total + of(one), 0);
    const active = all.some((one) => one.active);
    return { processes: all.length, rssBytes: sum((one) => one.rssBytes), cpuMs: sum((one) => one.cpuMs), active };
  }

  /** Thread -> milliseconds that it has waited for a CPU since it began; undefined where nobody counts. */
  waitedMs(): Map<string, number> | undefined {
    if (!countsWaiting) return undefined;
    for (const pid of this.#seen) noteWaiting(pid, this.#waited);
    return new Map(this.#waited);
  }

  /** Memory with pages shared between its processes counted once. Slower than `usage`. */
  exactBytes(): number {
    return this.members().reduce((total, { pid, rssBytes }) => total + (proportionalBytes(pid) ?? rssBytes), 0);
  }

  /** Everything that lives: group, session, and those elsewhere that give themselves away. */
  survivors(): Survivor[] {
    const members = this.members();
    const known = new Set(members.map(({ pid }) => pid));
    const escaped = processesWith(this.#token, this.#home).filter((pid) => !known.has(pid));
    return [
      ...members.map(({ pid, name }) => ({ pid, name, where: "group" as const })),
      ...escaped.map((pid) => ({ pid, name: processFacts(pid)?.name ?? "", where: "escaped" as const })),
    ];
  }

  /** Sends a signal to the whole group. Never throws. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.#leaderReaped && hasProc && this.members().length === 0) return;
    send(-this.leader, signal);
  }

  /** Kills everything that lives. Never throws. */
  kill(): void {
    this.signalGroup("SIGKILL");
    for (const { pid } of this.survivors()) send(pid, "SIGKILL");
  }

  /** Does anything live? Without /proc only the group is seen. */
  alive(): boolean {
    return hasProc ? this.survivors().length > 0 : send(-this.leader, 0);
  }

  /**
   * Is every listening socket that answers on this port (and address, if given) one of this tree's? Undefined when that cannot be told:
   * no /proc, or the processes' files may not be read.
   */
  owns(port: number, address?: string): boolean | undefined {
    const all = listeners(port, this.leader);
    if (all === undefined) return undefined;
    const answering = address === undefined ? all : thoseFor(address, all);
    if (answering.length === 0) return false;
    let unreadable = false;
    // The leader first, then the group: each is found faster than what comes after it.
    const leader = () => (this.#leaderReaped ? [] : [{ pid: this.leader }]);
    for (const some of [leader, () => this.members(), () => this.survivors()]) {
      const sockets = some().map(({ pid }) => socketsOf(pid));
      const own = answering.filter(({ inode }) => sockets.some((set) => set?.has(inode)));
      if (address === undefined ? own.length > 0 : own.length === answering.length) return true;
      unreadable = sockets.includes(undefined);
    }
    return unreadable ? undefined : false;
  }

  /** What its processes listen on; undefined without /proc. */
  listening(): Listener[] | undefined {
    const fresh = listeners(undefined, this.leader)?.filter(({ inode }) => !this.#foreign.has(inode));
    if (fresh === undefined || fresh.length === 0) return fresh;
    const sockets = this.survivors().map(({ pid }) => socketsOf(pid));
    const isOwn = ({ inode }: Listener) => sockets.some((set) => set?.has(inode));
    if (!sockets.includes(undefined)) for (const one of fresh) if (!isOwn(one)) this.#foreign.add(one.inode);
    return fresh.filter(isOwn);
  }

  #all(table?: ProcessFacts[]): ProcessFacts[] {
    if (this.#groupGone || !hasProc) return [];
    const all = (table ?? processTable()).filter((one) => one.group === this.leader || one.session === this.leader);
    if (this.#leaderReaped && all.length === 0) this.#groupGone = true;
    this.#seen = all.map(({ pid }) => pid);
    return all;
  }
}

/** The listeners that a connection to `address` may reach: exact ones before wildcards, as the kernel chooses. */
function thoseFor<L extends { address: string }>(address: string, all: L[]): L[] {
  const exact = all.filter((one) => one.address === address);
  if (exact.length > 0) return exact;
  const v4 = all.filter((one) => one.address === "0.0.0.0");
  if (!address.includes(":") && v4.length > 0) return v4;
  return all.filter((one) => one.address === "::");
}

/** `kill(2)` without exceptions: false when there is nobody. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** `TERM` or `SIGTERM` -> `SIGTERM`, if this system knows it. */
export function knownSignal(name: string): NodeJS.Signals | undefined {
  const wanted = name.startsWith("SIG") ? name : `SIG${name}`;
  const isSignal = (word: string): word is NodeJS.Signals => Object.hasOwn(constants.signals, word);
  return isSignal(wanted) ? wanted : undefined;
}
