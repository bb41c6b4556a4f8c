// The lint pass: the rules of promlint (the release is named in the catalogue), one finding per family and rule. Pure.
import { eachRepeated } from "./duplicates.ts";
import type { Findings, Found } from "./findings.ts";
import type { Family, FamilyType, Model } from "./model.ts";
import { hashOf, Names } from "./names.ts";
import { BACKSLASH, BRACE_OPEN, CLASSES, EQUALS, LABEL, QUOTE } from "./numbers.ts";
import { olderParts } from "./older.ts";
import { CAMEL_CASE, nonBase, type Word, Words } from "./units.ts";

type Report = (id: string, message: string, expected: string, actual: string) => void;

/** One family as the rules see it. */
interface Subject {
  name: string;
  /** The words of the name. */
  words: readonly Word[];
  type: FamilyType;
  /** Has it a help text? */
  help: boolean;
  /** All label names, without `le` of histograms and `quantile` of summaries. */
  labels: ReadonlySet<string>;
}

/** Adds findings of the given lint ids. Families without samples are not linted, as promtool does. */
export function lintModel(model: Model, findings: Findings, ids: ReadonlySet<string>): void {
  if (olderParts(model).size > 0) return;
  const labels = labelNames(model);
  const words = new Words();
  let family: Family | undefined;
  let name = "";
  const report: Report = (id, message, expected, actual) => {
    const at = family;
    const named = name;
    if (at !== undefined && ids.has(id))
      findings.add(id, () => ({ line: lineOf(model, at), family: named, message, expected, actual }));
  };
  for (let index = 0; index < model.families.length; index++) {
    family = model.families[index];
    if (family === undefined || family.samples === 0) continue;
    name = lintedName(model, family);
    const subject: Subject = {
      name,
      words: words.of(name),
      type: family.type,
      // A refused line of the family may have been its help text.
      help: family.helpEnd > family.helpAt || family.refused,
      labels: labels.get(index) ?? NONE,
    };
    for (const rule of RULES) rule(subject, report);
  }
  if (ids.has("duplicate-metric") && model.format === "prometheus") repeatedMetrics(model, findings);
}

const NONE: ReadonlySet<string> = new Set();

/** OpenMetrics families of counters are named without the suffix that their samples have. */
function lintedName(model: Model, { nameId, type }: Family): string {
  const name = model.names.text(nameId);
  return model.format === "openmetrics" && type === "counter" && !name.endsWith("_total") ? `${name}_total` : name;
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
  const { familyOf } = model;
  const lastShape = new Int32Array(model.names.count);
  const names = new Names(model.bytes);
  const texts: string[] = [];
  const found = new Map<number, Set<string>>();
  for (let i = 0; i < count; i++) {
    const nameId = name[i] ?? 0;
    if (shape[i] === lastShape[nameId]) continue;
    lastShape[nameId] = shape[i] ?? 0;
    const index = familyOf[nameId] ?? -1;
    let labels = found.get(index);
    if (labels === undefined) {
      labels = new Set();
      found.set(index, labels);
    }
    const own = ownLabel(model.families[index]?.type);
    for (const [at, end] of labelNamePlaces(model, i)) {
      const id = names.intern(at, end, hashOf(model.bytes, at, end));
      texts[id] ??= names.text(id);
      if (texts[id] !== own) labels.add(texts[id]);
    }
  }
  return found;
}

