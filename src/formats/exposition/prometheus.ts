// The grammar of Prometheus text 0.0.4, and 1.0.0 with quoted names, as its description has it; what expfmt refuses beyond it is told.
import type { FamilyType } from "./model.ts";
import { decode } from "./names.ts";
import { familyOfName, familyOfSample } from "./naming.ts";
import { BACKSLASH, CR, HASH, LF, parseGoNumber, QUOTE, SPACE, TAB } from "./numbers.ts";
import { ANY_FAMILY, PlainLines } from "./plain.ts";
import { noteRefused } from "./refused.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

/** Blanks at the end of a type word are ignored. */
const BLANKS_BEHIND = /[ \t]+$/;

/** Type words: five are the format's, the others and other letter cases are read by expfmt and reported. */
const TYPES: ReadonlyMap<string, FamilyType> = new Map<string, FamilyType>([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["gaugehistogram", "gaugehistogram"],
  ["gauge_histogram", "gaugehistogram"],
  ["summary", "summary"],
  ["untyped", "unknown"],
]);

/** Reads the whole body; problems end a line, never the reading. */
export function readPrometheus(scanner: Scanner): void {
  const { bytes } = scanner;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    scanner.line = 1;
    scanner.problem("byte-order-mark", 0, "text without byte order mark");
    scanner.at = 3;
  }
  const plain = new PlainLines(scanner);
  while (scanner.at < bytes.length) {
    scanner.line++;
    if (bytes[scanner.at] !== HASH && plain.line(ANY_FAMILY)) continue;
    if (!readLine(scanner)) noteRefused(scanner);
    scanner.nextLine();
  }
  scanner.model.lines = scanner.line;
}

function readLine(scanner: Scanner): boolean {
  const { bytes } = scanner;
  scanner.skipBlanks();
  const c = bytes[scanner.at] ?? LF;
  if (c === LF) return true;
  if (c === HASH) return comment(scanner);
  if (scanner.carriageReturn(scanner.at)) return lineEnding(scanner, scanner.at);
  const lineStart = scanner.at;
  return scanner.series() && sampleEnd(scanner, lineStart, scanner.at);
}

/** Value and timestamp after the series in bytes[seriesAt, seriesEnd). Blanks at the end of the line are ignored. */
function sampleEnd(scanner: Scanner, seriesAt: number, seriesEnd: number): boolean {
  const { bytes } = scanner;
  scanner.skipBlanks();
  const valueAt = scanner.at;
  let end = scanner.tokenEnd();
  let returned = end > valueAt && scanner.carriageReturn(end - 1);
  const value = sampleValue(scanner, returned ? end - 1 : end);
  if (value === undefined)
    return end === valueAt || (returned && end === valueAt + 1)
      ? scanner.problem("number", valueAt, "a value")
      : scanner.problem("number", valueAt, "a number such as 1, 2.5e-3, +Inf or NaN");
  let time = Number.NaN;
  if (!returned && bytes[end] !== LF && end < bytes.length) {
    const blank = end;
    scanner.at = end;
    scanner.skipBlanks();
    const timeAt = scanner.at;
    if (scanner.carriageReturn(timeAt)) return lineEnding(scanner, timeAt);
    if ((bytes[timeAt] ?? LF) === LF) scanner.expfmtRefuses(blank, "blank at the end of the line");
    else {
      end = scanner.tokenEnd();
      returned = scanner.carriageReturn(end - 1);
      const stamp = scanner.integer(returned ? end - 1 : end);
      if (stamp === undefined) return scanner.problem("timestamp", timeAt, "a timestamp in whole milliseconds");
      time = stamp;
      if (!returned && bytes[end] !== LF && end < bytes.length && !trailing(scanner, end)) return false;
    }
    if (!returned) end = scanner.at;
  }
  if (returned) lineEnding(scanner, end - 1);
  else if (end >= bytes.length) scanner.problem("final-newline", end, "a line feed");
  return storeSample(scanner, { seriesAt, seriesEnd, value, time, family: familyOfSample(scanner) });
}

function sampleValue(scanner: Scanner, end: number): number | undefined {
  const at = scanner.at;
  const value = scanner.number(end);
  if (value !== undefined || end - at > 400) return value;
  const other = parseGoNumber(decode(scanner.bytes, at, end));
  if (other === undefined) return undefined;
  scanner.expfmtRefuses(at, "hexadecimal number or underscore");
  scanner.at = end;
  return other;
}

/** Only blanks may follow the timestamp. */
function trailing(scanner: Scanner, end: number): boolean {
  scanner.at = end;
  scanner.skipBlanks();
  if (scanner.carriageReturn(scanner.at)) return lineEnding(scanner, scanner.at);
  if ((scanner.bytes[scanner.at] ?? LF) !== LF) return scanner.problem("syntax", scanner.at, "the end of the line");
  scanner.expfmtRefuses(end, "blank at the end of the line");
  return true;
}

function lineEnding(scanner: Scanner, at: number): false {
  return scanner.problem("line-ending", at, "a line feed alone");
}

