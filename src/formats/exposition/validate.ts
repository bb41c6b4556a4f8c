// The validity pass: what a well-formed body still may not say. Pure; one walk over the samples.

import { checkComposites } from "./composites.ts";
import { eachRepeated } from "./duplicates.ts";
import { checkExemplars } from "./exemplars.ts";
import { checkFamilies } from "./families.ts";
import type { Findings } from "./findings.ts";
import { Groups, sumValue } from "./groups.ts";
import type { Model } from "./model.ts";
import { checkOlder } from "./older.ts";
import { placeOf } from "./place.ts";

/** Adds the findings of the validity pass to `findings`. */
export function validateModel(model: Model, findings: Findings): void {
  if (checkOlder(model, findings)) return;
  checkFamilies(model, findings);
  checkRepeated(model, findings);
  checkSamples(model, findings);
  checkExemplars(model, findings);
  if (model.format === "openmetrics@2") checkComposites(model, findings);
  if (model.longLine >= 0)
    findings.add("long-line", () => ({ line: model.longLine, message: "a line is longer than 1 MiB" }));
}

function checkRepeated(model: Model, findings: Findings): void {
  const { time, line } = model.samples;
  eachRepeated(model, (i, before) => {
    if (clashing(model, i)) return;
    const now = time[i] ?? Number.NaN;
    const then = time[before] ?? Number.NaN;
    const again = now === then || (Number.isNaN(now) && Number.isNaN(then));
    // The text format wants name and labels to be unique, whatever the timestamp.
    if (again || model.format === "prometheus")
      findings.add("duplicate-series", () => ({
        ...placeOf(model, i),
        message: `${model.series(i)} was in line ${line[before]} already${again ? "" : ", with another timestamp"}`,
        expected: "each series once",
        actual: `again in line ${line[i]}`,
      }));
  });
}

/** Two metrics have one name: that is said once, and nothing else of them. */
function clashing(model: Model, i: number): boolean {
  return (model.families[model.family(i)]?.clash ?? -1) >= 0;
}

const VALUE_RULES: {
  [type: string]: ((model: Model, i: number, findings: Findings) => void) | undefined;
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
  let nameId = -1;
  let rule: (typeof VALUE_RULES)[string];
  let grouped = false;
  for (let i = 0; i < count; i++) {
    if (name[i] !== nameId) {
      nameId = name[i] ?? 0;
      const index = familyOf[nameId] ?? -1;
      const family = index < 0 ? undefined : families[index];
      const known = family !== undefined && family.clash < 0;
      rule = known ? VALUE_RULES[family.type] : undefined;
      grouped = known && groups.enter(nameId, index, family);
    }
    rule?.(model, i, findings);
    if (grouped) groups.add(i);
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
  if (model.format === "openmetrics@2") return;
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
  } else if (open && role === "_sum" && model.families[model.family(i)]?.type === "summary")
    sumValue(model, i, findings);
  else if (open && role === "_gsum" && Number.isNaN(value)) sumValue(model, i, findings);
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
