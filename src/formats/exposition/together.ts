// OpenMetrics: the samples of one metric stand together, and its timestamps do not go back.
import type { Findings } from "./findings.ts";
import type { Family, Model } from "./model.ts";
import { placeOf } from "./place.ts";

/** 53 bits of the hash of the labels of sample `i`, without those that are its own. */
export function metricHash({ samples }: Model, i: number): number {
  return ((samples.groupA[i] ?? 0) >>> 0) * 0x200000 + ((samples.groupB[i] ?? 0) >>> 11);
}

/** Class, because it has a life: one walk over the samples. */
export class Together {
  private readonly model: Model;
  private readonly findings: Findings;
  /** Metrics seen per family. */
  private readonly seen = new Map<number, Set<number | string>>();
  private lastFamily = -1;
  private lastRow = -1;
  private lastKey: number | string = -1;

  constructor(model: Model, findings: Findings) {
    this.model = model;
    this.findings = findings;
  }

  /** OpenMetrics: samples of one metric stand together, with timestamps that do not go back. */
  add(i: number, index: number, family: Family): void {
    const { time, line } = this.model.samples;
    const key =
      family.type === "info" ? 0 : family.type === "stateset" ? this.statesetKey(i, index) : metricHash(this.model, i);
    const same = index === this.lastFamily && key === this.lastKey;
    const two = this.model.format === "openmetrics@2";
    if (same) {
      // In 2.0 each state of a stateset is a metric, with timestamps of its own.
      if (two && metricHash(this.model, i) !== metricHash(this.model, this.lastRow)) this.lastRow = i;
      const now = time[i] ?? Number.NaN;
      const then = time[this.lastRow] ?? Number.NaN;
      if (!two && Number.isNaN(now) !== Number.isNaN(then))
        this.findings.add("timestamp-mixed", () => ({
          ...placeOf(this.model, i),
          message: `${this.model.series(i)} and line ${line[this.lastRow]} are one metric, but only one has a timestamp`,
          expected: "timestamps on all samples of a metric or on none",
          actual: Number.isNaN(now) ? "no timestamp" : now,
        }));
      else if (now < then && family.type !== "info")
        this.findings.add("timestamp-order", () => ({
          ...placeOf(this.model, i),
          message: `timestamp ${now} of ${this.model.series(i)} is before ${then} in line ${line[this.lastRow]}`,
          expected: `>= ${then}`,
          actual: now,
        }));
    } else {
      let seen = this.seen.get(index);
      if (seen === undefined) {
        seen = new Set();
        this.seen.set(index, seen);
      }
      if (seen.has(key) && family.type !== "info")
        this.findings.add("metric-split", () => ({
          ...placeOf(this.model, i),
          message: `samples of ${this.model.series(i)} without its own labels stand apart from this one`,
          expected: "all samples of a metric together",
          actual: `again in line ${line[i]}`,
        }));
      seen.add(key);
    }
    this.lastFamily = index;
    this.lastKey = key;
    this.lastRow = i;
  }

  private statesetKey(i: number, index: number): string {
    const own = this.model.familyName(index);
    const labels = this.model.labels(i).filter(({ name }) => name !== own);
    return JSON.stringify(labels.map(({ name, value }) => [name, value]).sort());
  }
}
