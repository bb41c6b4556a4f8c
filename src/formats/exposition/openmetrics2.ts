// The samples of OpenMetrics 2.0 text (release candidate of March 2026): names as written, composite values, start timestamps.
import { readComposite } from "./composite.ts";
import { decode } from "./names.ts";
import { BRACE_CLOSE, BRACE_OPEN, HASH, LF, SPACE } from "./numbers.ts";
import { type LineState, lineEnd, numberAfterBlank, readLines, timestamp } from "./om-lines.ts";
import { behindSeries, enterFamily, exemplarValue, familyOfSeries, keepExemplar } from "./om-samples.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

export function readOpenMetrics2(scanner: Scanner): void {
  readLines(scanner, sampleEnd);
}

/** `SP value [SP timestamp] [SP st@timestamp] *exemplar LF` behind the series. */
function sampleEnd(scanner: Scanner, state: LineState, seriesAt: number): boolean {
  const { bytes, model } = scanner;
  const seriesEnd = scanner.at;
  if (!behindSeries(scanner)) return false;
  const entered = familyOfSeries(scanner);
  const { family } = entered;
  const value = bytes[seriesEnd + 1] === BRACE_OPEN ? composite(scanner, family) : plain(scanner);
  if (value === undefined) return false;
  const time = more(scanner) && !startAhead(scanner) ? timestamp(scanner) : Number.NaN;
  if (time === undefined) return false;
  const start = more(scanner) && startAhead(scanner) ? startTimestamp(scanner) : Number.NaN;
  if (start === undefined) return false;
  const row = model.samples.count;
  if (!storeSample(scanner, { seriesAt, seriesEnd, value: value.number, time, family })) return false;
  if (value.composite !== undefined) model.composites.set(row, value.composite);
  if (!Number.isNaN(start)) model.starts.set(row, start);
  enterFamily(scanner, state, entered);
  while (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] === HASH) if (!exemplar(scanner)) return false;
  if (bytes[scanner.at] === SPACE && bytes[scanner.at + 1] !== LF)
    return scanner.problem(
      startAhead(scanner) ? "start-timestamp" : "syntax",
      scanner.at + 1,
      "the end of the line or an exemplar",
    );
  return lineEnd(scanner);
}

/** Is there a blank and something that is no exemplar? */
function more({ bytes, at }: Scanner): boolean {
  return bytes[at] === SPACE && bytes[at + 1] !== HASH;
}

function startAhead({ bytes, at }: Scanner): boolean {
  return decode(bytes, at + 1, Math.min(at + 4, bytes.length)) === "st@";
}

interface Value {
  number: number;
  composite?: Exclude<ReturnType<typeof readComposite>, { expected: string }>;
}

function plain(scanner: Scanner): Value | undefined {
  const number = numberAfterBlank(scanner, "number", "a number such as 1, 2.5e-3, +Inf or NaN, or a composite value");
  return number === undefined ? undefined : { number };
}

/** Composite values are read as one text: longer than any real one they are a problem of the line. */
const COMPOSITE_BYTES = 1 << 20;

function composite(scanner: Scanner, family: number): Value | undefined {
  const { bytes, model } = scanner;
  const at = scanner.at + 1;
  const feed = bytes.indexOf(LF, at);
  const close = bytes.indexOf(BRACE_CLOSE, at);
  if (close < 0 || (feed >= 0 && close > feed) || close - at > COMPOSITE_BYTES) {
    scanner.problem(
      "composite",
      feed < 0 ? bytes.length : Math.min(feed, at + COMPOSITE_BYTES),
      "} at the end of the composite value",
    );
    return undefined;
  }
  const read = readComposite(decode(bytes, at, close + 1), model.families[family]?.type ?? "unknown");
  if ("expected" in read) {
    scanner.problem("composite", at + read.at, read.expected);
    return undefined;
  }
  scanner.at = close + 1;
  return { number: read.count, composite: read };
}

/** ` st@<seconds>` at the cursor. */
function startTimestamp(scanner: Scanner): number | undefined {
  scanner.at += 4;
  const at = scanner.at;
  const value = scanner.number(scanner.tokenEnd());
  if (value !== undefined && Number.isFinite(value)) return value;
  scanner.problem("start-timestamp", at, "a finite timestamp in seconds after st@");
  return undefined;
}

/** ` # {labels} value timestamp` at the cursor, to what follows it. */
function exemplar(scanner: Scanner): boolean {
  const { bytes } = scanner;
  const read = exemplarValue(scanner);
  if (read === undefined) return false;
  if (bytes[scanner.at] !== SPACE || bytes[scanner.at + 1] === HASH)
    return scanner.problem("exemplar", scanner.at, "a blank and the timestamp of the exemplar");
  const time = timestamp(scanner);
  if (time === undefined) return false;
  keepExemplar(scanner.model, read, time);
  return true;
}
