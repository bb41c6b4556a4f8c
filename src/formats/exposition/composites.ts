// Rules of OpenMetrics 2.0 about families and composite values: histograms, gauge histograms, summaries.
import type { Level } from "../../base/types.ts";
import type { Findings } from "./findings.ts";
import type { Model } from "./model.ts";
import { placeOf } from "./place.ts";
import type { Composite, Native, Side } from "./samples.ts";

export const COMPOSITE_TYPES: readonly string[] = ["histogram", "gaugehistogram", "summary"];

/** What a rule says of one sample. */
type Say = (
  id: string,
  what: { message: string; expected: string | number; actual: string | number; level?: Level },
) => void;

export function checkComposites(model: Model, findings: Findings): void {
  familyNames(model, findings);
  const { samples, composites, starts } = model;
  for (let i = 0; i < samples.count; i++) {
    const index = model.family(i);
    const family = model.families[index];
    if (family === undefined || family.clash >= 0) continue;
    const composite = composites.get(i);
    const say: Say = (id, what) => findings.add(id, () => ({ ...placeOf(model, i), ...what }));
    if (family.type !== "unknown" && (composite !== undefined) !== COMPOSITE_TYPES.includes(family.type))
      say("value-kind", {
        message: `${model.series(i)} is a ${family.type} with a ${composite === undefined ? "number" : "composite value"}`,
        expected: composite === undefined ? "a composite value" : "a number",
        actual: composite === undefined ? (samples.value[i] ?? 0) : "a composite value",
      });
    if (composite !== undefined) checkComposite(composite, model, { i, say });
    const start = starts.get(i);
    if (start !== undefined) startTimestamp(model, { i, start, type: family.type, say });
  }
}

const DISCOURAGED = /_(?:count|sum|gcount|gsum|bucket)$/;

function familyNames(model: Model, findings: Findings): void {
  model.families.forEach((family, index) => {
    const name = model.familyName(index);
    const place = { line: family.line, family: name, actual: name };
    if (family.type === "info" && !name.endsWith("_info"))
      findings.add("info-name", () => ({
        ...place,
        message: `the info family ${name} does not end in _info`,
        expected: `${name}_info`,
      }));
    if (DISCOURAGED.test(name))
      findings.add("discouraged-suffix", () => ({
        ...place,
        message: `${name} ends like a part of a histogram or summary in older formats`,
        expected: "another name",
      }));
  });
}

function startTimestamp(
  model: Model,
  { i, start, type, say }: { i: number; start: number; type: string; say: Say },
): void {
  const time = model.samples.time[i] ?? Number.NaN;
  if (type === "gaugehistogram")
    say("start-place", {
      message: `${model.series(i)} is a gauge histogram with a start timestamp`,
      expected: "none",
      actual: `st@${start}`,
    });
  if (start > time)
    say("start-order", {
      message: `${model.series(i)} starts at ${start}, after its timestamp ${time}`,
      expected: `<= ${time}`,
      actual: start,
    });
}

function checkComposite(composite: Composite, model: Model, { i, say }: { i: number; say: Say }): void {
  const { kind, count, sum } = composite;
  const series = model.series(i);
  if (kind === "summary") {
    if (model.labels(i).some(({ name }) => name === "quantile")) ownLabel("quantile", series, say);
    summary(composite, { series, say });
    return;
  }
  const gauge = kind === "gaugehistogram";
  counted(count, { what: `the count of ${series}`, gauge, say });
  const labels = composite.bounds === undefined ? [] : model.labels(i);
  if (labels.some(({ name }) => name === "le")) ownLabel("le", series, say);
  if (composite.bounds !== undefined) classic(composite, { series, gauge, say });
  if (composite.native !== undefined) native(composite.native, { series, gauge, say, count, sum });
}

function ownLabel(label: string, series: string, say: Say): void {
  say("bucket-label", {
    message: `${series} has the label ${label}, which would clash with the one of its parts in older formats`,
    expected: `no label ${label}`,
    actual: label,
  });
}

/** Counts are not negative (those of gauge histograms should not be), and should be whole and finite. */
function counted(value: number, { what, gauge, say }: { what: string; gauge: boolean; say: Say }): void {
  const actual = Number.isFinite(value) ? value : `${value}`;
  if (value < 0)
    say("counter-negative", {
      message: `${what} is ${value}; counts are not negative`,
      expected: ">= 0",
      actual,
      ...(gauge && { level: "SHOULD" as const }),
    });
  else if (!Number.isFinite(value))
    say("count-finite", { message: `${what} is ${value}`, expected: "a finite number", actual });
  else if (!Number.isInteger(value))
    say("count-integer", { message: `${what} is ${value}`, expected: "a whole number", actual });
}

interface About {
  series: string;
  gauge: boolean;
  say: Say;
}

