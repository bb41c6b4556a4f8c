// Samples all running modules with one timer and one scan of /proc, so that limits on memory and processes hold.
import { hasProc, type ProcessFacts, processTable } from "./proc-fs.ts";

const everyMs = 100;
/** The scan may take at most this share of the time; on machines with thousands of processes samples get rarer. */
const shareMax = 0.03;

const watched = new Set<(table: ProcessFacts[]) => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls `sample` about every 100 ms with the table of all processes, until the returned function is called. */
export function watchBounds(sample: (table: ProcessFacts[]) => void): () => void {
  if (!hasProc) return () => {};
  watched.add(sample);
  schedule(everyMs);
  return () => {
    watched.delete(sample);
    if (watched.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function schedule(ms: number): void {
  if (timer !== undefined) return;
  timer = setTimeout(tick, ms);
  timer.unref();
}

function tick(): void {
  timer = undefined;
  const start = performance.now();
  const table = processTable();
  for (const sample of [...watched]) sample(table);
  if (watched.size > 0) schedule(Math.max(everyMs, (performance.now() - start) / shareMax));
}
