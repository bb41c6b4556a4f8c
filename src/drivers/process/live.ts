// All processes that conform started and has not ended: none may outlive it, however it ends.
import { settles } from "../../base/deadline.ts";
import type { Ladder } from "./end.ts";

/** What can be ended. */
interface Running {
  end(ladder: Ladder): Promise<unknown>;
  /** At once, synchronously. */
  kill(): void;
}

const live = new Set<Running>();
const starting = new Set<Promise<unknown>>();

/** To be called with each start under way. */
export function whileStarting<T>(start: Promise<T>): Promise<T> {
  const settled: Promise<unknown> = start.catch(() => {}).then(() => starting.delete(settled));
  starting.add(settled);
  return start;
}

/** From now on it is killed when this process exits, also by an uncaught error. A KILL of this process alone leaves it behind. */
export function keepAccount(one: Running): void {
  if (live.size === 0) process.once("exit", killAll);
  live.add(one);
}

/** It has ended, with everything below it. */
export function closeAccount(one: Running): void {
  live.delete(one);
  if (live.size === 0) process.off("exit", killAll);
}

/**
 * Ends every process that was started and not ended, within about a second: also where a longer ending is under way, and those whose start
 * is under way.
 */
export async function endAll(): Promise<void> {
  await Promise.all(starting);
  await Promise.all(
    [...live].map(async (one) => {
      const ended = one.end({ afterStdinMs: 0, afterTermMs: 400, afterKillMs: 400, afterExitMs: 250 });
      if (!(await settles(ended, 600))) one.kill();
      await settles(ended, 600);
    }),
  );
}

function killAll(): void {
  for (const one of live) one.kill();
}