/** Any line that begins with `#`. Only HELP and TYPE mean something. */
function comment(scanner: Scanner): boolean {
  const { bytes } = scanner;
  scanner.at++;
  scanner.skipBlanks();
  const wordAt = scanner.at;
  const keyword = keywordAt(scanner, wordAt);
  if (keyword === undefined) return closed(scanner);
  scanner.at = wordAt + 4;
  scanner.skipBlanks();
  const nameAt = scanner.at;
  if ((bytes[nameAt] ?? LF) === LF) return tooFew(scanner, nameAt, keyword);
  if (bytes[nameAt] === QUOTE) {
    if (!scanner.quotedName("metric-name")) return false;
  } else if (!scanner.bareName()) return scanner.problem("metric-name", nameAt, `a metric name after ${keyword}`);
  const after = bytes[scanner.at] ?? LF;
  if (after !== SPACE && after !== TAB && after !== LF)
    return scanner.carriageReturn(scanner.at)
      ? lineEnding(scanner, scanner.at)
      : scanner.problem("metric-name", scanner.at, "a blank after the metric name");
  const family = familyOfName(scanner);
  scanner.skipBlanks();
  if ((bytes[scanner.at] ?? LF) === LF)
    return keyword === "HELP"
      ? closed(scanner)
      : scanner.problem("type-word", scanner.at, "counter, gauge, histogram, summary or untyped");
  return keyword === "HELP" ? help(scanner, family, wordAt) : type(scanner, family, wordAt);
}

function keywordAt({ bytes }: Scanner, at: number): "HELP" | "TYPE" | undefined {
  const after = bytes[at + 4] ?? LF;
  if (after !== SPACE && after !== TAB && after !== LF) return undefined;
  if (bytes[at] === 72 && bytes[at + 1] === 69 && bytes[at + 2] === 76 && bytes[at + 3] === 80) return "HELP";
  return bytes[at] === 84 && bytes[at + 1] === 89 && bytes[at + 2] === 80 && bytes[at + 3] === 69 ? "TYPE" : undefined;
}

/** Both parsers take the bare word for a comment; the description expects a name. */
function tooFew(scanner: Scanner, at: number, keyword: string): boolean {
  scanner.problem("comment", at, `a metric name after ${keyword}`);
  return closed(scanner);
}

/** A comment must have its line feed too. */
function closed(scanner: Scanner): boolean {
  const { bytes } = scanner;
  const end = bytes.indexOf(LF, scanner.at);
  scanner.at = end < 0 ? bytes.length : end;
  return end >= 0 || scanner.problem("final-newline", bytes.length, "a line feed");
}

function help(scanner: Scanner, family: number, wordAt: number): boolean {
  const { bytes, model } = scanner;
  const target = model.families[family];
  if (target === undefined) return false;
  if (target.helpLine >= 0)
    return scanner.problem(
      "help-repeated",
      wordAt,
      `one HELP for ${model.familyName(family)} (first in line ${target.helpLine})`,
    );
  const textAt = scanner.at;
  let i = textAt;
  for (let c = bytes[i] ?? LF; c !== LF; c = bytes[i] ?? LF) {
    i++;
    if (c !== BACKSLASH) continue;
    const escaped = bytes[i] ?? LF;
    if (escaped !== BACKSLASH && escaped !== 110 && escaped !== QUOTE)
      return scanner.problem("escape", i - 1, "one of \\\\, \\n");
    i++;
  }
  target.helpLine = scanner.line;
  target.helpAt = textAt;
  target.helpEnd = i;
  if (target.samples > 0) model.lateMetadata.push({ family, line: scanner.line, word: "HELP", apart: false });
  return closed(scanner);
}

function type(scanner: Scanner, family: number, wordAt: number): boolean {
  const { bytes, model } = scanner;
  const target = model.families[family];
  if (target === undefined) return false;
  if (target.typed || target.samples > 0) {
    const before = target.typed ? `(first in line ${target.typeLine})` : "before its samples";
    return scanner.problem("type-repeated", wordAt, `one TYPE for ${model.familyName(family)} ${before}`);
  }
  const at = scanner.at;
  const lineEnd = bytes.indexOf(LF, at);
  const end = lineEnd < 0 ? bytes.length : lineEnd;
  const returned = bytes[end - 1] === CR;
  const written = end - at > 1000 ? "" : decode(bytes, at, returned ? end - 1 : end);
  const word = TYPES.has(written) ? written : written.replace(BLANKS_BEHIND, "");
  const lower = TYPES.has(word) ? word : word.toLowerCase();
  const known = TYPES.get(lower);
  const words = "counter, gauge, histogram, summary or untyped";
  if (known === undefined) return scanner.problem("type-word", at, words);
  if (known === "gaugehistogram")
    scanner.problem("type-word", at, `${words} (expfmt reads ${lower}, Prometheus does not)`);
  else if (word !== lower) model.typeCase.push({ family, line: scanner.line, word });
  if (word !== written) scanner.expfmtRefuses(at + word.length, "blank at the end of the line");
  target.type = known;
  target.typed = true;
  target.typeLine = scanner.line;
  if (returned) return lineEnding(scanner, end - 1);
  return closed(scanner);
}
