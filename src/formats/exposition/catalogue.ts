// Every finding the exposition engine can make, as data: id, pass, level per format, one sentence.
import type { Level } from "../../base/types.ts";

export type Pass = "parse" | "validity" | "lint" | "scrapes";
export type Format = "prometheus" | "openmetrics";

export interface CatalogueEntry {
  id: string;
  pass: Pass;
  /** Level in each format; absent: the rule does not exist there. */
  prometheus?: Level;
  openmetrics?: Level;
  text: string;
}

const entry = (pass: Pass, levels: string, id: string, text: string): CatalogueEntry => {
  const [prometheus, openmetrics] = levels.split(" ").map(level);
  return { id, pass, ...(prometheus && { prometheus }), ...(openmetrics && { openmetrics }), text };
};

function level(letter: string): Level | undefined {
  return letter === "M" ? "MUST" : letter === "S" ? "SHOULD" : letter === "m" ? "MAY" : undefined;
}

/** In the order of the passes. Ids are stable: contracts, `--lint` and baselines name them. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  entry("parse", "M M", "content-type", "The content type is text/plain or application/openmetrics-text."),
  entry("parse", "M M", "body-cut", "The body is not longer than the limit."),
  entry("parse", "M M", "syntax", "Every line follows the grammar of the format."),
  entry("parse", "M M", "utf8", "The body is UTF-8."),
  entry("parse", "M M", "byte-order-mark", "The body does not begin with a byte order mark."),
  entry("parse", "M M", "line-ending", "Lines end with a line feed alone, without carriage return."),
  entry("parse", "M -", "final-newline", "The last line ends with a line feed."),
  entry("parse", "- M", "eof", "The body ends with the line `# EOF` and nothing follows it."),
  entry("parse", "- M", "blank-line", "There are no blank lines."),
  entry("parse", "M M", "whitespace", "Blanks stand only where the format allows them."),
  entry("parse", "M M", "metric-name", "Metric names have only allowed characters."),
  entry("parse", "M M", "label-name", "Label names have only allowed characters."),
  entry("parse", "M M", "label-value", "Label values are quoted and closed on the same line."),
  entry("parse", "M M", "escape", "Only known escape sequences are used."),
  entry("parse", "M M", "duplicate-label", "A sample has each label once."),
  entry("parse", "M M", "reserved-label", "The label name `__name__` is not used."),
  entry("parse", "M M", "number", "Values are decimal numbers, infinities or NaN."),
  entry("parse", "M M", "timestamp", "Timestamps are numbers: integer milliseconds in text, seconds in OpenMetrics."),
  entry("parse", "M M", "comment", "Lines beginning with `#` are well-formed."),
  entry("parse", "M M", "type-word", "TYPE names a type of the format."),
  entry("parse", "M M", "type-repeated", "A family has one TYPE, before its samples."),
  entry("parse", "M M", "help-repeated", "A family has one HELP."),
  entry("parse", "- M", "unit-repeated", "A family has one UNIT."),
  entry("parse", "M M", "bucket-bound", "The label `le` of a histogram is a number."),
  entry("parse", "M M", "quantile-number", "The label `quantile` of a summary is a number."),
  entry("parse", "- M", "exemplar", "Exemplars are well-formed."),
  entry("validity", "M M", "duplicate-series", "No two samples have the same name, labels and timestamp."),
  entry("validity", "M M", "family-split", "The lines of a family stand together."),
  entry("validity", "S M", "metadata-after-samples", "HELP, TYPE and UNIT stand before the samples of their family."),
  entry("validity", "S M", "name-clash", "No family has the name of a sample of another family."),
  entry("validity", "S M", "sample-name", "A family has only the samples of its type."),
  entry("validity", "S -", "type-case", "The type word is lower case."),
  entry("validity", "- M", "unit-suffix", "The unit is the end of the family's name, after an underscore."),
  entry("validity", "- M", "unit-type", "Info and stateset families have no unit."),
  entry("validity", "- M", "metric-split", "The samples of one metric stand together."),
  entry("validity", "M M", "counter-negative", "Counters and counts are not negative."),
  entry("validity", "S M", "counter-nan", "Counters and counts are numbers, not NaN."),
  entry("validity", "S M", "count-integer", "Counts and buckets are whole numbers."),
  entry("validity", "M M", "bucket-le", "Every bucket has the label `le`, written `+Inf` for the last."),
  entry("validity", "M M", "bucket-order", "Buckets stand in increasing order of `le`."),
  entry("validity", "M M", "bucket-cumulative", "Bucket counts are cumulative."),
  entry("validity", "M M", "bucket-inf", "A histogram has the bucket `+Inf`."),
  entry("validity", "M M", "histogram-count", "`_count` equals the bucket `+Inf`."),
  entry("validity", "M M", "histogram-parts", "A histogram has both `_sum` and `_count`; in OpenMetrics both or none."),
  entry(
    "validity",
    "- M",
    "histogram-negative",
    "Histograms with negative buckets have no `_sum`, others no negative sum.",
  ),
  entry("validity", "S -", "summary-parts", "A summary has `_sum` and `_count`."),
  entry("validity", "M M", "quantile-range", "Quantiles are from 0 to 1."),
  entry("validity", "S M", "quantile-missing", "Samples of a summary without suffix have the label `quantile`."),
  entry("validity", "S -", "quantile-order", "Quantiles stand in increasing order."),
  entry("validity", "- M", "quantile-negative", "Values of quantiles are not negative."),
  entry("validity", "- M", "info-value", "Info samples have the value 1."),
  entry("validity", "- M", "stateset-value", "Stateset samples have the value 0 or 1."),
  entry("validity", "- M", "stateset-label", "Stateset samples have a label with the name of the family."),
  entry("validity", "- M", "exemplar-place", "Only counters and buckets have exemplars."),
  entry("validity", "- M", "exemplar-length", "The labels of an exemplar have at most 128 characters."),
  entry("validity", "S M", "timestamp-order", "Timestamps of one metric do not go back."),
  entry("validity", "- M", "timestamp-mixed", "All samples of one metric have a timestamp or none has."),
  entry("validity", "S S", "long-line", "Lines are shorter than 1 MiB."),
  entry("lint", "S S", "no-help", "Every family has a help text."),
  entry("lint", "S S", "base-unit", "Names use base units (seconds, bytes, ...)."),
  entry("lint", "S S", "counter-total", 'Counters have the suffix "_total".'),
  entry("lint", "S S", "non-counter-total", 'Only counters have the suffix "_total".'),
  entry("lint", "S S", "non-gauge-timestamp", 'Only gauges have the suffix "_timestamp_seconds".'),
  entry("lint", "S S", "reserved-bucket", 'Only histograms have the suffix "_bucket".'),
  entry("lint", "S S", "reserved-count", 'Only histograms and summaries have the suffix "_count".'),
  entry("lint", "S S", "reserved-sum", 'Only histograms and summaries have the suffix "_sum".'),
  entry("lint", "S S", "reserved-le", 'Only histograms have the label "le".'),
  entry("lint", "S S", "reserved-quantile", 'Only summaries have the label "quantile".'),
  entry("lint", "S S", "type-in-name", "Names do not contain the type."),
  entry("lint", "S S", "colon", "Names do not contain ':' (reserved for recording rules)."),
  entry("lint", "S S", "metric-camel-case", "Metric names are in snake_case."),
  entry("lint", "S S", "label-camel-case", "Label names are in snake_case."),
  entry("lint", "S S", "unit-abbreviation", "Names do not abbreviate units."),
  entry("lint", "S -", "duplicate-metric", "A metric is exposed once, whatever its timestamp."),
  entry("scrapes", "M M", "counter-fell", "Counters do not fall between scrapes unless their creation time says so."),
  entry("scrapes", "S M", "created-moved", "The creation time of a series that did not restart stays the same."),
  entry("scrapes", "M M", "type-changed", "A family keeps its type."),
  entry("scrapes", "S S", "family-vanished", "A family does not vanish between scrapes."),
  entry("scrapes", "S S", "cardinality-growth", "The number of series does not grow with every scrape."),
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
