// Every finding the exposition engine can make, as data: id, pass, level per format, one sentence, and what demands it.
import type { Level } from "../../base/types.ts";
import { type CatalogueEntry, type Format, GROUPS, META, PARTS, type Pass, rules } from "./levels.ts";
import { PARSE_RULES } from "./parse-rules.ts";

export { type CatalogueEntry, FORMAT_TITLES, FORMATS, type Format, type Pass, PROMLINT } from "./levels.ts";

/** In the order of the passes. Ids are stable: contracts, `--lint` and baselines name them. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...PARSE_RULES,
  ...rules("validity", [
    [
      "M M M",
      "duplicate-series",
      "No two samples have the same name and labels (in OpenMetrics: and timestamp).",
      `${GROUPS}: each line must have a unique combination of name and labels`,
    ],
    [
      "M M M",
      "family-split",
      "The lines of a family stand together.",
      `${GROUPS}: all lines of a metric must be one single group`,
    ],
    [
      "M M M",
      "metadata-after-samples",
      "HELP, TYPE and UNIT stand before the samples of their family.",
      `${GROUPS}: one group, with HELP and TYPE first`,
    ],
    ["S M S", "name-clash", "No two metrics come to have one name."],
    ["S M -", "sample-name", "A family has only the samples of its type."],
    ["M - -", "type-case", "The type word is lower case.", `${META}: counter, gauge, histogram, summary or untyped`],
    ["- - M", "om1-body", "The samples are those of 2.0, not the separate ones of OpenMetrics 1.0."],
    ["- - M", "value-kind", "Histograms, gauge histograms and summaries have composite values, other types numbers."],
    ["- - M", "info-name", "The name of an info family ends in `_info`."],
    ["- - S", "discouraged-suffix", "No name ends like a part of a histogram or summary in older formats."],
    ["- M M", "reserved-name", "Names of families and labels do not begin with an underscore."],
    ["- M S", "unit-suffix", "The unit is the end of the family's name, after an underscore."],
    ["- M M", "unit-type", "Info and stateset families have no unit."],
    ["- M M", "metric-split", "The samples of one metric stand together."],
    ["S M M", "counter-negative", "Counters and counts are not negative."],
    ["- M M", "sum-negative", "Sums of histograms (1.0) and summaries are not negative and not NaN."],
    ["S M M", "counter-nan", "Counters and counts are numbers, not NaN."],
    ["S M S", "count-integer", "Counts and buckets are whole numbers."],
    ["- - S", "count-finite", "Counts and buckets of histograms are finite."],
    [
      "M M M",
      "bucket-le",
      "Every bucket has the label `le`, written `+Inf` for the last.",
      `${PARTS}: each bucket has a label le with its upper bound`,
    ],
    [
      "M M M",
      "bucket-order",
      "Buckets stand in increasing order of `le`.",
      `${PARTS}: buckets must appear in increasing order of le`,
    ],
    [
      "M M M",
      "bucket-cumulative",
      "Bucket counts are cumulative.",
      "Metric types: the buckets of a histogram are cumulative counters",
    ],
    ["M M M", "bucket-inf", "A histogram has the bucket `+Inf`.", `${PARTS}: a histogram must have a bucket le="+Inf"`],
    ["- - M", "bucket-label", "A metric with classic buckets has no label `le`, a summary none `quantile`."],
    ["M M M", "histogram-count", "`_count` equals the bucket `+Inf`.", `${PARTS}: its value must be that of x_count`],
    ["S M -", "histogram-parts", "A histogram has both `_sum` and `_count`; in OpenMetrics both or none."],
    [
      "- M -",
      "histogram-negative",
      "Histograms with negative buckets have no `_sum`, gauge histograms without them no negative sum.",
    ],
    ["- - M", "native-schema", "The schema of a native histogram is from -4 to 8."],
    ["- - M", "native-zero", "The zero threshold is not negative, the zero count neither."],
    ["- - M", "native-spans", "Spans go forward, stay in range, and are as long together as their list of buckets."],
    ["- - M", "native-count", "The count is the sum of all native buckets (or more, when the sum is NaN)."],
    ["S - -", "summary-parts", "A summary has `_sum` and `_count`."],
    ["S M M", "quantile-range", "Quantiles are from 0 to 1."],
    ["S M -", "quantile-missing", "Samples of a summary without suffix have the label `quantile`."],
    [
      "M - M",
      "quantile-order",
      "Quantiles stand in increasing order.",
      `${PARTS}: quantiles must appear in increasing order of quantile`,
    ],
    [
      "- S -",
      "bound-canonical",
      "Common values of `le` and `quantile` are written canonically: `1.0`, `0.5`, `1e+06`.",
    ],
    ["- M M", "quantile-negative", "Values of quantiles are not negative."],
    ["- M M", "info-value", "Info samples have the value 1."],
    ["- M M", "stateset-value", "Stateset samples have the value 0 or 1."],
    ["- M M", "stateset-label", "Stateset samples have a label with the name of the family."],
    ["- M S", "exemplar-place", "Only counters and buckets (2.0: counters, histograms and summaries) have exemplars."],
    ["- M -", "exemplar-bucket", "The value of an exemplar lies within its bucket."],
    ["- M -", "exemplar-length", "The labels of an exemplar have at most 128 characters."],
    ["- - M", "start-place", "Gauge histograms have no start timestamp."],
    ["- - S", "start-order", "A start timestamp is not after the sample's timestamp."],
    ["- M M", "timestamp-order", "Timestamps of one metric do not go back."],
    ["- M -", "timestamp-mixed", "All samples of one metric have a timestamp or none has."],
    ["S S S", "long-line", "Lines are shorter than 1 MiB."],
  ]),
  ...rules("lint", [
    ["S S S", "no-help", "Every family has a help text."],
    ["S S S", "base-unit", "Names use base units (seconds, bytes, ...)."],
    ["S S S", "counter-total", 'Counters have the suffix "_total".'],
    ["S S S", "non-counter-total", 'Only counters have the suffix "_total".'],
    ["S S S", "reserved-bucket", 'Only histograms have the suffix "_bucket".'],
    ["S S S", "reserved-count", 'Only histograms and summaries have the suffix "_count".'],
    ["S S S", "reserved-sum", 'Only histograms and summaries have the suffix "_sum".'],
    ["S S S", "reserved-le", 'Only histograms have the label "le".'],
    ["S S S", "reserved-quantile", 'Only summaries have the label "quantile".'],
    ["S S S", "type-in-name", "Names do not contain the family's own type."],
    ["S S S", "colon", "Names do not contain ':' (reserved for recording rules)."],
    ["S S S", "metric-camel-case", "Metric names are in snake_case."],
    ["S S S", "label-camel-case", "Label names are in snake_case."],
    ["S S S", "unit-abbreviation", "Names do not abbreviate units."],
    ["S - -", "duplicate-metric", "A metric is exposed once, whatever its timestamp."],
  ]),
  ...rules("scrapes", [
    ["M M M", "counter-fell", "Counters do not fall between scrapes unless their creation time says so."],
    ["S M M", "created-moved", "The creation time of a series that did not restart stays the same."],
    ["M M M", "type-changed", "A family keeps its type."],
    ["S S S", "family-vanished", "A family does not vanish between scrapes."],
    ["S S S", "cardinality-growth", "The number of series does not grow with every scrape."],
  ]),
];

const byId = new Map(CATALOGUE.map((known) => [known.id, known]));

export function catalogued(id: string): CatalogueEntry | undefined {
  return byId.get(id);
}

/** Ids of one pass. */
export function idsOf(pass: Pass): string[] {
  return CATALOGUE.filter((known) => known.pass === pass).map((known) => known.id);
}

/** Level of a finding in a format; SHOULD when the catalogue has none for it. */
export function levelOf(id: string, format: Format): Level {
  return byId.get(id)?.[format] ?? "SHOULD";
}
