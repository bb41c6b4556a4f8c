// Numbers read from bytes: short decimals without a string, all others by the grammar.
import type { Buffer } from "node:buffer";
import type { Format } from "./catalogue.ts";
import { decode } from "./names.ts";
import { LF, parseNumber, SPACE } from "./numbers.ts";

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** Class, because a number has two results: its value, and where it ends. */
export class Decimal {
  /** Behind the number read last; -1: there was none. */
  end = -1;
  private readonly bytes: Buffer;
  private readonly strict: boolean;

  constructor(bytes: Buffer, format: Format) {
    this.bytes = bytes;
    this.strict = format !== "prometheus";
  }

  /** The number that is the whole token at `at`, up to a blank or line feed. */
  token(at: number): number {
    const { bytes } = this;
    const value = this.short(at);
    let end = this.end;
    if (end >= 0) {
      const c = bytes[end];
      if (c === LF || c === SPACE) return value;
    }
    end = at;
    for (let c = bytes[end] ?? LF; c !== LF && c !== SPACE; c = bytes[end] ?? LF) end++;
    return this.long(at, end);
  }

  /** The number that is bytes[at, end). */
  exactly(at: number, end: number): number {
    const value = this.short(at);
    return this.end === end ? value : this.long(at, end);
  }

  /** A timestamp at `at`: whole milliseconds in Prometheus text, else finite seconds. Long ones are left out: `end` is -1. */
  timestamp(at: number): number {
    const value = this.short(at);
    if (!this.strict && !this.whole) this.end = -1;
    return value;
  }

  /** The number read last had neither point nor exponent. */
  private whole = false;

  /**
   * The decimal at `at`, exactly as `Number` would read it: up to 15 digits and a power of ten up to 22 are exact in
   * doubles. `end` is -1 when it is no such number; what follows it is not looked at.
   */
  private short(at: number): number {
    const { bytes } = this;
    let i = at;
    let c = bytes[i] ?? LF;
    const negative = c === 45;
    if (negative || c === 43) c = bytes[++i] ?? LF;
    const first = i;
    let mantissa = 0;
    for (; c >= 48 && c <= 57; c = bytes[++i] ?? LF) mantissa = mantissa * 10 + (c - 48);
    let digits = i - first;
    let exponent = 0;
    this.whole = true;
    if (c === 46) {
      this.whole = false;
      const point = i;
      c = bytes[++i] ?? LF;
      for (; c >= 48 && c <= 57; c = bytes[++i] ?? LF) mantissa = mantissa * 10 + (c - 48);
      exponent = point + 1 - i;
      digits -= exponent;
    }
    this.end = i;
    if (digits === 0 || digits > 15) {
      this.end = -1;
      return 0;
    }
    if ((c | 32) === 101) exponent += this.exponent(i);
    if (exponent !== 0) {
      if (exponent > 22 || exponent < -22) this.end = -1;
      else mantissa = exponent < 0 ? mantissa / (POWERS[-exponent] ?? 1) : mantissa * (POWERS[exponent] ?? 1);
    }
    return negative ? -mantissa : mantissa;
  }

  /** `e+NN` at `at` with one or two digits; 100 when it is anything else. */
  private exponent(at: number): number {
    const { bytes } = this;
    this.whole = false;
    let i = at + 1;
    let c = bytes[i] ?? LF;
    const negative = c === 45;
    if (negative || c === 43) c = bytes[++i] ?? LF;
    const first = i;
    let exponent = 0;
    for (; c >= 48 && c <= 57 && i < first + 3; c = bytes[++i] ?? LF) exponent = exponent * 10 + (c - 48);
    if (i === first || i === first + 3) return 100;
    this.end = i;
    return negative ? -exponent : exponent;
  }

  private long(at: number, end: number): number {
    const { bytes } = this;
    this.end = end;
    // The two words that every exporter writes.
    if (end - at === 4 && bytes[at] === 43 && bytes[at + 1] === 73 && bytes[at + 2] === 110 && bytes[at + 3] === 102)
      return Number.POSITIVE_INFINITY;
    if (end - at === 3 && bytes[at] === 78 && bytes[at + 1] === 97 && bytes[at + 2] === 78) return Number.NaN;
    const value = parseNumber(decode(bytes, at, end), this.strict ? "overflow-infinite" : "overflow-refused");
    if (value === undefined) this.end = -1;
    return value ?? Number.NaN;
  }
}
