// The lint pass: the whole set of `promtool check metrics`, one finding per family and rule. Pure.
import { eachRepeated } from "./duplicates.ts";
import type { Findings, Found } from "./findings.ts";
import type { Family, FamilyType, Model } from "./model.ts";
import { abbreviatedUnits, nonBaseUnit } from "./units.ts";

type Report = (id: string, message: string, expected: string, actual: string) => void;

/** One family as the rules see it. */
interface Subject {
  name: string;
  type: FamilyType;
  help: string;
  /** All label names, without `le` of histograms and `quantile` of summaries. */
  labels: ReadonlySet<string>;
}

/** Adds findings of the given lint ids. Families without samples are not linted, as promtool does. */
export function lintModel(model: Model, findings: Findings, ids: ReadonlySet<string>): void {
  const labels = labelNames(model);
  model.families.forEach((family, index) => {
    if (family.samples === 0) return;
    const subject = subjectOf(model, family, labels.get(index) ?? NONE);
    const report: Report = (id, message, expected, actual) => {
      if (ids.has(id))
        findings.add(id, () => ({ line: lineOf(model, family), family: subject.name, message, expected, actual }));
    };
    for (const rule of RULES) rule(subject, report);
  });
  if (ids.has("duplicate-metric") && model.format === "prometheus") repeatedMetrics(model, findings);
}

const NONE: ReadonlySet<string> = new Set();

function subjectOf(model: Model, family: Family, labels: ReadonlySet<string>): Subject {
  const name = model.names.text(family.nameId);
  const { type } = family;
  // OpenMetrics families of counters are named without the suffix that their samples have.
  const full =
    model.format === "openmetrics" && type === "counter" && !name.endsWith("_total") ? `${name}_total` : name;
  return { name: full, type, help: model.help(family) ?? "", labels };
}

function lineOf(model: Model, family: Family): number {
  return family.typeLine > 0
    ? family.typeLine
    : family.helpLine > 0
      ? family.helpLine
      : (model.samples.line[family.first] ?? 0);
}

/** Label names of each family. Samples of one name with the same label names are read once. */
function labelNames(model: Model): Map<number, Set<string>> {
  const { name, shape, count } = model.samples;
  const lastShape = new Int32Array(model.names.count);
  const found = new Map<number, Set<string>>();
  for (let i = 0; i < count; i++) {
    const nameId = name[i] ?? 0;
    if (shape[i] === lastShape[nameId]) continue;
    lastShape[nameId] = shape[i] ?? 0;
    const index = model.family(i);
    let labels = found.get(index);
    if (labels === undefined) found.set(index, (labels = new Set()));
    const own = ownLabel(model.families[index]?.type);
    for (const label of model.labels(i)) if (label.name !== own) labels.add(label.name);
  }
  return found;
}

function ownLabel(type: FamilyType | undefined): string | undefined {
  if (type === "histogram" || type === "gaugehistogram") return "le";
  return type === "summary" ? "quantile" : undefined;
}

const CAMEL_CASE = /[a-z][A-Z]/;
const TYPE_WORDS = ["counter", "gauge", "summary", "histogram", "gauge_histogram"];

const RULES: ((subject: Subject, report: Report) => void)[] = [
  help,
  unit,
  counter,
  timestamp,
  reserved,
  typeInName,
  spelling,
];

function help({ name, help }: Subject, report: Report): void {
  if (help === "") report("no-help", "no help text", `# HELP ${name} <text>`, "none");
}

function unit({ name }: Subject, report: Report): void {
  const found = nonBaseUnit(name);
  if (found !== undefined)
    report("base-unit", `use base unit "${found.base}" instead of "${found.unit}"`, found.base, found.unit);
  for (const short of abbreviatedUnits(name))
    report("unit-abbreviation", "metric names should not contain abbreviated units", "the unit written out", short);
}

function counter({ name, type }: Subject, report: Report): void {
  const total = name.endsWith("_total");
  if (type === "counter" && !total)
    report("counter-total", 'counter metrics should have "_total" suffix', `${name}_total`, name);
  if (type !== "counter" && type !== "unknown" && total)
    report("non-counter-total", 'non-counter metrics should not have "_total" suffix', name.slice(0, -6), name);
}

function timestamp({ name, type }: Subject, report: Report): void {
  if (type !== "gauge" && type !== "unknown" && name.endsWith("_timestamp_seconds"))
    report("non-gauge-timestamp", 'non-gauge metrics should not have "_timestamp_seconds" suffix', "gauge", type);
}

function reserved({ name, type, labels }: Subject, report: Report): void {
  if (type === "unknown") return;
  const histogram = type === "histogram" || type === "gaugehistogram";
  const summary = type === "summary";
  if (!histogram && name.endsWith("_bucket"))
    report("reserved-bucket", 'non-histogram metrics should not have "_bucket" suffix', "another name", name);
  if (!histogram && !summary && name.endsWith("_count"))
    report(
      "reserved-count",
      'non-histogram and non-summary metrics should not have "_count" suffix',
      "another name",
      name,
    );
  if (!histogram && !summary && name.endsWith("_sum"))
    report("reserved-sum", 'non-histogram and non-summary metrics should not have "_sum" suffix', "another name", name);
  if (!histogram && labels.has("le"))
    report("reserved-le", 'non-histogram metrics should not have "le" label', "another label", "le");
  if (!summary && labels.has("quantile"))
    report("reserved-quantile", 'non-summary metrics should not have "quantile" label', "another label", "quantile");
}

function typeInName({ name }: Subject, report: Report): void {
  const padded = `${name.toLowerCase()}_`;
  for (const word of TYPE_WORDS)
    if (padded.includes(`_${word}_`))
      report("type-in-name", `metric name should not include type '${word}'`, "a name without the type", name);
}

function spelling({ name, labels }: Subject, report: Report): void {
  if (name.includes(":")) report("colon", "metric names should not contain ':'", name.replaceAll(":", "_"), name);
  if (CAMEL_CASE.test(name))
    report("metric-camel-case", "metric names should be written in 'snake_case' not 'camelCase'", snake(name), name);
  for (const label of labels)
    if (CAMEL_CASE.test(label))
      report("label-camel-case", "label names should be written in 'snake_case' not 'camelCase'", snake(label), label);
}

function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

function repeatedMetrics(model: Model, findings: Findings): void {
  const reported = new Set<number>();
  eachRepeated(model, (i) => {
    const index = model.family(i);
    const type = model.families[index]?.type;
    if (reported.has(index) || type === "histogram" || type === "gaugehistogram" || type === "summary") return;
    reported.add(index);
    findings.add(
      "duplicate-metric",
      (): Found => ({
        line: model.samples.line[i] ?? 0,
        series: model.series(i),
        family: model.familyName(index),
        message: "metric not unique",
        expected: "each metric once",
        actual: model.series(i),
      }),
    );
  });
}