/** Bytes [at, end) of the label names of sample `i`: what stands before `="`, with its quotes taken off. */
function labelNamePlaces(model: Model, i: number): [number, number][] {
  const { bytes, samples } = model;
  const seriesEnd = samples.end[i] ?? 0;
  const places: [number, number][] = [];
  let at = samples.at[i] ?? 0;
  if (bytes[at] !== BRACE_OPEN) at += model.names.length[samples.name[i] ?? 0] ?? 0;
  let nameAt = -1;
  let nameEnd = -1;
  for (; at < seriesEnd; at++) {
    const c = bytes[at] ?? 0;
    if (c === QUOTE) {
      const start = at + 1;
      for (at = start; at < seriesEnd && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
      nameAt = start;
      nameEnd = at;
    } else if (c === EQUALS) places.push([nameAt, nameEnd]);
    else if (((CLASSES[c] ?? 0) & LABEL) !== 0) {
      nameAt = at;
      while (((CLASSES[bytes[at] ?? 0] ?? 0) & LABEL) !== 0) at++;
      nameEnd = at;
      at--;
    }
  }
  return places;
}

function ownLabel(type: FamilyType | undefined): string | undefined {
  if (type === "histogram" || type === "gaugehistogram") return "le";
  return type === "summary" ? "quantile" : undefined;
}

/** What promlint calls a type in a name; families without type have none, info and stateset families are none of its. */
const TYPE_WORDS: { readonly [type in FamilyType]?: readonly string[] } = {
  counter: ["counter"],
  gauge: ["gauge"],
  summary: ["summary"],
  histogram: ["histogram"],
  gaugehistogram: ["gauge", "histogram"],
};

const RULES: ((subject: Subject, report: Report) => void)[] = [help, unit, counter, reserved, typeInName, spelling];

function help({ name, help }: Subject, report: Report): void {
  if (!help) report("no-help", "no help text", `# HELP ${name} <text>`, "none");
}

function unit({ words }: Subject, report: Report): void {
  const found = nonBase(words);
  if (found !== undefined)
    report("base-unit", `use base unit "${found.base}" instead of "${found.unit}"`, found.base, found.unit);
  // The first word is what measures, not what is measured.
  for (let k = 1; k < words.length; k++)
    if (words[k]?.abbreviation)
      report(
        "unit-abbreviation",
        "metric names should not contain abbreviated units",
        "the unit written out",
        words[k]?.text ?? "",
      );
}

function counter({ name, type }: Subject, report: Report): void {
  const total = name.endsWith("_total");
  if (type === "counter" && !total)
    report("counter-total", 'counter metrics should have "_total" suffix', `${name}_total`, name);
  if (type !== "counter" && type !== "unknown" && total)
    report("non-counter-total", 'non-counter metrics should not have "_total" suffix', name.slice(0, -6), name);
}

function reserved({ name, type, labels }: Subject, report: Report): void {
  if (type === "unknown") return;
  // Gauge histograms are no histograms to promlint.
  const histogram = type === "histogram";
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

function typeInName({ name, words, type }: Subject, report: Report): void {
  const own = TYPE_WORDS[type];
  if (own === undefined) return;
  // A name that begins with its type is let pass.
  for (let k = 1; k + own.length <= words.length; k++)
    if (own.every((word, j) => words[k + j]?.lowerCase === word)) {
      report("type-in-name", `metric name should not include type '${own.join("_")}'`, "a name without the type", name);
      return;
    }
}

function spelling({ name, words, labels }: Subject, report: Report): void {
  if (name.includes(":")) report("colon", "metric names should not contain ':'", name.replaceAll(":", "_"), name);
  if (words.some(({ camel }) => camel))
    report("metric-camel-case", "metric names should be written in 'snake_case' not 'camelCase'", snake(name), name);
  for (const label of labels)
    if (CAMEL_CASE.test(label))
      report("label-camel-case", "label names should be written in 'snake_case' not 'camelCase'", snake(label), label);
}

function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

/** promlint compares the labels in their order: the same ones in another order are another metric to it. */
function repeatedMetrics(model: Model, findings: Findings): void {
  const families = new Set<number>();
  eachRepeated(model, (i) => families.add(model.family(i)));
  for (const index of families) {
    const type = model.families[index]?.type;
    if (type === "histogram" || type === "gaugehistogram" || type === "summary") continue;
    const i = repeatedInOrder(model, index);
    if (i >= 0)
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
  }
}

/** First sample of the family whose labels were there before, in the same order; -1: none. */
function repeatedInOrder(model: Model, index: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < model.samples.count; i++) {
    if (model.family(i) !== index) continue;
    const key = JSON.stringify(model.labels(i).map(({ name, value }) => [name, value]));
    if (seen.has(key)) return i;
    seen.add(key);
  }
  return -1;
}
