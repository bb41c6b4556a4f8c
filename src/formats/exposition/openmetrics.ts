// The grammar of OpenMetrics 1.0 text (with quoted names), strict in blanks as the specification is.
import { type FamilyType, type Model, ROLES, type Role } from "./model.ts";
import { decode, hashOf } from "./names.ts";
import { BRACE_OPEN, CR, HASH, LF, QUOTE, SPACE } from "./numbers.ts";
import type { Scanner } from "./scanner.ts";
import { storeSample } from "./store.ts";

const TYPES: readonly FamilyType[] = [
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "stateset",
  "info",
  "summary",
  "unknown",
];

/** Sample suffixes of each type. */
export const SUFFIXES: { readonly [type in FamilyType]: readonly Role[] } = {
  counter: ["_total", "_created"],
  summary: ["", "_count", "_sum", "_created"],
  histogram: ["_count", "_sum", "_bucket", "_created"],
  gaugehistogram: ["_gcount", "_gsum", "_bucket"],
  info: ["_info"],
  gauge: [""],
  stateset: [""],
  unknown: [""],
};

/** Family of the line before; -1 at the start. */
interface State {
  current: number;
}

export function readOpenMetrics(scanner: Scanner): void {
  const { bytes, model } = scanner;
  const state: State = { current: -1 };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    scanner.line = 1;
    scanner.problem("byte-order-mark", 0, "text without byte order mark");
    scanner.at = 3;
    scanner.line = 0;
  }
  let ended = false;
  while (scanner.at < bytes.length && !ended) {
    scanner.line++;
    ended = isEnd(scanner);
    if (ended) endOfBody(scanner);
    else {
      readLine(scanner, state);
      scanner.nextLine();
    }
  }
  model.lines = scanner.line;
  if (!ended) noEnd(scanner);
}

/** The place of the missing last line: after the last line feed. */
function noEnd(scanner: Scanner): void {
  const { bytes } = scanner;
  scanner.lineAt = bytes.lastIndexOf(LF) + 1;
  if (scanner.lineAt === bytes.length) scanner.line++;
  scanner.problem("eof", bytes.length, "# EOF as the last line");
}

/** Is the line exactly `# EOF`? A carriage return is reported, and then it is. */
function isEnd(scanner: Scanner): boolean {
  const { bytes, at } = scanner;
  if (bytes[at] !== HASH || bytes[at + 1] !== SPACE || decode(bytes, at + 2, Math.min(at + 5, bytes.length)) !== "EOF")
    return false;
  if (scanner.carriageReturn(at + 5)) scanner.problem("line-ending", at + 5, "a line feed alone");
  else if ((bytes[at + 5] ?? LF) !== LF) return false;
  return true;
}

function endOfBody(scanner: Scanner): void {
  const { bytes } = scanner;
  const end = bytes.indexOf(LF, scanner.at);
  if (end < 0 || end === bytes.length - 1) return;
  scanner.lineAt = end + 1;
  scanner.line++;
  scanner.problem("eof", end + 1, "nothing after # EOF");
}

function readLine(scanner: Scanner, state: State): boolean {
  const { bytes, at } = scanner;
  const c = bytes[at] ?? LF;
  if (c === LF) return scanner.problem("blank-line", at, "no blank line");
  if (scanner.carriageReturn(at)) return scanner.problem("line-ending", at, "a line feed alone");
  if (c === HASH) return metadata(scanner, state);
  if (c === SPACE || c === 9) return scanner.problem("whitespace", at, "no blank at the start of the line");
  scanner.resetLabels();
  if (c === BRACE_OPEN) {
    if (!scanner.labels(false)) return false;
  } else {
    if (!scanner.bareName()) return scanner.problem("metric-name", at, "a metric name, # or {");
    if (bytes[scanner.at] === BRACE_OPEN && !scanner.labels(true)) return false;
  }
  return sampleEnd(scanner, state, at);
}

