// How late conform itself is: what it does not get to in time it must not hold against anybody.
import { loadavg } from "node:os";
import { cores } from "../../base/io.ts";

const everyMs = 50;
/** A busy event loop is a little late with everything, which shortens no deadline: what has come by then is still read. */
const toleranceMs = 100;
/** So many processes per CPU in the load average count as always waiting. */
const crowdedLoad = 2;

let last: number | undefined;
let total = 0;

/** Milliseconds so far that the event loop of this process came late; counted from the first call on. */
export function latenessMs(): number {
  if (last === undefined) {
    last = performance.now();
    setInterval(tick, everyMs).unref();
  }
  return total + overdue(performance.now(), last);
}

function tick(): void {
  const now = performance.now();
  total += overdue(now, last ?? now);
  last = now;
}

function overdue(now: number, since: number): number {
  const late = now - since - everyMs;
  return late > toleranceMs ? late : 0;
}

/** The share (0 to 1) of the last minute in which processes of this machine waited for a CPU; a guess, where nobody counts that. */
export function guessedShare(): number {
  return Math.min(1, (loadavg()[0] ?? 0) / cores() / crowdedLoad);
}
