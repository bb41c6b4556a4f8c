// How crowded the machine is: the share of a time in which something waited for a CPU.
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { cores } from "../../base/io.ts";

/** So many processes per CPU in the load average count as always waiting. */
const crowdedLoad = 2;

/**
 * Starts measuring; the function tells the share (0 to 1) of the time since then in which some process was ready to run and had no CPU. Linux
 * counts that (pressure stall information); elsewhere the load average of the last minute must do.
 */
export function startPressure(): () => number {
  const before = stalledMs();
  const from = performance.now();
  return () => {
    const after = stalledMs();
    const elapsed = performance.now() - from;
    if (before === undefined || after === undefined) return loaded();
    return elapsed <= 0 ? 0 : Math.round(100 * Math.min(1, (after - before) / elapsed)) / 100;
  };
}

function loaded(): number {
  const perCpu = (loadavg()[0] ?? 0) / cores();
  return Math.round(100 * Math.min(1, perCpu / crowdedLoad)) / 100;
}

/** Milliseconds since the machine's start in which some process waited for a CPU; undefined where nobody counts. */
function stalledMs(): number | undefined {
  try {
    const total = /^some .*total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8"))?.[1];
    return total === undefined ? undefined : Number(total) / 1000;
  } catch {
    return undefined;
  }
}
