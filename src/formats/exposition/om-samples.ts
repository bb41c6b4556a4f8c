// What the samples of both versions of OpenMetrics share: the family of a series, its place among the lines, exemplars.
import type { Model } from "./model.ts";
import { familyOfSample } from "./naming.ts";
import { BRACE_OPEN, SPACE, UNDERSCORE } from "./numbers.ts";
import { type LineState, nameStops, numberAfterBlank } from "./om-lines.ts";
import type { Scanner } from "./scanner.ts";

/** Is there a blank behind the series at the cursor? False with a problem. */
export function behindSeries(scanner: Scanner): boolean {
  if (scanner.bytes[scanner.at] === SPACE) return true;
  return scanner.problem(nameStops(scanner) ? "metric-name" : "whitespace", scanner.at, "one blank before the value");
}

interface Entered {
  family: number;
  /** The sample is the first that is heard of it. */
  fresh: boolean;
}

/** The family of the series read last. */
export function familyOfSeries(scanner: Scanner): Entered {
  const known = scanner.model.families.length;
  const family = familyOfSample(scanner);
  const fresh = family === known;
  if (fresh && scanner.bytes[scanner.nameAt] === UNDERSCORE) scanner.reservedName(scanner.nameAt, scanner.nameEnd);
  return { family, fresh };
}

/** The line just stored belongs to the family; one that stands apart from the others of it is remembered. */
export function enterFamily({ model }: Scanner, state: LineState, { family, fresh }: Entered): void {
  const found = model.families[family];
  if (found !== undefined && !fresh && family !== state.current && found.splits === 0) {
    found.splits++;
    found.splitAt = model.samples.count - 1;
  }
  state.current = family;
}

interface ReadExemplar {
  /** Bytes [at, end) are the labels with their braces. */
  at: number;
  end: number;
  value: number;
}

/** ` # {labels} value` at the cursor, to what follows it; undefined with a problem. */
export function exemplarValue(scanner: Scanner): ReadExemplar | undefined {
  const { bytes } = scanner;
  const at = scanner.at + 3;
  if (bytes[at - 1] !== SPACE || bytes[at] !== BRACE_OPEN) {
    scanner.problem("exemplar", at - 1, "` {` and the labels of the exemplar");
    return undefined;
  }
  scanner.at = at;
  scanner.resetLabels();
  if (!scanner.labels(true)) return undefined;
  const end = scanner.at;
  if (bytes[end] !== SPACE) {
    scanner.problem("exemplar", end, "a blank and the value of the exemplar");
    return undefined;
  }
  const value = numberAfterBlank(scanner, "exemplar", "the value of the exemplar");
  return value === undefined ? undefined : { at, end, value };
}

/** Keeps the exemplar of the sample stored last. `time`: seconds; NaN: none. */
export function keepExemplar({ exemplars, samples }: Model, { at, end, value }: ReadExemplar, time: number): void {
  exemplars.sample.push(samples.count - 1);
  exemplars.at.push(at);
  exemplars.end.push(end);
  exemplars.value.push(value);
  exemplars.time.push(time);
}
