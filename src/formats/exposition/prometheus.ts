// The grammar of Prometheus text 0.0.4, and 1.0.0 with quoted names, as its reference parser reads it.
import { type FamilyType, type Model, ROLES, type Role } from "./model.ts";
import { decode, hashOf } from "./names.ts";
import { BACKSLASH, BRACE_OPEN, CR, HASH, LF, QUOTE, SPACE, TAB } from "./numbers.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

/** Type words, compared without case as the reference parser does. */
const TYPES: { [word: string]: FamilyType } = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  gaugehistogram: "gaugehistogram",
  gauge_histogram: "gaugehistogram",
  summary: "summary",
  untyped: "unknown",
};

/** Reads the whole body; problems end a line, never the reading. */
export function readPrometheus(scanner: Scanner): void {
  const { bytes } = scanner;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    scanner.line = 1;
    scanner.problem("byte-order-mark", 0, "text without byte order mark");
    scanner.at = 3;
  }
  while (scanner.at < bytes.length) {
    scanner.line++;
    readLine(scanner);
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
  scanner.resetLabels();
  if (c === BRACE_OPEN) {
    if (!scanner.labels(false)) return false;
  } else {
    if (!scanner.bareName()) return scanner.problem("metric-name", scanner.at, "a metric name, # or {");
    const nameEnd = scanner.at;
    scanner.skipBlanks();
    if (bytes[scanner.at] === BRACE_OPEN) {
      if (!scanner.labels(true)) return false;
    } else return sampleEnd(scanner, lineStart, nameEnd);
  }
  return sampleEnd(scanner, lineStart, scanner.at);
}

/** Value and timestamp after the series in bytes[seriesAt, seriesEnd). */
function sampleEnd(scanner: Scanner, seriesAt: number, seriesEnd: number): boolean {
  const { bytes } = scanner;
  scanner.skipBlanks();
  const valueAt = scanner.at;
  let end = scanner.tokenEnd();
  let returned = end > valueAt && scanner.carriageReturn(end - 1);
  const value = scanner.number(returned ? end - 1 : end);
  if (value === undefined)
    return end === valueAt || (returned && end === valueAt + 1)
      ? scanner.problem("number", valueAt, "a value")
      : scanner.problem("number", valueAt, "a number such as 1, 2.5e-3, +Inf or NaN");
  let time = Number.NaN;
  if (!returned && bytes[end] !== LF && end < bytes.length) {
    scanner.at = end;
    scanner.skipBlanks();
    const timeAt = scanner.at;
    if ((bytes[timeAt] ?? LF) === LF) return scanner.problem("whitespace", end, "no blank at the end of the line");
    end = scanner.tokenEnd();
    returned = scanner.carriageReturn(end - 1);
    if (returned && end - 1 === timeAt) return lineEnding(scanner, timeAt);
    const stamp = scanner.integer(returned ? end - 1 : end);
    if (stamp === undefined) return scanner.problem("timestamp", timeAt, "a timestamp in whole milliseconds");
    time = stamp;
    if (!returned && bytes[end] !== LF && end < bytes.length) return trailing(scanner, end);
  }
  if (returned) lineEnding(scanner, end - 1);
  else if (end >= bytes.length) scanner.problem("final-newline", end, "a line feed");
  return storeSample(scanner, { seriesAt, seriesEnd, value, time, family: familyOfSample(scanner) });
}

function trailing(scanner: Scanner, end: number): false {
  scanner.at = end;
  scanner.skipBlanks();
  return (scanner.bytes[scanner.at] ?? LF) === LF
    ? scanner.problem("whitespace", end, "no blank at the end of the line")
    : scanner.problem("syntax", scanner.at, "the end of the line");
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
  const wordEnd = scanner.tokenEnd();
  const keyword = wordEnd - wordAt === 4 ? decode(bytes, wordAt, wordEnd) : "";
  if ((keyword !== "HELP" && keyword !== "TYPE") || (bytes[wordEnd] ?? LF) === LF) return closed(scanner);
  scanner.at = wordEnd;
  scanner.skipBlanks();
  const nameAt = scanner.at;
  if ((bytes[nameAt] ?? LF) === LF) return closed(scanner);
  if (bytes[nameAt] === QUOTE) {
    if (!scanner.quotedName("metric-name")) return false;
  } else if (!scanner.bareName()) return scanner.problem("metric-name", nameAt, `a metric name after ${keyword}`);
  const after = bytes[scanner.at] ?? LF;
  if (after === LF) return closed(scanner);
  if (after !== SPACE && after !== TAB)
    return scanner.carriageReturn(scanner.at)
      ? lineEnding(scanner, scanner.at)
      : scanner.problem("metric-name", scanner.at, "a blank after the metric name");
  const family = familyOfName(scanner);
  scanner.skipBlanks();
  if ((bytes[scanner.at] ?? LF) === LF) return closed(scanner);
  return keyword === "HELP" ? help(scanner, family, wordAt) : type(scanner, family, wordAt);
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
  const word = end - at > 40 ? "" : decode(bytes, at, returned ? end - 1 : end);
  const known = Object.hasOwn(TYPES, word.toLowerCase()) ? TYPES[word.toLowerCase()] : undefined;
  if (known === undefined) {
    return Object.hasOwn(TYPES, word.trim().toLowerCase())
      ? scanner.problem("whitespace", at + word.trimEnd().length, "no blank at the end of the line")
      : scanner.problem("type-word", at, "counter, gauge, histogram, summary or untyped");
  }
  if (word !== word.toLowerCase()) model.typeCase.push({ family, line: scanner.line, word });
  target.type = known;
  target.typed = true;
  target.typeLine = scanner.line;
  if (returned) return lineEnding(scanner, end - 1);
  return closed(scanner);
}

const SUFFIXES: { suffix: Role; types: FamilyType[] }[] = [
  { suffix: "_count", types: ["summary", "histogram", "gaugehistogram"] },
  { suffix: "_sum", types: ["summary", "histogram", "gaugehistogram"] },
  { suffix: "_bucket", types: ["histogram", "gaugehistogram"] },
  { suffix: "_gcount", types: ["gaugehistogram"] },
  { suffix: "_gsum", types: ["gaugehistogram"] },
];

function familyOfSample(scanner: Scanner): number {
  return familyOfName(scanner);
}

/** Family of the name just read: its own if there is one, else that of a summary or histogram it is a part of, else a new one. */
function familyOfName(scanner: Scanner): number {
  const { model, nameAt, nameEnd } = scanner;
  const nameId = model.names.intern(nameAt, nameEnd, scanner.nameHash);
  scanner.nameId = nameId;
  const known = nameId < model.familyOf.length ? (model.familyOf[nameId] ?? -1) : -1;
  if (known >= 0) return known;
  return partOf(model, nameId, nameAt, nameEnd) ?? model.addFamily(nameId, scanner.line);
}

function partOf(model: Model, nameId: number, at: number, end: number): number | undefined {
  for (const { suffix, types } of SUFFIXES) {
    if (!model.names.endsWith(nameId, suffix)) continue;
    const baseEnd = end - suffix.length;
    const base = model.names.find(at, baseEnd, hashOf(model.bytes, at, baseEnd));
    const family = base < 0 ? -1 : (model.familyOf[base] ?? -1);
    const found = model.families[family];
    if (found === undefined || found.nameId !== base || !types.includes(found.type)) continue;
    model.setFamily(nameId, family, ROLES.indexOf(suffix));
    return family;
  }
  return undefined;
}