function sampleEnd(scanner: Scanner, state: State, seriesAt: number): boolean {
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

/** Does the series end in a byte that looks like a wrong part of a name? */
function nameStops(scanner: Scanner): boolean {
  const c = scanner.bytes[scanner.at] ?? LF;
  return c > SPACE && scanner.bytes[scanner.at - 1] !== 125;
}

/** A blank and a number at the cursor; the cursor stops behind the number. */
function numberAfterBlank(scanner: Scanner, id: string, expected: string): number | undefined {
  const { bytes } = scanner;
  scanner.at++;
  const at = scanner.at;
  const first = bytes[at] ?? LF;
  if (first === SPACE || first === 9) {
    scanner.problem("whitespace", at, "one blank only");
    return undefined;
  }
  let end = scanner.tokenEnd();
  if (end > at + 1 && scanner.carriageReturn(end - 1)) end--;
  const value = scanner.number(end);
  if (value === undefined) scanner.problem(id, at, first === LF ? "a value" : expected);
  return value;
}

function timestamp(scanner: Scanner): number | undefined {
  const at = scanner.at + 1;
  const first = scanner.bytes[at] ?? LF;
  if (first === LF) {
    scanner.problem("whitespace", at - 1, "no blank at the end of the line");
    return undefined;
  }
  const value = numberAfterBlank(scanner, "timestamp", "a timestamp in seconds");
  if (value === undefined || Number.isFinite(value)) return value;
  scanner.problem("timestamp", at, "a finite timestamp in seconds");
  return undefined;
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
  if (bytes[scanner.at] === SPACE) {
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
  return lineEnd(scanner);
}

function lineEnd(scanner: Scanner): boolean {
  const { bytes, at } = scanner;
  if ((bytes[at] ?? LF) === LF) return true;
  if (scanner.carriageReturn(at)) return scanner.problem("line-ending", at, "a line feed alone");
  return scanner.problem(bytes[at] === SPACE ? "whitespace" : "syntax", at, "the end of the line");
}

/** `# HELP name text`, `# TYPE name type`, `# UNIT name unit`. */
function metadata(scanner: Scanner, state: State): boolean {
  const { bytes, model, at } = scanner;
  const word = decode(bytes, at + 2, Math.min(at + 7, bytes.length));
  if (bytes[at + 1] !== SPACE || (word !== "HELP " && word !== "TYPE " && word !== "UNIT "))
    return scanner.problem("comment", at, "# HELP, # TYPE, # UNIT or # EOF");
  scanner.at = at + 7;
  if (bytes[scanner.at] === QUOTE) {
    if (!scanner.quotedName("metric-name")) return false;
  } else if (!scanner.bareName()) return scanner.problem("metric-name", scanner.at, "a metric name");
  if (bytes[scanner.at] !== SPACE)
    return scanner.problem("comment", scanner.at, `a blank and the text of ${word.trim()}`);
  const textAt = scanner.at + 1;
  const lineFeed = bytes.indexOf(LF, textAt);
  const end = lineFeed < 0 ? bytes.length : lineFeed;
  const family = familyOfMetadata(scanner, state, word.trim());
  scanner.at = end;
  if (word === "HELP ") return help(scanner, family, textAt, end);
  const returned = bytes[end - 1] === CR;
  if (returned) scanner.problem("line-ending", end - 1, "a line feed alone");
  const text = decode(bytes, textAt, Math.min(returned ? end - 1 : end, textAt + 1000));
  const target = model.families[family];
  if (target === undefined) return false;
  if (word === "UNIT ") {
    if (target.unitLine >= 0) return scanner.problem("unit-repeated", at, `one UNIT for ${model.familyName(family)}`);
    target.unitLine = scanner.line;
    target.unit = text;
    return true;
  }
  if (target.typed) return scanner.problem("type-repeated", at, `one TYPE for ${model.familyName(family)}`);
  const type = TYPES.find((known) => known === text);
  if (type === undefined) return scanner.problem("type-word", textAt, TYPES.join(", "));
  target.typed = true;
  target.type = type;
  target.typeLine = scanner.line;
  return true;
}

function help(scanner: Scanner, family: number, textAt: number, end: number): boolean {
  const target = scanner.model.families[family];
  if (target === undefined) return false;
  if (target.helpLine >= 0)
    return scanner.problem("help-repeated", scanner.lineAt, `one HELP for ${scanner.model.familyName(family)}`);
  target.helpLine = scanner.line;
  target.helpAt = textAt;
  target.helpEnd = end;
  return true;
}

function familyOfMetadata(scanner: Scanner, state: State, word: string): number {
  const { model, line } = scanner;
  const nameId = model.names.intern(scanner.nameAt, scanner.nameEnd, scanner.nameHash);
  scanner.nameId = nameId;
  const known = nameId < model.familyOf.length ? (model.familyOf[nameId] ?? -1) : -1;
  const found = model.families[known];
  let family = known;
  if (found === undefined || found.nameId !== nameId) family = model.addFamily(nameId, line);
  else if (found.samples > 0 || known !== state.current)
    model.lateMetadata.push({ family: known, line, word, apart: known !== state.current });
  state.current = family;
  return family;
}

/** The family the sample's name belongs to by the types known so far; a new one of type unknown otherwise. */
function familyOfSample(scanner: Scanner): number {
  const { model, nameAt, nameEnd } = scanner;
  const nameId = model.names.intern(nameAt, nameEnd, scanner.nameHash);
  scanner.nameId = nameId;
  const known = nameId < model.familyOf.length ? (model.familyOf[nameId] ?? -1) : -1;
  if (known >= 0) return known;
  return partOf(model, nameId) ?? model.addFamily(nameId, scanner.line);
}

function partOf(model: Model, nameId: number): number | undefined {
  const at = model.names.at[nameId] ?? 0;
  const end = at + (model.names.length[nameId] ?? 0);
  for (let role = 1; role < ROLES.length; role++) {
    const suffix = ROLES[role] ?? "";
    if (!model.names.endsWith(nameId, suffix)) continue;
    const base = model.names.find(at, end - suffix.length, hashOf(model.bytes, at, end - suffix.length));
    const family = base < 0 ? -1 : (model.familyOf[base] ?? -1);
    const found = model.families[family];
    if (found === undefined || found.nameId !== base || !SUFFIXES[found.type].some((known) => known === suffix))
      continue;
    model.setFamily(nameId, family, role);
    return family;
  }
  return undefined;
}
