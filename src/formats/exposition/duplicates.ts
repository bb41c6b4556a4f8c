// Equal series: found by a hash table of row numbers, decided by the labels themselves.
import type { Model } from "./model.ts";

/** `again`: sample `i` is the series of sample `before`, the latest one seen. */
export type Again = (i: number, before: number) => void;

/** Different series with one 64-bit hash that are compared before the search gives up on hashes (a hostile body). */
const COLLISIONS_MAX = 1000;

/** Calls `again` for each sample whose series came before. */
export function eachRepeated(model: Model, again: Again): void {
  if (model.repeated === undefined) {
    const pairs: number[] = [];
    search(model, (i, before) => pairs.push(i, before));
    model.repeated = pairs;
  }
  const pairs = model.repeated;
  for (let k = 0; k < pairs.length; k += 2) again(pairs[k] ?? 0, pairs[k + 1] ?? 0);
}

/** Linear in the number of samples. */
function search(model: Model, again: Again): void {
  const { samples } = model;
  const { count, seriesA, seriesB } = samples;
  let size = 16;
  while (size < count * 2) size *= 2;
  // Row + 1 and hash of each slot side by side: most probes then touch one cache line and no row.
  const slots = new Int32Array(size * 2);
  const mask = size - 1;
  let collisions = 0;
  for (let i = 0; i < count; i++) {
    const a = seriesA[i] ?? 0;
    const b = seriesB[i] ?? 0;
    let slot = (a ^ (b << 7)) & mask;
    for (;;) {
      const row = (slots[slot * 2] ?? 0) - 1;
      if (row < 0) break;
      if (slots[slot * 2 + 1] === a && seriesB[row] === b) {
        if (sameSeries(model, row, i)) {
          again(i, row);
          break;
        }
        if (++collisions > COLLISIONS_MAX) {
          eachRepeatedByText(model, i, again);
          return;
        }
      }
      slot = (slot + 1) & mask;
    }
    slots[slot * 2] = i + 1;
    slots[slot * 2 + 1] = a;
  }
}

/** The same for samples from `from` on, with strings as keys: slow, and safe against chosen hashes. */
function eachRepeatedByText(model: Model, from: number, again: Again): void {
  const latest = new Map<string, number>();
  for (let i = 0; i < model.samples.count; i++) {
    const key = canonicalLabels(model, i);
    const before = latest.get(key);
    if (before !== undefined && i >= from) again(i, before);
    latest.set(key, i);
  }
}

function sameSeries(model: Model, x: number, y: number): boolean {
  const { samples, bytes } = model;
  if (samples.name[x] !== samples.name[y]) return false;
  const atX = samples.at[x] ?? 0;
  const atY = samples.at[y] ?? 0;
  const length = (samples.end[x] ?? 0) - atX;
  if (length === (samples.end[y] ?? 0) - atY) {
    let i = 0;
    while (i < length && bytes[atX + i] === bytes[atY + i]) i++;
    if (i === length) return true;
  }
  return canonicalLabels(model, x) === canonicalLabels(model, y);
}

/** Name and sorted labels as one string. */
export function canonicalLabels(model: Model, i: number): string {
  const labels = model.labels(i).map(({ name, value }) => `${JSON.stringify(name)}=${JSON.stringify(value)}`);
  return `${model.name(i)}{${labels.sort().join(",")}}`;
}
