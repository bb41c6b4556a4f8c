// The ways in which a secret may be written, as regular expressions; and a fast scan that says which secrets may be in a text.
import { escapeRegex } from "../escape.ts";

/** How a secret was written: as it is, with escapes, or encoded as a whole. */
export type SecretForm = "plain" | "json" | "percent" | "html" | "base64" | "hex" | "bytes";

/** Shorter values are looked for only as they are: encoded, they could be anything. */
export const encodedLengthMin = 6;

/** A pattern that matches the whole secret in one form. `escaped`: plain, json, percent or html, mixed as it may be. */
export interface SecretPattern {
  form: SecretForm | "escaped";
  source: string;
}

// Every repetition is bounded: texts are hostile, and `\\\\\\\\...` must not take quadratic time.
const slashes = "\\\\{1,8}";

export function patternsOf(value: string): SecretPattern[] {
  if (value.length < encodedLengthMin) return [{ form: "plain", source: escapeRegex(value) }];
  const bytes = Buffer.from(value, "utf8");
  return [
    { form: "escaped", source: [...value].map(escapedCharacter).join("") },
    ...[0, 1, 2].map((offset) => ({ form: "base64" as const, source: base64Pattern(bytes, offset) })),
    { form: "hex", source: hexPattern(bytes) },
    { form: "bytes", source: `(?<![0-9.])${[...bytes].join(",\\s{0,80}")}(?![0-9.])` },
  ];
}

const shortEscapes: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" };
const entities: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

