// The pass across scrapes: what one module may not change between two scrapes of one run. Pure.
import { labelValues } from "./cardinality.ts";
import { canonicalLabels } from "./duplicates.ts";
import type { Exposition } from "./exposition.ts";
import { Findings, type MetricsFinding } from "./findings.ts";
import type { Family, Model } from "./model.ts";

/** So many new series in one family, in every step, are growth. */
const GROWTH_MIN = 3;

/** Findings of each scrape against the one before; `scrape` is the index of the later one. */
export function compareScrapes(scrapes: readonly Exposition[], ids?: Iterable<string>): MetricsFinding[] {
  const found: MetricsFinding[] = [];
  const indexes = scrapes.map(({ model }) => indexOf(model));
  for (let k = 1; k < indexes.length; k++) {
    const before = indexes[k - 1];
    const after = indexes[k];
    if (before === undefined || after === undefined) continue;
    const findings = new Findings(after.model.format);
    counters(before, after, findings);
    familiesKept(before, after, { findings, cut: scrapes[k]?.cut === true });
    found.push(...findings.sorted().map((finding) => ({ ...finding, scrape: k })));
  }
  if (!scrapes.some(({ cut }) => cut)) found.push(...growth(indexes));
  const wanted = ids === undefined ? undefined : new Set(ids);
  return wanted === undefined ? found : found.filter(({ id }) => wanted.has(id));
}

/** Counter series that grew from `before` to `after`, or are new there with a value above 0. Names as in the body. */
export function movedCounters(
  before: Exposition,
  after: Exposition,
): { name: string; series: string; from: number; to: number }[] {
  const then = indexOf(before.model);
  const now = indexOf(after.model);
  const moved: { name: string; series: string; from: number; to: number }[] = [];
  for (const [key, row] of now.rows) {
    if (!isCounter(now.model, row)) continue;
    const old = then.rows.get(key);
    const from = old === undefined ? 0 : (then.model.samples.value[old] ?? 0);
    const to = now.model.samples.value[row] ?? 0;
    if (to > from) moved.push({ name: now.model.name(row), series: now.model.series(row), from, to });
  }
  return moved;
}

export interface Index {
  model: Model;
  /** Latest row of each series. */
  rows: Map<string, number>;
  /** Creation time by family and labels. */
  created: Map<string, number>;
  /** Number of each family by name. */
  families: Map<string, number>;
}

/** Rows of a scrape by series. */
export function indexOf(model: Model): Index {
  const rows = new Map<string, number>();
  const created = new Map<string, number>();
  for (let i = 0; i < model.samples.count; i++) {
    const key = canonicalLabels(model, i);
    rows.set(key, i);
    const start = model.starts.get(i);
    if (start !== undefined) created.set(metricKey(model, i), start);
    if (model.role(i) === "_created") created.set(metricKey(model, i), model.samples.value[i] ?? Number.NaN);
  }
  const families = new Map(model.families.map((_, index) => [model.familyName(index), index]));
  return { model, rows, created, families };
}

/** Family and labels without `le`: what one creation time stands for. */
export function metricKey(model: Model, i: number): string {
  const labels = model.labels(i).filter(({ name }) => name !== "le" && name !== "quantile");
  return `${model.familyName(model.family(i))}${JSON.stringify(labels.map(({ name, value }) => [name, value]).sort())}`;
}

/** Values that only grow: counters, and the counts of histograms and summaries. Untyped `_total` series count as counters. */
export function isCounter(model: Model, i: number): boolean {
  const type = model.families[model.family(i)]?.type;
  const role = model.role(i);
  if (type === "counter") return role !== "_created";
  if (model.format === "openmetrics@2" && (type === "histogram" || type === "summary")) return true;
  if (type === "histogram") return role === "_bucket" || role === "_count";
  if (type === "summary") return role === "_count";
  return type === "unknown" && model.name(i).endsWith("_total");
}

