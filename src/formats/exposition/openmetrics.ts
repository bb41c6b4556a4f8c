// The samples of OpenMetrics 1.0 text (with quoted names).
import { familyOfSample } from "./naming.ts";
import { BRACE_OPEN, HASH, LF, SPACE, UNDERSCORE } from "./numbers.ts";
import { type LineState, lineEnd, nameStops, numberAfterBlank, readLines, timestamp } from "./om-lines.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

export function readOpenMetrics(scanner: Scanner): void {
  readLines(scanner, sampleEnd);
}

function sampleEnd(scanner: Scanner, state: LineState, seriesAt: number): boolean {
  const { bytes, model } = scanner;
  const seriesEnd = scanner.at;
  if (bytes[seriesEnd] !== SPACE)
    return scanner.problem(nameStops(scanner) ? "metric-name" : "whitespace", seriesEnd, "one blank before the value");
  const value = numberAfterBlank(scanner, "number", "a number such as 1, 2.5e-3, +Inf or NaN");
  if (value === undefined) return false;
  let time = Number.NaN;
  if (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] !== HASH) {
    const stamp = timestamp(scanner);
    if (stamp === undefined) return false;
    time = stamp;
  }
  const known = model.families.length;
  const family = familyOfSample(scanner);
  if (family === known && bytes[scanner.nameAt] === UNDERSCORE) scanner.reservedName(scanner.nameAt, scanner.nameEnd);
  const stored = storeSample(scanner, { seriesAt, seriesEnd, value, time, family });
  const found = model.families[family];
  if (found !== undefined && family < known && family !== state.current && found.splits === 0) {
    found.splits++;
    found.splitAt = model.samples.count - 1;
  }
  state.current = family;
  if (bytes[scanner.at] === SPACE) return stored && exemplar(scanner);
  return stored && lineEnd(scanner);
}

/** ` # {labels} value [timestamp]` at the cursor, to the end of the line. */
function exemplar(scanner: Scanner): boolean {
  const { bytes, model } = scanner;
  const at = scanner.at;
  if ((bytes[at + 1] ?? LF) === LF) return scanner.problem("whitespace", at, "no blank at the end of the line");
  if (bytes[at + 1] !== HASH) return scanner.problem("syntax", at + 1, "the end of the line or an exemplar");
  if (bytes[at + 2] !== SPACE || bytes[at + 3] !== BRACE_OPEN)
    return scanner.problem("exemplar", at + 2, "` {` and the labels of the exemplar");
  scanner.at = at + 3;
  scanner.resetLabels();
  if (!scanner.labels(true)) return false;
  const labelsEnd = scanner.at;
  if (bytes[labelsEnd] !== SPACE)
    return scanner.problem("exemplar", labelsEnd, "a blank and the value of the exemplar");
  const value = numberAfterBlank(scanner, "exemplar", "the value of the exemplar");
  if (value === undefined) return false;
  let time = Number.NaN;
  if (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] !== HASH) {
    const stamp = timestamp(scanner);
    if (stamp === undefined) return false;
    time = stamp;
  }
  const { exemplars } = model;
  exemplars.sample.push(model.samples.count - 1);
  exemplars.at.push(at + 3);
  exemplars.end.push(labelsEnd);
  exemplars.value.push(value);
  exemplars.time.push(time);
  if (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] === HASH)
    return scanner.problem("exemplar", scanner.at + 1, "one exemplar only (OpenMetrics 2.0 allows several)");
  return lineEnd(scanner);
}
