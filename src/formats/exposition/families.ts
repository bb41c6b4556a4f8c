// Rules of the validity pass about families: grouping, metadata, names, units.
import type { Findings } from "./findings.ts";
import { type Family, type FamilyType, type Model, ROLES, type Role } from "./model.ts";
import { baseOf, SUFFIXES } from "./naming.ts";

export function checkFamilies(model: Model, findings: Findings): void {
  clashes(model, findings);
  model.families.forEach((family, index) => {
    if (family.clash >= 0) return;
    if (family.splits > 0) split(model, index, findings);
    if (model.format !== "prometheus" && family.unit !== "") unit(model, index, findings);
  });
  metadata(model, findings);
  sampleNames(model, findings);
  for (const { line, name } of model.reserved)
    findings.add("reserved-name", () => ({
      line,
      message: `the name ${name} begins with an underscore`,
      expected: "a name that begins with a letter",
      actual: name,
    }));
}

/** One finding for two families that come to have one name; each then has `clash`, and no other rule speaks of them. */
function clashes(model: Model, findings: Findings): void {
  model.families.forEach((family, index) => {
    const other = model.families[family.clash];
    if (other !== undefined && other.clash < 0) twoOfOneName(model, { family, other, index }, findings);
  });
  if (model.format !== "openmetrics@2") for (const family of model.families) partOfAnother(model, family, findings);
}

function twoOfOneName(
  model: Model,
  { family, other, index }: { family: Family; other: Family; index: number },
  findings: Findings,
): void {
  const name = model.names.text(family.nameId);
  other.clash = index;
  const taken = [family, other].flatMap(({ type }) => SUFFIXES[model.format][type].filter((suffix) => suffix !== ""));
  const off = taken.length === 0 || model.format !== "openmetrics" ? "" : ` once ${taken[0]} is taken off`;
  findings.add("name-clash", () => ({
    line: other.line,
    family: name,
    level: "MUST",
    message: `two metrics are called ${name}${off}: the ${family.type} in line ${family.line} and the ${other.type} in line ${other.line}`,
    expected: "another name for one of them",
    actual: `${name} (${family.type}) and ${name} (${other.type})`,
  }));
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
  // In OpenMetrics 2.0 the suffix of the type stands behind the unit.
  const bare = model.format === "openmetrics@2" ? name.replace(/_(?:total|info)$/, "") : name;
  if (!bare.endsWith(`_${family.unit}`) && !name.endsWith(`_${family.unit}`))
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

/** Does the family have the name of another one's sample? */
function partOfAnother(model: Model, family: Family, findings: Findings): void {
  for (const suffix of ROLES) {
    if (suffix === "") continue;
    const base = baseOf(model, family.nameId, suffix);
    const other = base < 0 ? undefined : model.families[base];
    if (other === undefined || other === family) continue;
    const names = { name: model.names.text(family.nameId), of: model.familyName(base) };
    const real = SUFFIXES[model.format][other.type].includes(suffix);
    // OpenMetrics advises against names that only look like a sample of a summary or histogram.
    const confusing = model.format === "openmetrics" && (other.type === "summary" || other.type === "histogram");
    if (!real && !confusing) continue;
    if (real && model.format === "openmetrics") {
      family.clash = base;
      other.clash = model.families.indexOf(family);
    }
    findings.add("name-clash", () => ({
      line: Math.max(family.line, other.line),
      family: names.name,
      ...(!real && { level: "SHOULD" as const }),
      message: real
        ? `${names.name} is a family (${family.type}) and also a sample of the ${other.type} ${names.of}`
        : `${names.name} looks like a sample of the ${other.type} ${names.of}, but is none`,
      expected: "another name",
      actual: names.name,
    }));
  }
}

function metadata(model: Model, findings: Findings): void {
  for (const { family, line, word, apart } of model.lateMetadata) {
    if ((model.families[family]?.clash ?? -1) >= 0) continue;
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

function sampleNames(model: Model, findings: Findings): void {
  const suffixes: { readonly [type in FamilyType]: readonly Role[] } = SUFFIXES[model.format];
  const { samples, roleOf, familyOf } = model;
  const wrong = new Uint8Array(model.names.count);
  let some = false;
  for (let nameId = 0; nameId < model.names.count; nameId++) {
    const family = model.families[familyOf[nameId] ?? -1];
    const role = ROLES[roleOf[nameId] ?? 0] ?? "";
    if (family === undefined || family.clash >= 0 || suffixes[family.type].includes(role)) continue;
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
