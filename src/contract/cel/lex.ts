// Expression text -> tokens with their places.
import { hasParts } from "../../base/json.ts";

/** A token: `at` and `end` are offsets in the expression (UTF-16 units). Words are identifiers and keywords, marks operators and brackets. */
export interface Token {
  kind: "word" | "quoted" | "int" | "uint" | "double" | "string" | "bytes" | "mark" | "end";
  text: string;
  value?: string | number | bigint | Uint8Array;
  at: number;
  end: number;
}

/** A fault of syntax or of names, at an offset of the expression. */
export interface Fault {
  at: number;
  message: string;
}

const skip = /(?:[\t\n\f\r ]+|\/\/[^\n]*)*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const quoted = /`([A-Za-z0-9_.\-/ ]+)`/y;
const number = /0[xX]([0-9a-fA-F]+)([uU]?)|((?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(\d+)([uU]?)/y;
const opening = /([rRbB]{0,2})("""|'''|"|')/y;
const mark = /&&|\|\||[<>=!]=|[-+*/%!?:.,()[\]{}<>]/y;

/** All tokens, the last of kind `end`. Throws a Fault. */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  for (;;) {
    at += take(skip)?.[0].length ?? 0;
    if (at >= source.length) break;
    const text = take(opening);
    if (text !== null && fitsPrefix(text[1] ?? "")) {
      const token = stringToken(source, at, text);
      found.push(token);
      at = token.end;
      continue;
    }
    const token = wordToken(take(word), at) ?? quotedToken(take(quoted), at) ?? numberToken(take(number), at);
    const next = token ?? markToken(take(mark), at);
    if (next === undefined) throw { at, message: `unexpected character ${JSON.stringify(source[at])}` } satisfies Fault;
    found.push(next);
    at = next.end;
  }
  found.push({ kind: "end", text: "the end", at: source.length, end: source.length });
  return found;
}

function fitsPrefix(prefix: string): boolean {
  return prefix.length < 2 || prefix[0]?.toLowerCase() !== prefix[1]?.toLowerCase();
}

function wordToken(match: RegExpExecArray | null, at: number): Token | undefined {
  return match === null ? undefined : { kind: "word", text: match[0], at, end: at + match[0].length };
}

function quotedToken(match: RegExpExecArray | null, at: number): Token | undefined {
  return match === null ? undefined : { kind: "quoted", text: match[1] ?? "", at, end: at + match[0].length };
}

function markToken(match: RegExpExecArray | null, at: number): Token | undefined {
  return match === null ? undefined : { kind: "mark", text: match[0], at, end: at + match[0].length };
}

function numberToken(match: RegExpExecArray | null, at: number): Token | undefined {
  if (match === null) return undefined;
  const [text, hex, hexUnsigned, real, whole, unsigned] = match;
  const end = at + text.length;
  if (real !== undefined) return { kind: "double", text, value: Number(real), at, end };
  const value = BigInt(hex === undefined ? (whole ?? "0") : `0x${hex}`);
  return { kind: hexUnsigned || unsigned ? "uint" : "int", text, value, at, end };
}

function stringToken(source: string, at: number, match: RegExpExecArray): Token {
  const prefix = (match[1] ?? "").toLowerCase();
  const quote = match[2] ?? "";
  const raw = prefix.includes("r");
  const bytes = prefix.includes("b");
  const start = at + match[0].length;
  let i = start;
  while (!source.startsWith(quote, i)) {
    if (i >= source.length || (quote.length === 1 && /[\n\r]/.test(source[i] ?? "")))
      throw { at, message: `text without closing ${quote}` } satisfies Fault;
    i += !raw && source[i] === "\\" ? 2 : 1;
  }
  const body = source.slice(start, i).replace(/\r\n?/g, "\n");
  const end = i + quote.length;
  if (bytes)
    return {
      kind: "bytes",
      text: source.slice(at, end),
      value: raw ? utf8(body) : unescapeBytes(body, start),
      at,
      end,
    };
  return { kind: "string", text: source.slice(at, end), value: raw ? body : unescapeText(body, start), at, end };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const escapes = /\\(?:([abfnrtv\\?"'`])|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g;
const letters: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescapeText(body: string, start: number): string {
  if (!body.includes("\\")) return body;
  return body.replace(escapes, (whole: string, letter, hex, octal, four, eight, offset: number) => {
    if (letter !== undefined) return letters[letter] ?? letter;
    return character(hex ?? four ?? eight, octal, { at: start + offset, message: `unknown escape ${whole}` });
  });
}

function character(hex: string | undefined, octal: string | undefined, otherwise: Fault): string {
  if (hex === undefined && octal === undefined) throw otherwise;
  const code = hex === undefined ? Number.parseInt(octal ?? "0", 8) : Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    throw { ...otherwise, message: "no such character" } satisfies Fault;
  return String.fromCodePoint(code);
}

/** In bytes, `\x` and octal escapes are one byte, characters their UTF-8 form. */
function unescapeBytes(body: string, start: number): Uint8Array {
  const bytes: number[] = [];
  let from = 0;
  for (const match of body.matchAll(escapes)) {
    bytes.push(...utf8(body.slice(from, match.index)));
    from = match.index + match[0].length;
    const [whole, letter, hex, octal, four, eight] = match;
    if (hex !== undefined || octal !== undefined)
      bytes.push(hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(...utf8(letters[letter] ?? letter));
    else
      bytes.push(
        ...utf8(character(four ?? eight, undefined, { at: start + match.index, message: `unknown escape ${whole}` })),
      );
  }
  bytes.push(...utf8(body.slice(from)));
  return Uint8Array.from(bytes);
}

/** Whether something thrown is a Fault. */
export function isFault(thrown: unknown): thrown is Fault {
  return hasParts(thrown) && "at" in thrown && "message" in thrown && !(thrown instanceof Error);
}
