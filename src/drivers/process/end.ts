// Ending a process: one rung after the other, then whatever outlived it.
import { within } from "../../base/deadline.ts";
import { hasProc } from "./proc-fs.ts";
import type { ProcessTree, Survivor } from "./tree.ts";

/** How long each rung may take, milliseconds. 0 goes on at once. */
export interface Ladder {
  afterStdinMs: number;
  afterTermMs: number;
  afterKillMs: number;
  /** How long what it started may outlive it. */
  afterExitMs: number;
}

export const ladderDefault: Ladder = { afterStdinMs: 0, afterTermMs: 5000, afterKillMs: 2000, afterExitMs: 250 };

/** What ending needed and found. */
export interface Ending {
  /** The rung on which it went; `nothing`: it had exited before. */
  needed: "nothing" | "stdin" | "term" | "kill";
  ms: number;
  /** What outlived the module by more than `afterExitMs`, and was killed. Empty without /proc. */
  survivors: Survivor[];
  /** Process ids that even KILL did not end in time. */
  left: number[];
}

/** The process to be ended. */
export interface Endable {
  tree: ProcessTree;
  /** Resolves when the process itself is gone. */
  reaped: Promise<void>;
  isReaped(): boolean;
  closeStdin(): void;
  /** Told before each rung what conform does. */
  asked(reason: string): void;
}

/** How long pipes may outlive the process. */
export const graceMs = 250;

/** Closes stdin; TERM and CONT to the group; KILL to the group and all that escaped. */
export async function climbDown(one: Endable, ladder: Ladder): Promise<Ending> {
  const start = performance.now();
  let needed: Ending["needed"] = "nothing";
  const rung = async (name: Ending["needed"], waitMs: number, act: () => void) => {
    if (one.isReaped()) return;
    needed = name;
    one.asked(name === "stdin" ? "end: stdin closed" : `end: SIG${name.toUpperCase()}`);
    act();
    if (waitMs > 0) await within(one.reaped, waitMs);
  };
  await rung("stdin", ladder.afterStdinMs, () => one.closeStdin());
  await rung("term", ladder.afterTermMs, () => {
    one.tree.signalGroup("SIGTERM");
    one.tree.signalGroup("SIGCONT"); // A stopped process takes its TERM only then.
  });
  await rung("kill", ladder.afterKillMs, () => one.tree.kill());
  const { survivors, left } = await sweep(one.tree, ladder);
  return { needed, ms: performance.now() - start, survivors, left };
}

/** Descendants get `afterExitMs` to follow the module; what is there then is killed until two scans in a row find nothing. */
async function sweep(tree: ProcessTree, ladder: Ladder): Promise<Pick<Ending, "survivors" | "left">> {
  const graceEnd = performance.now() + ladder.afterExitMs;
  if (!hasProc) {
    while (tree.alive() && performance.now() < graceEnd) await pause(10);
    tree.signalGroup("SIGKILL");
    return { survivors: [], left: [] };
  }
  let last = tree.survivors();
  while (last.length > 0 && performance.now() < graceEnd) {
    await pause(10);
    last = tree.survivors();
  }
  const found = new Map<number, Survivor>();
  const end = performance.now() + Math.max(ladder.afterKillMs, graceMs);
  for (let empty = last.length === 0 ? 2 : 0; empty < 2 && performance.now() < end; ) {
    for (const survivor of last) found.set(survivor.pid, survivor);
    if (last.length > 0) tree.kill();
    await pause(5);
    last = tree.survivors();
    empty = last.length === 0 ? empty + 1 : 0;
  }
  return { survivors: [...found.values()], left: last.map(({ pid }) => pid) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