function classic({ bounds = [], counts = [], count }: Composite, { series, gauge, say }: About): void {
  for (let k = 0; k < bounds.length; k++) {
    const bound = bounds[k] ?? 0;
    const value = counts[k] ?? 0;
    counted(value, { what: `the bucket ${bound} of ${series}`, gauge, say });
    if (k === 0) continue;
    const before = bounds[k - 1] ?? 0;
    const less = counts[k - 1] ?? 0;
    if (bound <= before)
      say("bucket-order", {
        message: `the bucket ${bound} of ${series} stands after ${before}`,
        expected: `> ${before}`,
        actual: bound,
      });
    else if (value < less)
      say("bucket-cumulative", {
        message: `the bucket ${bound} of ${series} is ${value}, less than ${less} of the bucket before`,
        expected: `>= ${less}`,
        actual: value,
        ...(gauge && { level: "SHOULD" as const }),
      });
  }
  const last = bounds.at(-1);
  const inf = counts.at(-1) ?? 0;
  if (last !== Infinity)
    say("bucket-inf", {
      message: `${series} has no bucket +Inf`,
      expected: "+Inf as the last bucket",
      actual: last === undefined ? "no buckets" : `last bucket ${last}`,
    });
  else if (inf !== count && !Number.isNaN(inf) && !Number.isNaN(count))
    say("histogram-count", {
      message: `the count of ${series} is ${count}, but its bucket +Inf is ${inf}`,
      expected: inf,
      actual: count,
    });
}

/** Index of the last bucket of a schema: the one that ends in infinity. */
function lastIndex(schema: number): number {
  return schema >= 0 ? 1024 * 2 ** schema + 1 : (1024 >> -schema) + 1;
}

function native(
  { schema, threshold, zero, negative, positive }: Native,
  { series, gauge, say, count, sum }: About & { count: number; sum: number },
): void {
  if (schema < -4 || schema > 8)
    say("native-schema", { message: `the schema of ${series} is ${schema}`, expected: "-4 to 8", actual: schema });
  if (threshold < 0)
    say("native-zero", {
      message: `the zero threshold of ${series} is ${threshold}`,
      expected: ">= 0",
      actual: threshold,
    });
  counted(zero, { what: `the zero bucket of ${series}`, gauge, say });
  let total = zero;
  for (const [sign, side] of [["negative", negative] as const, ["positive", positive] as const]) {
    if (side === undefined) continue;
    spans(side, { schema, series: `the ${sign} spans of ${series}`, say });
    for (const value of side.buckets) {
      counted(value, { what: `a ${sign} bucket of ${series}`, gauge, say });
      total += value;
    }
  }
  const nan = Number.isNaN(sum);
  const near = Math.abs(total - count) <= 1e-12 * Math.max(Math.abs(total), Math.abs(count));
  if (Number.isNaN(count) || Number.isNaN(total) || near || total === count || (nan && total < count)) return;
  say("native-count", {
    message: `the count of ${series} is ${count}, but its native buckets hold ${total}`,
    expected: nan ? `>= ${total}` : total,
    actual: count,
  });
}

function spans(
  { spans: list, buckets }: Side,
  { schema, series, say }: { schema: number; series: string; say: Say },
): void {
  let index = 0;
  let length = 0;
  list.forEach(([offset, size], k) => {
    if (size < 0 || (k > 0 && offset < 0))
      say("native-spans", {
        message: `${series} have ${offset}:${size}; only the first offset may be negative, no length`,
        expected: ">= 0",
        actual: `${offset}:${size}`,
      });
    index += offset + size;
    length += size;
  });
  if (length !== buckets.length)
    say("native-spans", {
      message: `${series} are ${length} buckets long, but ${buckets.length} are there`,
      expected: length,
      actual: buckets.length,
    });
  else if (schema >= -4 && schema <= 8 && list.length > 0 && index - 1 > lastIndex(schema))
    say("native-spans", {
      message: `${series} reach bucket ${index - 1}, beyond the one that ends in infinity`,
      expected: `<= ${lastIndex(schema)}`,
      actual: index - 1,
    });
}

function summary(
  { count, sum, quantiles = [], values = [] }: Composite,
  { series, say }: { series: string; say: Say },
): void {
  const shown = (value: number): string | number => (Number.isFinite(value) ? value : `${value}`);
  if (Number.isNaN(count))
    say("counter-nan", { message: `the count of ${series} is NaN`, expected: "a number", actual: "NaN" });
  else if (count < 0) counted(count, { what: `the count of ${series}`, gauge: false, say });
  else if (!Number.isInteger(count))
    say("count-integer", {
      message: `the count of ${series} is ${count}`,
      expected: "a whole number",
      actual: shown(count),
      level: "MUST",
    });
  if (!(sum >= 0))
    say("sum-negative", { message: `the sum of ${series} is ${sum}`, expected: ">= 0", actual: shown(sum) });
  quantiles.forEach((quantile, k) => {
    const before = quantiles[k - 1] ?? -Infinity;
    const value = values[k] ?? 0;
    if (!(quantile >= 0 && quantile <= 1))
      say("quantile-range", {
        message: `the quantile ${quantile} of ${series} is not from 0 to 1`,
        expected: "0 <= quantile <= 1",
        actual: quantile,
      });
    else if (quantile <= before)
      say("quantile-order", {
        message: `the quantile ${quantile} of ${series} stands after ${before}`,
        expected: `> ${before}`,
        actual: quantile,
      });
    if (value < 0)
      say("quantile-negative", {
        message: `the quantile ${quantile} of ${series} is ${value}`,
        expected: ">= 0",
        actual: shown(value),
      });
  });
}
