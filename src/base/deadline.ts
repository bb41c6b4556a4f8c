// Calling time: only after what has arrived by then was looked at, however late this process is. And waiting that can be called off.
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `late` once `ms` have passed, unless the returned function is called before. A process that had no CPU for a while finds its timers due
 * before it reads what came meanwhile: two turns of the event loop read it first.
 */
export function callTime(ms: number, late: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(() => {
      immediate = setImmediate(late);
    });
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

/** The promise's value, or undefined when the deadline comes first. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let stop = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    stop = callTime(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}

/** Resolves after `ms` milliseconds, sooner when the signal aborts, at once where it has aborted; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** Does the promise resolve in time? */
export async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return (
    (await within(
      promise.then(() => true),
      ms,
    )) === true
  );
}
