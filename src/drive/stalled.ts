// How long the module, or conform itself, was ready to go on in a step and had no CPU: time that is not to be held against the module.
import { guessedShare, latenessMs } from "../drivers/process/lateness.ts";
import { state } from "./verbs/state.ts";
import type { World } from "./verbs/verb.ts";

/** Less is noise. */
const worthMs = 50;
/** Readings cost a little: one serves the end of a step and the beginning of the next. */
const freshSeconds = 0.02;

interface Reading {
  at: number;
  lateMs: number;
  /** Of each process by name: thread -> milliseconds; undefined where nobody counts. */
  waitedMs: Map<string, Map<string, number> | undefined>;
}

/** Begins with a step; the function tells its milliseconds without a CPU as `{stalled_ms}`, or nothing where they are not worth it. */
export function watchStalls(world: World): () => { stalled_ms?: number } {
  const before = reading(world);
  return () => {
    const elapsedMs = (world.now() - before.at) * 1000;
    if (elapsedMs < worthMs) return {};
    const after = reading(world);
    const waited = [...after.waitedMs].map(([name, threads]) =>
      threads === undefined ? guessedShare() * elapsedMs : longestWait(threads, before.waitedMs.get(name)),
    );
    const stalled = Math.round(Math.min(elapsedMs, Math.max(0, ...waited) + after.lateMs - before.lateMs));
    return stalled < worthMs ? {} : { stalled_ms: stalled };
  };
}

/** Threads wait side by side: of a process's milliseconds those of the one that waited longest. */
function longestWait(after: Map<string, number>, before: Map<string, number> | undefined): number {
  return Math.max(0, ...[...after].map(([thread, ms]) => ms - (before?.get(thread) ?? 0)));
}

const readings = state((): { last?: Reading } => ({}));

function reading(world: World): Reading {
  const memory = readings(world);
  const { last } = memory;
  const at = world.now();
  if (last !== undefined && at - last.at < freshSeconds && last.waitedMs.size === world.processes.size) return last;
  const waitedMs = new Map([...world.processes].map(([name, running]) => [name, running.waitedMs()]));
  memory.last = { at, lateMs: latenessMs(), waitedMs };
  return memory.last;
}
