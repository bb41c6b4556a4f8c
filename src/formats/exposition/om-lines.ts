// What both versions of OpenMetrics share: lines, metadata, the end of the body. Strict in blanks as the specification is.
import type { FamilyType } from "./model.ts";
import { decode } from "./names.ts";
import { CR, HASH, LF, QUOTE, SPACE, UNDERSCORE } from "./numbers.ts";
import { PlainLines } from "./plain.ts";
import { noteRefused } from "./refused.ts";
import type { Scanner } from "./scanner.ts";

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

/** Family of the line before; -1 at the start. */
export interface LineState {
  current: number;
  /** Reads value, timestamps and exemplars behind a series that begins at `seriesAt`, cursor behind it. */
  sampleEnd: (scanner: Scanner, state: LineState, seriesAt: number) => boolean;
}

/** Reads the whole body; problems end a line, never the reading. */
export function readLines(scanner: Scanner, sampleEnd: LineState["sampleEnd"]): void {
  const { bytes, model } = scanner;
  const state: LineState = { current: -1, sampleEnd };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    scanner.line = 1;
    scanner.problem("byte-order-mark", 0, "text without byte order mark");
    scanner.at = 3;
    scanner.line = 0;
  }
  const plain = new PlainLines(scanner);
  let ended = false;
  while (scanner.at < bytes.length && !ended) {
    scanner.line++;
    if (bytes[scanner.at] !== HASH && plain.line(state.current)) continue;
    ended = isEnd(scanner);
    if (ended) endOfBody(scanner);
    else {
      if (!readLine(scanner, state)) noteRefused(scanner);
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

function readLine(scanner: Scanner, state: LineState): boolean {
  const { bytes, at } = scanner;
  const c = bytes[at] ?? LF;
  if (c === LF) return scanner.problem("blank-line", at, "no blank line");
  if (scanner.carriageReturn(at)) return scanner.problem("line-ending", at, "a line feed alone");
  if (c === HASH) return metadata(scanner, state);
  if (c === SPACE || c === 9) return scanner.problem("whitespace", at, "no blank at the start of the line");
  if (!scanner.series()) return false;
  return state.sampleEnd(scanner, state, at);
}

/** Does the series end in a byte that looks like a wrong part of a name? */
export function nameStops(scanner: Scanner): boolean {
  const c = scanner.bytes[scanner.at] ?? LF;
  return c > SPACE && scanner.bytes[scanner.at - 1] !== 125;
}

/** A blank and a number at the cursor; the cursor stops behind the number. */
export function numberAfterBlank(scanner: Scanner, id: string, expected: string): number | undefined {
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

export function timestamp(scanner: Scanner): number | undefined {
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

export function lineEnd(scanner: Scanner): boolean {
  const { bytes, at } = scanner;
  if ((bytes[at] ?? LF) === LF) return true;
  if (scanner.carriageReturn(at)) return scanner.problem("line-ending", at, "a line feed alone");
  return scanner.problem(bytes[at] === SPACE ? "whitespace" : "syntax", at, "the end of the line");
}

/** `# HELP name text`, `# TYPE name type`, `# UNIT name unit`. */
function metadata(scanner: Scanner, state: LineState): boolean {
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
  const family = familyOfMetadata(scanner, state, {
    word: word.trim(),
    text: decode(bytes, textAt, Math.min(end, textAt + 40)),
  });
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

function familyOfMetadata(scanner: Scanner, state: LineState, { word, text }: { word: string; text: string }): number {
  const { model, line } = scanner;
  const nameId = model.names.intern(scanner.nameAt, scanner.nameEnd, scanner.nameHash);
  scanner.nameId = nameId;
  const known = nameId < model.familyOf.length ? (model.familyOf[nameId] ?? -1) : -1;
  const found = model.families[known];
  let family = known;
  if (found === undefined || found.nameId !== nameId) {
    family = model.addFamily(nameId, line);
    if (scanner.bytes[scanner.nameAt] === UNDERSCORE) scanner.reservedName(scanner.nameAt, scanner.nameEnd);
  } else if (found.samples > 0 && found.typed && otherType(scanner, { word, text, type: found.type })) {
    // Another metric that lost its suffix: a family of its own, so that the clash is one finding.
    family = model.addFamily(nameId, line);
    found.clash = family;
  } else if (found.samples > 0 || known !== state.current)
    model.lateMetadata.push({ family: known, line, word, apart: known !== state.current });
  state.current = family;
  return family;
}

/** Does this block of metadata, whose first line is at the cursor, give another type than the family has? */
function otherType(scanner: Scanner, { word, text, type }: { word: string; text: string; type: FamilyType }): boolean {
  const { bytes, lineAt } = scanner;
  if (word === "TYPE") return TYPES.some((known) => known === text && known !== type);
  const name = decode(bytes, scanner.nameAt, scanner.nameEnd);
  let at = lineAt;
  for (let k = 0; k < 3; k++) {
    const end = bytes.indexOf(LF, at);
    if (end < 0) return false;
    at = end + 1;
    const next = decode(bytes, at, Math.min(bytes.length, at + name.length + 40)).split("\n")[0] ?? "";
    const written = next.replace(`# TYPE ${name} `, "").replace(`# TYPE "${name}" `, "");
    if (written !== next) return TYPES.some((known) => known === written && known !== type);
    if (!next.startsWith("# ")) return false;
  }
  return false;
}
