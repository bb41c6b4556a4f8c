// The validity pass: what a well-formed body still may not say. Pure; one walk over the samples.

import { eachRepeated } from "./duplicates.ts";
import { checkFamilies } from "./families.ts";
import type { Findings, Found } from "./findings.ts";
import { Groups } from "./groups.ts";
import type { Model } from "./model.ts";
import { readLabels } from "./model.ts";
import { decode } from "./names.ts";

/** Adds the findings of the validity pass to `findings`. */
export function validateModel(model: Model, findings: Findings): void {
  checkFamilies(model, findings);
  checkRepeated(model, findings);
  checkSamples(model, findings);
  checkExemplars(model, findings);
  if (model.longLine >= 0)
    findings.add("long-line", () => ({ line: model.longLine, message: "a line is longer than 1 MiB" }));
}

/** Where sample `i` is. */
export function placeOf(model: Model, i: number): Pick<Found, "line" | "series" | "family"> {
  return {
    line: model.samples.line[i] ?? 0,
    series: model.series(i),
    family: model.familyName(model.family(i)),
  };
}

function checkRepeated(model: Model, findings: Findings): void {
  const { time, line } = model.samples;
  eachRepeated(model, (i, before) => {
    const now = time[i] ?? Number.NaN;
    const then = time[before] ?? Number.NaN;
    if (now === then || (Number.isNaN(now) && Number.isNaN(then)))
      findings.add("duplicate-series", () => ({
        ...placeOf(model, i),
        message: `${model.series(i)} was in line ${line[before]} already`,
        expected: "each series once",
        actual: `again in line ${line[i]}`,
      }));
    else if (now < then && model.format === "prometheus")
      findings.add("timestamp-order", () => ({
        ...placeOf(model, i),
        message: `timestamp ${now} of ${model.series(i)} is before ${then} in line ${line[before]}`,
        expected: `>= ${then}`,
        actual: now,
      }));
  });
}

const VALUE_RULES: {
  [type: string]: (model: Model, i: number, findings: Findings) => void;
} = {
  counter: counterValue,
  histogram: countValue,
  gaugehistogram: countValue,
  summary: countValue,
  info: (model, i, findings) => fixedValue(model, i, { findings, id: "info-value", allowed: [1] }),
  stateset: statesetSample,
};

function checkSamples(model: Model, findings: Findings): void {
  const groups = new Groups(model, findings);
  const { count, name } = model.samples;
  const { familyOf, families } = model;
  for (let i = 0; i < count; i++) {
    const index = familyOf[name[i] ?? 0] ?? -1;
    const family = families[index];
    if (family === undefined) continue;
    if (family.type !== "gauge" && family.type !== "unknown") VALUE_RULES[family.type]?.(model, i, findings);
    groups.add(i, index, family);
  }
  groups.end();
}

function counterValue(model: Model, i: number, findings: Findings): void {
  if (model.role(i) !== "_created") notNegative(model, i, findings);
}

/** Is sample `i`, with value `value`, no count that can be? */
function notNegative(model: Model, i: number, findings: Findings): void {
  const value = model.samples.value[i] ?? 0;
  if (value < 0)
    findings.add("counter-negative", () => ({
      ...placeOf(model, i),
      message: `${model.series(i)} is ${value}; counts are never negative`,
      expected: ">= 0",
      actual: value,
    }));
  else if (Number.isNaN(value))
    findings.add("counter-nan", () => ({
      ...placeOf(model, i),
      message: `${model.series(i)} is NaN; counts are numbers`,
      expected: "a number",
      actual: "NaN",
    }));
}

function countValue(model: Model, i: number, findings: Findings): void {
  const role = model.role(i);
  const value = model.samples.value[i] ?? 0;
  const open = model.format === "openmetrics";
  if (role === "_bucket" || role === "_count" || role === "_gcount") {
    notNegative(model, i, findings);
    if (value >= 0 && !Number.isInteger(value))
      findings.add("count-integer", () => ({
        ...placeOf(model, i),
        message: `${model.series(i)} is ${value}; counts are whole numbers`,
        expected: "a whole number",
        actual: value,
      }));
  } else if (open && role === "_sum") notNegative(model, i, findings);
  else if (open && role === "_gsum" && Number.isNaN(value)) notNegative(model, i, findings);
}

interface Fixed {
  findings: Findings;
  id: string;
  allowed: number[];
}

function fixedValue(model: Model, i: number, { findings, id, allowed }: Fixed): void {
  const value = model.samples.value[i] ?? 0;
  if (!allowed.includes(value))
    findings.add(id, () => ({
      ...placeOf(model, i),
      message: `${model.series(i)} is ${value}`,
      expected: allowed.join(" or "),
      actual: value,
    }));
}

function statesetSample(model: Model, i: number, findings: Findings): void {
  if (model.format === "prometheus") return;
  fixedValue(model, i, { findings, id: "stateset-value", allowed: [0, 1] });
  const family = model.familyName(model.family(i));
  if (!model.labels(i).some(({ name }) => name === family))
    findings.add("stateset-label", () => ({
      ...placeOf(model, i),
      message: `${model.series(i)} lacks the label ${family}`,
      expected: `a label ${family}`,
      actual: "none",
    }));
}

function checkExemplars(model: Model, findings: Findings): void {
  const { sample, at, end } = model.exemplars;
  for (let k = 0; k < sample.length; k++) {
    const i = sample[k] ?? 0;
    const type = model.families[model.family(i)]?.type;
    const role = model.role(i);
    const place = (type === "counter" && role === "_total") || (role === "_bucket" && type !== "unknown");
    if (!place)
      findings.add("exemplar-place", () => ({
        ...placeOf(model, i),
        message: `${model.series(i)} has an exemplar, but only counters and buckets may`,
        expected: "no exemplar",
        actual: decode(model.bytes, at[k] ?? 0, Math.min(end[k] ?? 0, (at[k] ?? 0) + 200)),
      }));
    const labels = readLabels(decode(model.bytes, at[k] ?? 0, end[k] ?? 0));
    const length = labels.reduce((sum, { name, value }) => sum + [...name].length + [...value].length, 0);
    if (length > 128)
      findings.add("exemplar-length", () => ({
        ...placeOf(model, i),
        message: `the labels of the exemplar of ${model.series(i)} have ${length} characters`,
        expected: "<= 128",
        actual: length,
      }));
  }
}
