// Rules of the validity pass about metrics: one label set of a family, with its buckets, quantiles, sum and count.
import { checkBoundText } from "./canonical.ts";
import type { Findings } from "./findings.ts";
import { type Family, type Model, ROLES, type Role } from "./model.ts";
import { SUFFIXES } from "./naming.ts";
import { placeOf } from "./place.ts";
import { metricHash, Together } from "./together.ts";

/** Sums of what is counted are numbers, and not negative. */
export function sumValue(model: Model, i: number, findings: Findings): void {
  const value = model.samples.value[i] ?? 0;
  if (value >= 0) return;
  findings.add("sum-negative", () => ({
    ...placeOf(model, i),
    message: `${model.series(i)} is ${value}; sums of what is counted are numbers from 0 up`,
    expected: ">= 0",
    actual: Number.isNaN(value) ? "NaN" : value,
  }));
}

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
  /** A bucket without bound is there: it may be the one that is looked for. */
  odd: boolean;
}

/** Class, because it has a life: one walk over the samples, then `end`. */
export class Groups {
  private readonly model: Model;
  private readonly findings: Findings;
  /** OpenMetrics 1.0. */
  private readonly open: boolean;
  private readonly together: Together | undefined;
  private readonly byFamily = new Map<number, Map<number | string, Group>>();
  /** What was entered: family, role of its samples, and what they are parts of. */
  private index = -1;
  private family: Family | undefined;
  private role: Role = "";
  private parts: "histogram" | "summary" | undefined;
  /** Families whose bounds were told to be written otherwise. */
  private readonly uncanonical = new Set<number>();
  private group: Group | undefined;
  private groupFamily = -1;
  private groupKey: number | string = -1;

  constructor(model: Model, findings: Findings) {
    this.model = model;
    this.findings = findings;
    this.open = model.format === "openmetrics";
    this.together = model.format === "prometheus" ? undefined : new Together(model, findings);
  }

  /** The samples that come now have this name. Is there anything to be looked at? */
  enter(nameId: number, index: number, family: Family): boolean {
    const { format } = this.model;
    const { type } = family;
    this.index = index;
    this.family = family;
    this.role = ROLES[this.model.roleOf[nameId] ?? 0] ?? "";
    this.parts = undefined;
    if (format !== "openmetrics@2") {
      // A foreign sample has its own finding, and stands perhaps for what would be called absent.
      if (!SUFFIXES[format][type].includes(this.role)) family.refused = true;
      else if (type === "histogram" || type === "gaugehistogram") this.parts = "histogram";
      else if (type === "summary") this.parts = "summary";
    }
    return this.together !== undefined || this.parts !== undefined;
  }

  /** A sample of the name that was entered. */
  add(i: number): void {
    if (this.family !== undefined) this.together?.add(i, this.index, this.family);
    if (this.parts === "histogram") this.histogram(i);
    else if (this.parts === "summary") this.summary(i);
  }

  end(): void {
    for (const [index, groups] of this.byFamily) {
      const family = this.model.families[index];
      const seen = family?.refused !== true && !this.model.cut;
      for (const group of groups.values()) {
        if (family?.type !== "summary") this.histogramEnd(group, { gauge: family?.type === "gaugehistogram", seen });
        else if (seen) this.summaryEnd(group);
      }
    }
  }

