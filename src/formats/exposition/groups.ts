// Rules of the validity pass about metrics: one label set of a family, with its buckets, quantiles, sum and count.
import type { Findings, Found } from "./findings.ts";
import type { Family, Model } from "./model.ts";

/** What was seen of one histogram or summary with one label set and timestamp. Row numbers are -1 where absent. */
interface Group {
  first: number;
  bound: number;
  value: number;
  last: number;
  inf: number;
  count: number;
  sum: number;
  negativeBucket: boolean;
}

/** Class, because it has a life: one walk over the samples, then `end`. */
export class Groups {
  private readonly model: Model;
  private readonly findings: Findings;
  private readonly open: boolean;
  private readonly byFamily = new Map<number, Map<number | string, Group>>();
  /** Metrics seen per family (OpenMetrics), by hash of their labels. */
  private seen = new Map<number, Set<number | string>>();
  private lastFamily = -1;
  private lastRow = -1;
  private lastKey: number | string = -1;
  private group: Group | undefined;
  private groupFamily = -1;
  private groupKey: number | string = -1;

  constructor(model: Model, findings: Findings) {
    this.model = model;
    this.findings = findings;
    this.open = model.format === "openmetrics";
  }

  add(i: number, index: number, family: Family): void {
    if (this.open) this.metric(i, index, family);
    if (family.type === "histogram" || family.type === "gaugehistogram") this.histogram(i, index);
    else if (family.type === "summary") this.summary(i, index);
  }

  end(): void {
    for (const [index, groups] of this.byFamily) {
      const type = this.model.families[index]?.type;
      for (const group of groups.values()) {
        if (type === "summary") this.summaryEnd(group);
        else this.histogramEnd(group, type === "gaugehistogram");
      }
    }
  }

  private place(i: number): Pick<Found, "line" | "series" | "family"> {
    const { model } = this;
    return {
      line: model.samples.line[i] ?? 0,
      series: model.series(i),
      family: model.familyName(model.family(i)),
    };
  }

  /** 53 bits of the hash of the labels. */
  private key(i: number): number {
    const { groupA, groupB } = this.model.samples;
    return ((groupA[i] ?? 0) >>> 0) * 0x200000 + ((groupB[i] ?? 0) >>> 11);
  }

