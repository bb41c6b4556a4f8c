// Which modules each part gets: by a hash of the name, or, where an earlier run tells how long each took, longest first. Pure.
import { partOf } from "./shard.ts";

/** Milliseconds that a module took in an earlier run, by name. */
export type Timings = ReadonlyMap<string, number>;

/** Names of every part (the first is part 1), in the order in which they are to be judged. */
export function parts(names: readonly string[], count: number, timings?: Timings): string[][] {
  const lists: string[][] = Array.from({ length: count }, () => []);
  if (timings === undefined) {
    for (const name of names) lists[partOf(name, count) - 1]?.push(name);
    return lists;
  }
  const loads = new Heap(count);
  for (const { name, ms } of longestFirst(names, timings)) lists[loads.add(ms)]?.push(name);
  return lists;
}

/** Seconds expected for each part's modules one after another. */
export function expectedSeconds(lists: readonly (readonly string[])[], timings: Timings): number[] {
  const typical = median(timings);
  return lists.map((names) => names.reduce((sum, name) => sum + (timings.get(name) ?? typical), 0) / 1000);
}

/** A module that no earlier run knows is taken for a typical one. */
export function longestFirst(names: readonly string[], timings: Timings): { name: string; ms: number }[] {
  const typical = median(timings);
  return names
    .map((name) => ({ name, ms: timings.get(name) ?? typical }))
    .sort((a, b) => b.ms - a.ms || (a.name < b.name ? -1 : 1));
}

function median(timings: Timings): number {
  const sorted = [...timings.values()].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 1;
}

/** Parts by load; the lightest takes the next module, of equal ones the first. Graham's longest processing time rule: at most 4/3 of the best. */
class Heap {
  readonly #heap: { part: number; load: number }[];

  constructor(count: number) {
    this.#heap = Array.from({ length: count }, (_, part) => ({ part, load: 0 }));
  }

  /** Gives `ms` to the lightest part. Returns its index. */
  add(ms: number): number {
    const [top] = this.#heap;
    if (top === undefined) return 0;
    top.load += ms;
    for (let at = 0; ; ) {
      const children = [2 * at + 1, 2 * at + 2].filter((child) => child < this.#heap.length);
      const least = children.reduce((best, child) => (this.#before(child, best) ? child : best), at);
      if (least === at) return top.part;
      const [a, b] = [this.#heap[at], this.#heap[least]];
      if (a === undefined || b === undefined) return top.part;
      [this.#heap[at], this.#heap[least]] = [b, a];
      at = least;
    }
  }

  #before(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    return a !== undefined && b !== undefined && (a.load < b.load || (a.load === b.load && a.part < b.part));
  }
}
