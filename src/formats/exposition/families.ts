// Rules of the validity pass about families: grouping, metadata, names, units.
import type { Findings } from "./findings.ts";
import { type Family, type FamilyType, type Model, ROLES, type Role } from "./model.ts";
import { hashOf } from "./names.ts";
import { SUFFIXES as OPENMETRICS_SUFFIXES } from "./openmetrics.ts";

const PROMETHEUS_SUFFIXES: { readonly [type in FamilyType]: readonly Role[] } = {
  counter: [""],
  gauge: [""],
  unknown: [""],
  info: [""],
  stateset: [""],
  summary: ["", "_sum", "_count"],
  histogram: ["_bucket", "_sum", "_count"],
  gaugehistogram: ["_bucket", "_sum", "_count", "_gsum", "_gcount"],
};

export function checkFamilies(model: Model, findings: Findings): void {
  const suffixes = model.format === "openmetrics" ? OPENMETRICS_SUFFIXES : PROMETHEUS_SUFFIXES;
  model.families.forEach((family, index) => {
    if (family.splits > 0) split(model, index, findings);
    if (model.format === "openmetrics" && family.unit !== "") unit(model, index, findings);
    clash(model, family, { suffixes, findings });
  });
  metadata(model, findings);
  sampleNames(model, suffixes, findings);
}

function split(model: Model, index: number, findings: Findings): void {
  const family = model.families[index];
  const at = family?.splitAt ?? 0;
  const name = model.familyName(index);
  findings.add("family-split", () => ({
    line: model.samples.line[at] ?? 0,
    series: model.series(at),
    family: name,
    message: `the lines of ${name} do not stand together: other families stand before line ${model.samples.line[at]}`,
    expected: "all lines of a family in one group",
    actual: `${(family?.splits ?? 0) + 1} groups`,
  }));
}

function unit(model: Model, index: number, findings: Findings): void {
  const family = model.families[index];
  if (family === undefined) return;
  const name = model.familyName(index);
  const at = { line: family.unitLine, family: name };
  if (!name.endsWith(`_${family.unit}`))
    findings.add("unit-suffix", () => ({
      ...at,
      message: `${name} does not end with its unit _${family.unit}`,
      expected: `a name ending in _${family.unit}`,
      actual: name,
    }));
  if (family.type === "info" || family.type === "stateset")
    findings.add("unit-type", () => ({
      ...at,
      message: `${name} is of type ${family.type} and has the unit ${family.unit}`,
      expected: "no unit",
      actual: family.unit,
    }));
}

type Suffixes = { readonly [type in FamilyType]: readonly Role[] };

/** Does the family have the name of another one's sample? */
function clash(model: Model, family: Family, { suffixes, findings }: { suffixes: Suffixes; findings: Findings }): void {
  const { names } = model;
  const at = names.at[family.nameId] ?? 0;
  const end = at + (names.length[family.nameId] ?? 0);
  for (const suffix of ["_total", "_created", "_count", "_sum", "_bucket", "_gcount", "_gsum", "_info"] as const) {
    if (!names.endsWith(family.nameId, suffix)) continue;
    const base = names.find(at, end - suffix.length, hashOf(model.bytes, at, end - suffix.length));
    const other = base < 0 ? undefined : model.families[model.familyOf[base] ?? -1];
    if (other === undefined || other === family || other.nameId !== base || !suffixes[other.type].includes(suffix))
      continue;
    findings.add("name-clash", () => ({
      line: Math.max(family.line, other.line),
      family: names.text(family.nameId),
      message: `${names.text(family.nameId)} is a family and also a sample of the ${other.type} ${names.text(base)}`,
      expected: "another name",
      actual: names.text(family.nameId),
    }));
  }
}

function metadata(model: Model, findings: Findings): void {
  for (const { family, line, word, apart } of model.lateMetadata) {
    const name = model.familyName(family);
    const samples = (model.families[family]?.samples ?? 0) > 0;
    findings.add(apart ? "family-split" : "metadata-after-samples", () => ({
      line,
      family: name,
      message: apart
        ? `${word} of ${name} stands apart from the other lines of the family`
        : `${word} of ${name} stands after ${samples ? "samples of the family" : "other lines"}`,
      expected: "metadata before the samples, in one group",
      actual: `${word} in line ${line}`,
    }));
  }
  for (const { family, line, word } of model.typeCase) {
    const name = model.familyName(family);
    findings.add("type-case", () => ({
      line,
      family: name,
      message: `the type of ${name} is written ${word}; Prometheus servers know only ${word.toLowerCase()}`,
      expected: word.toLowerCase(),
      actual: word,
    }));
  }
}

function sampleNames(model: Model, suffixes: Suffixes, findings: Findings): void {
  const { samples, roleOf, familyOf } = model;
  const wrong = new Uint8Array(model.names.count);
  let some = false;
  for (let nameId = 0; nameId < model.names.count; nameId++) {
    const family = model.families[familyOf[nameId] ?? -1];
    const role = ROLES[roleOf[nameId] ?? 0] ?? "";
    if (family === undefined || suffixes[family.type].includes(role)) continue;
    wrong[nameId] = 1;
    some = true;
  }
  for (let i = 0; some && i < samples.count; i++) {
    const nameId = samples.name[i] ?? 0;
    if (wrong[nameId] !== 1) continue;
    wrong[nameId] = 0;
    const family = model.family(i);
    const type = model.families[family]?.type ?? "unknown";
    const base = model.familyName(family);
    findings.add("sample-name", () => ({
      line: samples.line[i] ?? 0,
      series: model.series(i),
      family: base,
      message: `${model.name(i)} is no sample name of the ${type} ${base}`,
      expected: suffixes[type].map((suffix) => base + suffix).join(", "),
      actual: model.name(i),
    }));
  }
}
