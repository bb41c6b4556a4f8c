// The number grammar of both formats, and the byte classes of names.

export const LF = 10;
export const CR = 13;
export const TAB = 9;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const UNDERSCORE = 95;
export const BRACE_OPEN = 123;
export const BRACE_CLOSE = 125;

export const NAME_START = 1;
export const NAME = 2;
export const LABEL_START = 4;
export const LABEL = 8;
/** A letter: the start of a name that is not reserved. */
export const LETTER = 16;

/** Bit set of what a byte may be in names. Index 0 to 255. */
export const CLASSES: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  for (let c = 0; c < 256; c++) {
    const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
    if (letter) table[c] = NAME_START | NAME | LABEL_START | LABEL | (c === UNDERSCORE ? 0 : LETTER);
    else if (c >= 48 && c <= 57) table[c] = NAME | LABEL;
    else if (c === 58) table[c] = NAME_START | NAME;
  }
  return table;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** Result of `numberAt`: undefined (no number) or the value. NaN is a number here. */
export function parseNumber(token: string, finite: "overflow-refused" | "overflow-infinite"): number | undefined {
  if (DECIMAL.test(token)) {
    const value = Number(token);
    return Number.isFinite(value) || finite === "overflow-infinite" ? value : undefined;
  }
  if (INFINITE.test(token)) return token.startsWith("-") ? -Infinity : Infinity;
  return /^nan$/i.test(token) ? Number.NaN : undefined;
}

const DIGITS = String.raw`\d+(?:_\d+)*`;
const HEX = String.raw`[\da-f]+(?:_[\da-f]+)*`;
const GO_DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, "i");
const GO_HEX = new RegExp(`^([+-]?)0x_?(?:(${HEX})\\.?(${HEX})?|\\.(${HEX}))p([+-]?${DIGITS})$`, "i");

/** Go's ParseFloat reads digits with underscores and hexadecimal numbers too; the parsers of Prometheus do not. */
export function parseGoNumber(token: string): number | undefined {
  if (token.length > 400) return undefined;
  if (GO_DECIMAL.test(token)) return parseNumber(token.replaceAll("_", ""), "overflow-refused");
  const hex = GO_HEX.exec(token);
  if (hex === null) return undefined;
  const [, sign, whole = "", fraction = hex[4] ?? "", , exponent = "0"] = hex.map((part) => part?.replaceAll("_", ""));
  const digits = whole + fraction;
  const mantissa = Number(`0x${digits === "" ? "0" : digits}`);
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return Number.isFinite(value) ? (sign === "-" ? -value : value) : undefined;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** A 64-bit integer in decimal, or undefined. */
export function parseInt64(token: string): number | undefined {
  if (!/^[+-]?\d+$/.test(token)) return undefined;
  const digits = token.replace(/^[+-]?0*/, "");
  if (digits.length > 19) return undefined;
  const value = BigInt(token.startsWith("-") ? `-${digits || "0"}` : digits || "0");
  return value >= MIN_INT64 && value <= MAX_INT64 ? Number(value) : undefined;
}
