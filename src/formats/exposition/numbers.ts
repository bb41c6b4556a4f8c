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

/** Bit set of what a byte may be in names. Index 0 to 255. */
export const CLASSES: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  for (let c = 0; c < 256; c++) {
    const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
    if (letter) table[c] = NAME_START | NAME | LABEL_START | LABEL;
    else if (c >= 48 && c <= 57) table[c] = NAME | LABEL;
    else if (c === 58) table[c] = NAME_START | NAME;
  }
  return table;
}

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

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

/**
 * The number in bytes[at, end), exactly as `Number` would read it, or undefined when it is not a short plain decimal.
 * No string is made: up to 15 digits and a power of ten up to 22 are exact in doubles.
 */
export function shortDecimal(bytes: Uint8Array, at: number, end: number): number | undefined {
  let i = at;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  let mantissa = 0;
  let digits = 0;
  let fraction = 0;
  let point = false;
  for (; i < end; i++) {
    const c = bytes[i] ?? LF;
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      digits++;
      if (point) fraction++;
    } else if (c === 46 && !point) point = true;
    else break;
  }
  if (digits === 0 || digits > 15) return undefined;
  let exponent = 0;
  if (i < end) {
    exponent = shortExponent(bytes, i, end);
    if (exponent > 99) return undefined;
  }
  exponent -= fraction;
  if (exponent > 22 || exponent < -22) return undefined;
  const value = exponent < 0 ? mantissa / (POWERS[-exponent] ?? 1) : mantissa * (POWERS[exponent] ?? 1);
  return negative ? -value : value;
}

/** `e+NN` in bytes[at, end) with at most two digits; 100 when it is anything else. */
function shortExponent(bytes: Uint8Array, at: number, end: number): number {
  if (((bytes[at] ?? LF) | 32) !== 101) return 100;
  let i = at + 1;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  if (i >= end || end - i > 2) return 100;
  let exponent = 0;
  for (; i < end; i++) {
    const c = bytes[i] ?? LF;
    if (c < 48 || c > 57) return 100;
    exponent = exponent * 10 + (c - 48);
  }
  return negative ? -exponent : exponent;
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