  private groupOf(i: number, index: number): Group {
    const time = this.model.samples.time[i] ?? Number.NaN;
    const key = Number.isNaN(time) || !this.open ? metricHash(this.model, i) : `${metricHash(this.model, i)}@${time}`;
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
        odd: false,
      };
      groups.set(key, group);
    }
    this.group = group;
    this.groupFamily = index;
    this.groupKey = key;
    return group;
  }

  private histogram(i: number): void {
    const { role } = this;
    const group = this.groupOf(i, this.index);
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
        ...placeOf(this.model, i),
        message: `the bucket ${this.model.series(i)} has ${le === undefined ? "no label le" : `le="${le}"`}`,
        expected: 'le with a number or "+Inf"',
        actual: le ?? "no label le",
      }));
      if (Number.isNaN(bound)) {
        group.odd = true;
        return;
      }
    }
    if (this.open) checkBoundText(this.model, { i, label: "le", seen: this.uncanonical }, this.findings);
    if (bound < 0) group.negativeBucket = true;
    if (bound <= group.bound && !this.repeated(group.last, i))
      this.findings.add("bucket-order", () => ({
        ...placeOf(this.model, i),
        message: `the bucket le=${bound} stands after le=${group.bound}`,
        expected: `le > ${group.bound}`,
        actual: bound,
      }));
    else if (value < group.value)
      this.findings.add("bucket-cumulative", () => ({
        ...placeOf(this.model, i),
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

  /** `seen`: all of the family was read, so that what is not there is absent. */
  private histogramEnd(group: Group, { gauge, seen }: { gauge: boolean; seen: boolean }): void {
    const { samples } = this.model;
    const inf = samples.value[group.inf] ?? Number.NaN;
    const count = samples.value[group.count] ?? Number.NaN;
    if (group.inf < 0 && seen && !group.odd)
      this.findings.add("bucket-inf", () => ({
        ...placeOf(this.model, group.last < 0 ? group.first : group.last),
        message: `the histogram of ${this.model.series(group.first)} has no bucket le="+Inf"`,
        expected: 'a bucket le="+Inf"',
        actual: group.last < 0 ? "no buckets" : `last bucket le=${group.bound}`,
      }));
    else if (group.inf >= 0 && group.count >= 0 && inf !== count && !Number.isNaN(inf) && !Number.isNaN(count))
      this.findings.add("histogram-count", () => ({
        ...placeOf(this.model, group.count),
        message: `${this.model.series(group.count)} is ${count}, but the bucket le="+Inf" is ${inf}`,
        expected: inf,
        actual: count,
      }));
    if (seen) this.histogramParts(group, gauge);
    if (this.open && group.sum >= 0) this.histogramSum(group, gauge);
  }

  private histogramParts(group: Group, gauge: boolean): void {
    const missing = [group.sum < 0 ? "sum" : "", group.count < 0 ? "count" : ""].filter((part) => part !== "");
    if (missing.length === 1 || (missing.length === 2 && !this.open))
      this.findings.add("histogram-parts", () => ({
        ...placeOf(this.model, group.first),
        message: `the histogram of ${this.model.series(group.first)} has no ${missing.map((part) => `_${gauge && this.open ? "g" : ""}${part}`).join(" and no ")}`,
        expected: "_sum and _count",
        actual: `without ${missing.join(" and ")}`,
      }));
  }

  private histogramSum(group: Group, gauge: boolean): void {
    const sum = this.model.samples.value[group.sum] ?? 0;
    if (!group.negativeBucket && !gauge) sumValue(this.model, group.sum, this.findings);
    if (gauge ? !group.negativeBucket && sum < 0 : group.negativeBucket)
      this.findings.add("histogram-negative", () => ({
        ...placeOf(this.model, group.sum),
        message: gauge
          ? `${this.model.series(group.sum)} is ${sum}, but no bucket is negative`
          : `${this.model.series(group.sum)} stands in a histogram with negative buckets`,
        expected: gauge ? ">= 0" : "no _sum",
        actual: sum,
      }));
  }

  private summary(i: number): void {
    const { role } = this;
    const group = this.groupOf(i, this.index);
    if (role === "_count") group.count = i;
    else if (role === "_sum") group.sum = i;
    else if (role === "") this.quantile(i, group);
  }

  private quantile(i: number, group: Group): void {
    const { samples } = this.model;
    const bound = samples.bound[i] ?? Number.NaN;
    if (Number.isNaN(bound) && !this.model.labels(i).some(({ name }) => name === "quantile")) {
      this.findings.add("quantile-missing", () => ({
        ...placeOf(this.model, i),
        message: `${this.model.series(i)} has no label quantile`,
        expected: "a label quantile",
        actual: "none",
      }));
      return;
    }
    if (!(bound >= 0 && bound <= 1)) {
      this.findings.add("quantile-range", () => ({
        ...placeOf(this.model, i),
        message: `the quantile of ${this.model.series(i)} is not from 0 to 1`,
        expected: "0 <= quantile <= 1",
        actual: Number.isNaN(bound) ? "NaN" : bound,
      }));
      return;
    }
    if (this.open) checkBoundText(this.model, { i, label: "quantile", seen: this.uncanonical }, this.findings);
    if (this.open && (samples.value[i] ?? 0) < 0)
      this.findings.add("quantile-negative", () => ({
        ...placeOf(this.model, i),
        message: `${this.model.series(i)} is ${samples.value[i]}`,
        expected: ">= 0",
        actual: samples.value[i] ?? 0,
      }));
    if (!this.open && bound <= group.bound && !this.repeated(group.last, i))
      this.findings.add("quantile-order", () => ({
        ...placeOf(this.model, i),
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
      ...placeOf(this.model, group.first),
      message: `the summary of ${this.model.series(group.first)} has no ${missing.join(" and no ")}`,
      expected: "_sum and _count",
      actual: `without ${missing.join(" and ")}`,
    }));
  }
}