/** A character as it is, or escaped as in JSON, URLs or HTML, several times over if need be. */
function escapedCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  const unicode = units.map((unit) => `${slashes}u${anyCase(unit.toString(16).padStart(4, "0"))}`).join("");
  const percent = [...Buffer.from(character, "utf8")].map((byte) => `%(?:25){0,4}${anyCase(hex(byte))}`).join("");
  const ways = [
    character === "\\" ? slashes : escapeRegex(character),
    unicode,
    percent,
    `&#0{0,6}${code};`,
    `&#[xX]0{0,6}${anyCase(code.toString(16))};`,
  ];
  const short = shortEscapes[character] ?? (/["'/]/.test(character) ? character : undefined);
  if (short !== undefined) ways.push(`${slashes}${escapeRegex(short)}`);
  const entity = entities[character];
  if (entity !== undefined) ways.push(`&(?:amp;){0,4}${entity};`);
  if (character === " ") ways.push("\\+");
  return `(?:${ways.join("|")})`;
}

/** The base64 digits that these bytes alone decide, when they begin `offset` bytes after a multiple of three. */
function base64Digits(bytes: Buffer, offset: number): string {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function base64Pattern(bytes: Buffer, offset: number): string {
  const signs: Record<string, string> = {
    "+": `(?:[+-]|%2[bB]|${slashes}u002[bB])`,
    "/": `(?:\\\\{0,8}/|_|%2[fF]|${slashes}u002[fF])`,
  };
  const source = [...base64Digits(bytes, offset)].map((digit) => signs[digit] ?? digit).join("");
  // The last digit may be shared with the byte that follows; alone, padding follows it.
  const shared = ((offset + bytes.length) * 8) % 6 !== 0;
  return shared ? `${source}(?:[A-Za-z0-9+/_-](?:=|%3[dD]){0,2})?` : source;
}

const hexSeparators = ["", " ", ":", "-", ", 0x", ",0x", " 0x", "\\x", "\\\\x", "%"];

function hexPattern(bytes: Buffer): string {
  const separator = hexSeparators.map(escapeRegex).reverse().join("|");
  return [...bytes].map((byte) => anyCase(hex(byte))).join(`(?:${separator})`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function anyCase(digits: string): string {
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** Texts of which one must be there, upper or lower case, when a pattern of the secret is to match. */
function probesOf(value: string): string[] {
  if (value.length < encodedLengthMin) return [value];
  const bytes = Buffer.from(value, "utf8");
  const base64 = [0, 1, 2].map((offset) => base64Digits(bytes, offset));
  const start = [...bytes.subarray(0, 6)];
  return [
    value,
    ...base64,
    ...base64.map((digits) => digits.replaceAll("+", "-").replaceAll("/", "_")),
    ...hexSeparators.map((separator) => start.map(hex).join(separator)),
    start.join(","),
  ];
}

const escapes = new RegExp(
  [
    `${slashes}u([0-9a-fA-F]{4})`,
    `${slashes}(["'/])`,
    "((?:%(?:25){0,4}[0-9a-fA-F]{2})+)",
    "&(?:amp;){0,4}(amp|lt|gt|quot|apos);",
    "&#0{0,6}([0-9]{1,7});",
    "&#[xX]0{0,6}([0-9a-fA-F]{1,6});",
    ",\\s{1,80}(?=[0-9])",
  ].join("|"),
  "g",
);
const characters = Object.fromEntries(Object.entries(entities).map(([character, name]) => [name, character]));

/** The text with escapes undone and lists of numbers drawn together. */
function unescaped(text: string): string {
  return text.replace(escapes, (match, ...groups: (string | undefined)[]) => {
    const [unicode, quoted, percent, entity, decimal, hexadecimal] = groups;
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    if (quoted !== undefined) return quoted;
    if (percent !== undefined)
      return Buffer.from(percent.replace(/%(?:25){0,4}(?=[^%]{2})/g, ""), "hex").toString("utf8");
    if (entity !== undefined) return characters[entity] ?? match;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
    if (Number.isNaN(code)) return ",";
    return code <= 0x10_ffff ? String.fromCodePoint(code) : match;
  });
}

const mayHoldEscapes = /[\\%&]|,\s/;

/** Indexes of the values that may be in a text. None is missed; now and then one is named that is not there. */
export function secretScan(values: readonly string[]): (text: string) => number[] {
  // What has a meaning in escapes can be written in ways that no normal form covers: such values are always tried.
  const odd = values.flatMap((value, index) => (/[\\ +%&\p{Cc}]/u.test(value) ? [index] : []));
  const find = probeScan(
    values.flatMap((value, index) => (odd.includes(index) ? [] : probesOf(value).map((text) => ({ text, index })))),
  );
  return (text) => {
    const found = new Set(odd);
    find(text, found);
    if (mayHoldEscapes.test(text)) {
      const plain = unescaped(text);
      if (plain !== text) find(plain, found);
    }
    return found.size === 0 ? [] : [...found].sort((a, b) => a - b);
  };
}

interface Probe {
  text: string;
  index: number;
}

/** One pass over the text for any number of probes of four and more characters; case is not looked at. */
function probeScan(probes: readonly Probe[]): (text: string, found: Set<number>) => void {
  const byStart = new Map<number, Probe[]>();
  const flags = new Uint8Array(65_536);
  for (const probe of probes) {
    let start = 0;
    for (let i = 0; i < 4; i++) start = (start << 8) | fold(probe.text.charCodeAt(i));
    byStart.set(start, [...(byStart.get(start) ?? []), probe]);
    flags[slot(start)] = 1;
  }
  return (text, found) => {
    let last = 0;
    for (let i = 0; i < text.length; i++) {
      last = (last << 8) | fold(text.charCodeAt(i));
      if (flags[slot(last)] === 0 || i < 3) continue;
      for (const probe of byStart.get(last) ?? []) {
        if (!found.has(probe.index) && isAt(text, i - 3, probe.text)) found.add(probe.index);
      }
    }
  };
}

function fold(code: number): number {
  return (code & 0xff) | 0x20;
}

function slot(start: number): number {
  return Math.imul(start, 0x9e37_79b1) >>> 16;
}

function isAt(text: string, at: number, probe: string): boolean {
  if (at + probe.length > text.length) return false;
  for (let i = 4; i < probe.length; i++) {
    if ((text.charCodeAt(at + i) | 0x20) !== (probe.charCodeAt(i) | 0x20)) return false;
  }
  return true;
}
