// Series per family and values per label: where a module's metrics are many. Pure.
import type { Model } from "./model.ts";

export interface FamilyCardinality {
  family: string;
  series: number;
  /** Share of all series, 0 to 1. */
  share: number;
  /** Different values of each label, most first. */
  labels: { label: string; values: number }[];
}

/** Families by number of samples, most first; `families` at most. */
export function cardinality(model: Model, families = 20): FamilyCardinality[] {
  const all = model.samples.count;
  const order = model.families
    .map((family, index) => ({ index, samples: family.samples }))
    .filter(({ samples }) => samples > 0)
    .sort((a, b) => b.samples - a.samples)
    .slice(0, families);
  const values = labelValues(model, new Set(order.map(({ index }) => index)));
  return order.map(({ index, samples }) => ({
    family: model.familyName(index),
    series: samples,
    share: all === 0 ? 0 : samples / all,
    labels: [...(values.get(index) ?? [])]
      .map(([label, set]) => ({ label, values: set.size }))
      .sort((a, b) => b.values - a.values || (a.label < b.label ? -1 : 1)),
  }));
}

/** Values of each label of the given families. */
export function labelValues(model: Model, families: ReadonlySet<number>): Map<number, Map<string, Set<string>>> {
  const found = new Map<number, Map<string, Set<string>>>();
  for (let i = 0; i < model.samples.count; i++) {
    const index = model.family(i);
    if (!families.has(index)) continue;
    let labels = found.get(index);
    if (labels === undefined) {
      labels = new Map();
      found.set(index, labels);
    }
    for (const { name, value } of model.labels(i)) {
      const values = labels.get(name);
      if (values === undefined) labels.set(name, new Set([value]));
      else values.add(value);
    }
  }
  return found;
}