  /** OpenMetrics: samples of one metric stand together, with timestamps that do not go back. */
  private metric(i: number, index: number, family: Family): void {
    const { time, line } = this.model.samples;
    const key = family.type === "info" ? 0 : family.type === "stateset" ? this.statesetKey(i, index) : this.key(i);
    const same = index === this.lastFamily && key === this.lastKey;
    if (same) {
      const now = time[i] ?? Number.NaN;
      const then = time[this.lastRow] ?? Number.NaN;
      if (Number.isNaN(now) !== Number.isNaN(then))
        this.findings.add("timestamp-mixed", () => ({
          ...this.place(i),
          message: `${this.model.series(i)} and line ${line[this.lastRow]} are one metric, but only one has a timestamp`,
          expected: "timestamps on all samples of a metric or on none",
          actual: Number.isNaN(now) ? "no timestamp" : now,
        }));
      else if (now < then && family.type !== "info")
        this.findings.add("timestamp-order", () => ({
          ...this.place(i),
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
          ...this.place(i),
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

  private groupOf(i: number, index: number): Group {
    const time = this.model.samples.time[i] ?? Number.NaN;
    const key = Number.isNaN(time) || !this.open ? this.key(i) : `${this.key(i)}@${time}`;
    if (this.group !== undefined && key === this.groupKey && index === this.groupFamily) return this.group;
    let groups = this.byFamily.get(index);
    if (groups === undefined) {
      groups = new Map();
      this.byFamily.set(index, groups);
    }
    let group = groups.get(key);
    if (group === undefined) {
      group = {
        first: i,
        bound: Number.NaN,
        value: 0,
        last: -1,
        inf: -1,
        count: -1,
        sum: -1,
        negativeBucket: false,
      };
      groups.set(key, group);
    }
    this.group = group;
    this.groupFamily = index;
    this.groupKey = key;
    return group;
  }

  private histogram(i: number, index: number): void {
    const { model } = this;
    const role = model.role(i);
    const group = this.groupOf(i, index);
    if (role === "_bucket") this.bucket(i, group);
    else if (role === "_count" || role === "_gcount") group.count = i;
    else if (role === "_sum" || role === "_gsum") group.sum = i;
  }

  private bucket(i: number, group: Group): void {
    const { samples } = this.model;
    const bound = samples.bound[i] ?? Number.NaN;
    const value = samples.value[i] ?? 0;
    if (Number.isNaN(bound) || (bound === Infinity && this.open && !this.model.series(i).includes('le="+Inf"'))) {
      const le = this.model.labels(i).find(({ name }) => name === "le")?.value;
      this.findings.add("bucket-le", () => ({
        ...this.place(i),
        message: `the bucket ${this.model.series(i)} has ${le === undefined ? "no label le" : `le="${le}"`}`,
        expected: 'le with a number or "+Inf"',
        actual: le ?? "no label le",
      }));
      if (Number.isNaN(bound)) return;
    }
    if (bound < 0) group.negativeBucket = true;
    if (bound <= group.bound && !this.repeated(group.last, i))
      this.findings.add("bucket-order", () => ({
        ...this.place(i),
        message: `the bucket le=${bound} stands after le=${group.bound}`,
        expected: `le > ${group.bound}`,
        actual: bound,
      }));
    else if (value < group.value)
      this.findings.add("bucket-cumulative", () => ({
        ...this.place(i),
        message: `${this.model.series(i)} is ${value}, less than ${group.value} of the bucket before`,
        expected: `>= ${group.value}`,
        actual: value,
      }));
    if (bound === Infinity) group.inf = i;
    group.bound = bound;
    group.value = value;
    group.last = i;
  }

  /** Are the two rows one series? Then duplicate-series says all there is to say. */
  private repeated(x: number, y: number): boolean {
    const { seriesA, seriesB } = this.model.samples;
    return x >= 0 && seriesA[x] === seriesA[y] && seriesB[x] === seriesB[y];
  }

  private histogramEnd(group: Group, gauge: boolean): void {
    const { samples } = this.model;
    const inf = samples.value[group.inf] ?? Number.NaN;
    const count = samples.value[group.count] ?? Number.NaN;
    if (group.inf < 0)
      this.findings.add("bucket-inf", () => ({
        ...this.place(group.last < 0 ? group.first : group.last),
        message: `the histogram of ${this.model.series(group.first)} has no bucket le="+Inf"`,
        expected: 'a bucket le="+Inf"',
        actual: group.last < 0 ? "no buckets" : `last bucket le=${group.bound}`,
      }));
    else if (group.count >= 0 && inf !== count && !Number.isNaN(inf) && !Number.isNaN(count))
      this.findings.add("histogram-count", () => ({
        ...this.place(group.count),
        message: `${this.model.series(group.count)} is ${count}, but the bucket le="+Inf" is ${inf}`,
        expected: inf,
        actual: count,
      }));
    this.histogramParts(group, gauge);
  }

  private histogramParts(group: Group, gauge: boolean): void {
    const missing = [group.sum < 0 ? "sum" : "", group.count < 0 ? "count" : ""].filter((part) => part !== "");
    if (missing.length === 1 || (missing.length === 2 && !this.open))
      this.findings.add("histogram-parts", () => ({
        ...this.place(group.first),
        message: `the histogram of ${this.model.series(group.first)} has no ${missing.map((part) => `_${gauge && this.open ? "g" : ""}${part}`).join(" and no ")}`,
        expected: "_sum and _count",
        actual: `without ${missing.join(" and ")}`,
      }));
    if (!this.open || group.sum < 0) return;
    const sum = this.model.samples.value[group.sum] ?? 0;
    if (gauge ? !group.negativeBucket && sum < 0 : group.negativeBucket)
      this.findings.add("histogram-negative", () => ({
        ...this.place(group.sum),
        message: gauge
          ? `${this.model.series(group.sum)} is ${sum}, but no bucket is negative`
          : `${this.model.series(group.sum)} stands in a histogram with negative buckets`,
        expected: gauge ? ">= 0" : "no _sum",
        actual: sum,
      }));
  }

  private summary(i: number, index: number): void {
    const { model } = this;
    const role = model.role(i);
    const group = this.groupOf(i, index);
    if (role === "_count") group.count = i;
    else if (role === "_sum") group.sum = i;
    else if (role === "") this.quantile(i, group);
  }

  private quantile(i: number, group: Group): void {
    const { samples } = this.model;
    const bound = samples.bound[i] ?? Number.NaN;
    if (Number.isNaN(bound) && !this.model.labels(i).some(({ name }) => name === "quantile")) {
      this.findings.add("quantile-missing", () => ({
        ...this.place(i),
        message: `${this.model.series(i)} has no label quantile`,
        expected: "a label quantile",
        actual: "none",
      }));
      return;
    }
    if (!(bound >= 0 && bound <= 1)) {
      this.findings.add("quantile-range", () => ({
        ...this.place(i),
        message: `the quantile of ${this.model.series(i)} is not from 0 to 1`,
        expected: "0 <= quantile <= 1",
        actual: Number.isNaN(bound) ? "NaN" : bound,
      }));
      return;
    }
    if (this.open && (samples.value[i] ?? 0) < 0)
      this.findings.add("quantile-negative", () => ({
        ...this.place(i),
        message: `${this.model.series(i)} is ${samples.value[i]}`,
        expected: ">= 0",
        actual: samples.value[i] ?? 0,
      }));
    if (!this.open && bound <= group.bound && !this.repeated(group.last, i))
      this.findings.add("quantile-order", () => ({
        ...this.place(i),
        message: `the quantile ${bound} stands after ${group.bound}`,
        expected: `> ${group.bound}`,
        actual: bound,
      }));
    group.bound = bound;
    group.last = i;
  }

  private summaryEnd(group: Group): void {
    if (this.open || (group.sum >= 0 && group.count >= 0)) return;
    const missing = [group.sum < 0 ? "_sum" : "", group.count < 0 ? "_count" : ""].filter((part) => part !== "");
    this.findings.add("summary-parts", () => ({
      ...this.place(group.first),
      message: `the summary of ${this.model.series(group.first)} has no ${missing.join(" and no ")}`,
      expected: "_sum and _count",
      actual: `without ${missing.join(" and ")}`,
    }));
  }
}
