// Rules about exemplars: where they may stand, in which bucket, how long their labels are.
import type { Findings } from "./findings.ts";
import { type Model, readLabels } from "./model.ts";
import { decode } from "./names.ts";
import { placeOf } from "./place.ts";

export function checkExemplars(model: Model, findings: Findings): void {
  const { sample } = model.exemplars;
  for (let k = 0; k < sample.length; k++) {
    const i = sample[k] ?? 0;
    if ((model.families[model.family(i)]?.clash ?? -1) >= 0) continue;
    const placed = place(model, i);
    if (placed && model.format === "openmetrics") inBucket(model, { k, i }, findings);
    if (!placed)
      findings.add("exemplar-place", () => ({
        ...placeOf(model, i),
        message: `${model.series(i)} has an exemplar, but samples of its type have none`,
        expected: "no exemplar",
        actual: labelsOf(model, k).slice(0, 200),
      }));
    if (model.format === "openmetrics") labelLength(model, { k, i }, findings);
  }
}

/** May sample `i` have exemplars? */
function place(model: Model, i: number): boolean {
  const type = model.families[model.family(i)]?.type;
  const role = model.role(i);
  if (model.format === "openmetrics@2")
    return type === "counter" || type === "histogram" || type === "gaugehistogram" || type === "summary";
  return (type === "counter" && role === "_total") || (role === "_bucket" && type !== "unknown");
}

function labelsOf({ bytes, exemplars }: Model, k: number): string {
  return decode(bytes, exemplars.at[k] ?? 0, exemplars.end[k] ?? 0);
}

interface At {
  k: number;
  i: number;
}

/** Buckets are cumulative: the exemplar's value is at most the bound. */
function inBucket(model: Model, { k, i }: At, findings: Findings): void {
  const bound = model.samples.bound[i] ?? Number.NaN;
  const value = model.exemplars.value[k] ?? Number.NaN;
  if (Number.isNaN(bound) || Number.isNaN(value) || value <= bound) return;
  findings.add("exemplar-bucket", () => ({
    ...placeOf(model, i),
    message: `the exemplar ${value} of ${model.series(i)} is outside of its bucket`,
    expected: `<= ${bound}`,
    actual: value,
  }));
}

function labelLength(model: Model, { k, i }: At, findings: Findings): void {
  const labels = readLabels(labelsOf(model, k));
  const length = labels.reduce((sum, { name, value }) => sum + [...name].length + [...value].length, 0);
  if (length > 128)
    findings.add("exemplar-length", () => ({
      ...placeOf(model, i),
      message: `the labels of the exemplar of ${model.series(i)} have ${length} characters`,
      expected: "<= 128",
      actual: length,
    }));
}