function counters(before: Index, after: Index, findings: Findings): void {
  for (const [key, row] of after.rows) {
    const old = before.rows.get(key);
    if (old === undefined || !isCounter(after.model, row)) continue;
    const type = after.model.families[after.model.family(row)]?.type;
    if (type !== before.model.families[before.model.family(old)]?.type) continue;
    const from = before.model.samples.value[old] ?? Number.NaN;
    const to = after.model.samples.value[row] ?? Number.NaN;
    const then = before.created.get(metricKey(after.model, row));
    const now = after.created.get(metricKey(after.model, row));
    const restarted = then !== undefined && now !== undefined && now > then;
    const place = {
      line: after.model.samples.line[row] ?? 0,
      series: after.model.series(row),
      family: after.model.familyName(after.model.family(row)),
    };
    if (to < from && !restarted && type !== "unknown")
      findings.add("counter-fell", () => ({
        ...place,
        message: `${place.series} fell from ${from} to ${to}`,
        expected: `>= ${from}`,
        actual: to,
      }));
    if (then !== undefined && now !== undefined && (now < then || (restarted && to > from)))
      findings.add("created-moved", () => ({
        ...place,
        message: `the creation time of ${place.series} moved from ${then} to ${now}, but its value went on to ${to}`,
        expected: then,
        actual: now,
      }));
  }
}

function familiesKept(before: Index, after: Index, { findings, cut }: { findings: Findings; cut: boolean }): void {
  const now = new Map(after.model.families.map((family, index) => [after.model.familyName(index), family]));
  before.model.families.forEach((family, index) => {
    const name = before.model.familyName(index);
    const later = now.get(name);
    if (later !== undefined && later.samples > 0) {
      if (family.typed && later.type !== family.type)
        findings.add("type-changed", () => ({
          line: later.typeLine > 0 ? later.typeLine : later.line,
          family: name,
          message: `the type of ${name} was ${family.type} and is ${later.type}`,
          expected: family.type,
          actual: later.type,
        }));
    } else if (family.samples > 0 && !cut && later?.refused !== true && !refused(after.model, family, before.model))
      findings.add("family-vanished", () => ({
        family: name,
        message: `${name} had ${family.samples} samples in the scrape before and has none now`,
        expected: name,
        actual: "no samples",
      }));
  });
}

/** May lines that were refused have been of this family? */
function refused(after: Model, family: Family, before: Model): boolean {
  if (after.refusedNameless) return true;
  const name = before.names.text(family.nameId);
  return [...after.refusedNames].some((id) => after.names.text(id).startsWith(name));
}

/** Families whose series grow in every step, with the label that grows most. */
function growth(indexes: Index[]): MetricsFinding[] {
  const first = indexes[0];
  const last = indexes.at(-1);
  if (first === undefined || last === undefined || indexes.length < 2) return [];
  const findings = new Findings(last.model.format);
  last.model.families.forEach((family, index) => {
    const name = last.model.familyName(index);
    const counts = indexes.map(({ model, families }) => model.families[families.get(name) ?? -1]?.samples ?? 0);
    const grows = counts.every((count, k) => k === 0 || count - (counts[k - 1] ?? 0) >= GROWTH_MIN);
    if (!grows || (counts[0] ?? 0) === 0) return;
    const label = growingLabel(first, last, name);
    findings.add("cardinality-growth", () => ({
      line: family.line,
      family: name,
      message: `${name} grows by series in every scrape: ${counts.join(", ")}${label === undefined ? "" : `; the label ${label} grows`}`,
      expected: "a bounded number of series",
      actual: counts.join(", "),
    }));
  });
  return findings.sorted().map((finding) => ({ ...finding, scrape: indexes.length - 1 }));
}

function growingLabel(before: Index, after: Index, name: string): string | undefined {
  const x = before.families.get(name) ?? -1;
  const y = after.families.get(name) ?? -1;
  const then = labelValues(before.model, new Set([x])).get(x);
  const now = labelValues(after.model, new Set([y])).get(y);
  return [...(now ?? [])]
    .map(([label, values]) => ({ label, more: values.size - (then?.get(label)?.size ?? 0) }))
    .filter(({ more }) => more > 0)
    .sort((a, b) => b.more - a.more)[0]?.label;
}
