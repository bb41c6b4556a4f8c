// Functions of text. Places and lengths count code points, as CEL has it.
import { re2 } from "../../base/regex.ts";
import { formatted } from "./format.ts";
import type { Definition } from "./types.ts";
import { fault } from "./values.ts";

const inside = (index: number, length: number): number => {
  if (index < 0 || index > length) throw fault(`index out of range: ${index}`);
  return index;
};

function indexOf(text: string, part: string, from = 0): number {
  const points = [...text];
  const wanted = [...part];
  inside(from, points.length);
  for (let i = from; i + wanted.length <= points.length; i++) if (wanted.every((c, j) => points[i + j] === c)) return i;
  return -1;
}

function lastIndexOf(text: string, part: string, from?: number): number {
  const points = [...text];
  const wanted = [...part];
  if (from !== undefined) inside(from, points.length);
  for (let i = Math.min(from ?? points.length, points.length - wanted.length); i >= 0; i--)
    if (wanted.every((c, j) => points[i + j] === c)) return i;
  return -1;
}

function substring(text: string, from: number, to?: number): string {
  const points = [...text];
  const end = inside(to ?? points.length, points.length);
  if (inside(from, points.length) > end) throw fault(`substring from ${from} to ${end}`);
  return points.slice(from, end).join("");
}

function charAt(text: string, index: number): string {
  const points = [...text];
  return points[inside(index, points.length)] ?? "";
}

function replace(text: string, from: string, to: string, most = -1): string {
  if (most < 0) return text.replaceAll(from, () => to);
  let done = "";
  let rest = text;
  for (let i = 0; i < most; i++) {
    const at = rest.indexOf(from);
    if (at === -1) break;
    done += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return done + rest;
}

function split(text: string, by: string, most = -1): string[] {
  const parts = by === "" ? [...text] : text.split(by);
  if (most < 0 || parts.length <= most) return parts;
  if (most === 0) return [];
  const kept = parts.slice(0, most - 1);
  return [...kept, parts.slice(most - 1).join(by)];
}

function join(list: unknown[], by = ""): string {
  if (!list.every((item) => typeof item === "string")) throw fault("join: a list of texts is needed");
  return list.join(by);
}

/** Unicode's white space; JavaScript's adds U+FEFF and misses U+0085. */
const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const around = new RegExp(`^${space}|${space}$`, "g");

const escapes: Record<string, string> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quote(text: string): string {
  return `"${Buffer.from(text)
    .toString()
    .replace(/[\x07\b\f\n\r\t\v\\"]/g, (c) => escapes[c] ?? c)}"`;
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase());
const matches = (text: string, pattern: string): boolean => re2(pattern).test(text);

/** `$1` of conform's own functions is `\1` here, as in RE2. */
function regexReplace(text: string, pattern: string, by: string, most = -1): string {
  const fill = by.replace(/\$/g, "$$$$").replace(/\\(\d)/g, (_, group: string) => (group === "0" ? "$&" : `$${group}`));
  if (most < 0) return re2(pattern).replace(text, fill);
  let left = most;
  const all = re2(pattern).all(text, Math.max(left, 0));
  let done = "";
  let from = 0;
  for (const match of all) {
    if (left-- <= 0) break;
    done += text.slice(from, match.index) + re2(pattern).replace(match.text, fill);
    from = match.index + match.text.length;
  }
  return done + text.slice(from);
}

export const texts: Definition[] = [
  ["string.contains(string): bool", "", (text: string, part: string) => text.includes(part)],
  ["string.startsWith(string): bool", "", (text: string, part: string) => text.startsWith(part)],
  ["string.endsWith(string): bool", "", (text: string, part: string) => text.endsWith(part)],
  ["string.matches(string): bool", "", matches],
  ["matches(string, string): bool", "", matches],
  ["string.charAt(int): string", "", charAt],
  ["string.indexOf(string): int", "", indexOf],
  ["string.indexOf(string, int): int", "", indexOf],
  ["string.lastIndexOf(string): int", "", lastIndexOf],
  ["string.lastIndexOf(string, int): int", "", lastIndexOf],
  ["string.substring(int): string", "", substring],
  ["string.substring(int, int): string", "", substring],
  ["string.lowerAscii(): string", "", lower],
  ["string.upperAscii(): string", "", upper],
  ["string.replace(string, string): string", "", replace],
  ["string.replace(string, string, int): string", "", replace],
  ["string.split(string): list<string>", "", split],
  ["string.split(string, int): list<string>", "", split],
  ["string.trim(): string", "", (text: string) => text.replace(around, "")],
  ["string.reverse(): string", "", (text: string) => [...text].reverse().join("")],
  ["list.join(): string", "", join],
  ["list.join(string): string", "", join],
  ["strings.quote(string): string", "", quote],
  ["string.format(list): string", "", formatted],
  ["regex.replace(string, string, string): string", "", regexReplace],
  ["regex.replace(string, string, string, int): string", "", regexReplace],
];
