// The samples of OpenMetrics 1.0 text (with quoted names).
import { HASH, LF, SPACE } from "./numbers.ts";
import { type LineState, lineEnd, numberAfterBlank, readLines, timestamp } from "./om-lines.ts";
import { behindSeries, enterFamily, exemplarValue, familyOfSeries, keepExemplar } from "./om-samples.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

export function readOpenMetrics(scanner: Scanner): void {
  readLines(scanner, sampleEnd);
}

/** `SP value [SP timestamp] [exemplar] LF` behind the series. */
function sampleEnd(scanner: Scanner, state: LineState, seriesAt: number): boolean {
  const seriesEnd = scanner.at;
  if (!behindSeries(scanner)) return false;
  const value = numberAfterBlank(scanner, "number", "a number such as 1, 2.5e-3, +Inf or NaN");
  if (value === undefined) return false;
  const time = timestampIfAny(scanner);
  if (time === undefined) return false;
  const entered = familyOfSeries(scanner);
  const stored = storeSample(scanner, { seriesAt, seriesEnd, value, time, family: entered.family });
  enterFamily(scanner, state, entered);
  if (scanner.bytes[scanner.at] === SPACE) return stored && exemplar(scanner);
  return stored && lineEnd(scanner);
}

/** NaN where there is none; undefined with a problem. */
function timestampIfAny(scanner: Scanner): number | undefined {
  const { bytes, at } = scanner;
  return bytes[at] === SPACE && bytes[at + 1] !== HASH ? timestamp(scanner) : Number.NaN;
}

/** ` # {labels} value [timestamp]` at the cursor, to the end of the line. */
function exemplar(scanner: Scanner): boolean {
  const { bytes, at } = scanner;
  if ((bytes[at + 1] ?? LF) === LF) return scanner.problem("whitespace", at, "no blank at the end of the line");
  if (bytes[at + 1] !== HASH) return scanner.problem("syntax", at + 1, "the end of the line or an exemplar");
  const read = exemplarValue(scanner);
  if (read === undefined) return false;
  const time = timestampIfAny(scanner);
  if (time === undefined) return false;
  keepExemplar(scanner.model, read, time);
  if (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] === HASH)
    return scanner.problem("exemplar", scanner.at + 1, "one exemplar only (OpenMetrics 2.0 allows several)");
  return lineEnd(scanner);
}
