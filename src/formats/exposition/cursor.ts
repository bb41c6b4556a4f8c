// A position in the body and what both grammars read there: names, tokens, numbers; and where problems are kept.
import type { Buffer } from "node:buffer";
import { Decimal } from "./decimal.ts";
import type { Model } from "./model.ts";
import { decode, HASH_PRIME, HASH_SEED, hashOf } from "./names.ts";
import {
  BACKSLASH,
  CLASSES,
  CR,
  LABEL,
  LABEL_START,
  LF,
  NAME,
  NAME_START,
  parseInt64,
  QUOTE,
  SPACE,
  TAB,
} from "./numbers.ts";
import { problemAt } from "./problems.ts";

const LONG_LINE_BYTES = 1 << 20;

/** Class, because it has a life: a position that moves over one body. The end of the body reads as a line feed. */
export class Cursor {
  readonly model: Model;
  readonly bytes: Buffer;
  readonly strict: boolean;
  readonly decimal: Decimal;
  /** Problems kept of each id; the others are counted. */
  readonly problemsMax: number;
  /** Next byte to read. */
  at = 0;
  lineAt = 0;
  line = 0;
  /** Last name read: bytes [nameAt, nameEnd) and hash; -1: none. */
  nameAt = -1;
  nameEnd = -1;
  nameHash = 0;
  constructor(model: Model, problemsMax: number) {
    this.model = model;
    this.bytes = model.bytes;
    this.strict = model.format !== "prometheus";
    this.decimal = new Decimal(model.bytes, model.format);
    this.problemsMax = problemsMax;
  }

  /** Records a problem at offset `at` and answers false, so that a rule can return it. */
  problem(id: string, at: number, expected: string): false {
    const { model } = this;
    const before = model.problemCounts.get(id) ?? 0;
    model.problemCounts.set(id, before + 1);
    if (before < this.problemsMax) model.problems.push(problemAt(this, { id, at, expected }));
    return false;
  }

  /** Moves to the next line. */
  nextLine(): void {
    const { bytes } = this;
    let end = this.at;
    if (bytes[end] !== LF) {
      end = bytes.indexOf(LF, end);
      if (end < 0) end = bytes.length;
    }
    if (end - this.lineAt > LONG_LINE_BYTES && this.model.longLine < 0) this.model.longLine = this.line;
    this.at = end + 1;
    this.lineAt = this.at;
  }

  skipBlanks(): void {
    const { bytes } = this;
    let i = this.at;
    while (bytes[i] === SPACE || bytes[i] === TAB) i++;
    this.at = i;
  }

  /** A bare metric name at the cursor; false when there is none. */
  bareName(): boolean {
    const { bytes } = this;
    let i = this.at;
    if (((CLASSES[bytes[i] ?? LF] ?? 0) & NAME_START) === 0) return false;
    let hash = HASH_SEED;
    do {
      hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_PRIME);
      i++;
    } while (((CLASSES[bytes[i] ?? LF] ?? 0) & NAME) !== 0);
    this.nameAt = this.at;
    this.nameEnd = i;
    this.nameHash = hash;
    this.at = i;
    return true;
  }

  /** A bare label name at the cursor; false with a problem when there is none. */
  bareLabelName(): boolean {
    const { bytes } = this;
    let i = this.at;
    if (((CLASSES[bytes[i] ?? LF] ?? 0) & LABEL_START) === 0) return this.problem("label-name", i, "a label name");
    let hash = HASH_SEED;
    do {
      hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_PRIME);
      i++;
    } while (((CLASSES[bytes[i] ?? LF] ?? 0) & LABEL) !== 0);
    this.nameAt = this.at;
    this.nameEnd = i;
    this.nameHash = hash;
    this.at = i;
    return true;
  }

  /** A quoted name, cursor on its quote. Sets [quotedAt, quotedEnd) and the hash like `bareName`. */
  quotedName(id: "metric-name" | "label-name"): boolean {
    const { bytes } = this;
    const start = this.at + 1;
    let hash = HASH_SEED;
    let i = start;
    let legacy = ((CLASSES[bytes[start] ?? LF] ?? 0) & (id === "metric-name" ? NAME_START : LABEL_START)) !== 0;
    for (;;) {
      const c = bytes[i] ?? LF;
      if (c === QUOTE) break;
      if (c === LF) return this.problem(id, i, 'a closing quote (")');
      if (((CLASSES[c] ?? 0) & (id === "metric-name" ? NAME : LABEL)) === 0) legacy = false;
      hash = Math.imul(hash ^ c, HASH_PRIME);
      i++;
      if (c === BACKSLASH) {
        const escaped = bytes[i] ?? LF;
        if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== 110)
          return this.problem("escape", i - 1, 'one of \\\\, \\", \\n');
        hash = Math.imul(hash ^ escaped, HASH_PRIME);
        i++;
      }
    }
    if (i === start) return this.problem(id, start, "a name between the quotes");
    if (!legacy && this.model.quotedLine < 0) {
      this.model.quotedLine = this.line;
      this.model.quotedName = decode(bytes, start, Math.min(i, start + 200));
    }
    this.nameAt = start;
    this.nameEnd = i;
    this.nameHash = hash;
    this.at = i + 1;
    return true;
  }

  /** The same for a name that may be broken: no problem is kept. */
  quotedNameQuietly(): boolean {
    const { bytes } = this;
    const start = this.at + 1;
    let i = start;
    for (let c = bytes[i] ?? LF; c !== QUOTE; c = bytes[++i] ?? LF) {
      if (c === LF) return false;
      if (c === BACKSLASH) i++;
    }
    if (i === start) return false;
    this.nameAt = start;
    this.nameEnd = i;
    this.nameHash = hashOf(bytes, start, i);
    this.at = i + 1;
    return true;
  }

  /** Remembers a name of OpenMetrics that begins with an underscore. */
  reservedName(at: number, end: number): void {
    const { reserved } = this.model;
    if (reserved.length < this.problemsMax) reserved.push({ line: this.line, name: decode(this.bytes, at, end) });
  }

  /** Something that the format allows and expfmt refuses. */
  expfmtRefuses(at: number, what: string): void {
    this.problem("expfmt-refuses", at, `no ${what}: the format allows it, expfmt refuses it`);
  }

  /** End of the token at the cursor: the next blank or line feed. */
  tokenEnd(): number {
    const { bytes, strict } = this;
    let i = this.at;
    for (;;) {
      const c = bytes[i] ?? LF;
      if (c === SPACE || c === LF || (c === TAB && !strict)) return i;
      i++;
    }
  }

  /** The number in [cursor, end) or undefined, when it is none; the cursor moves behind it. */
  number(end: number): number | undefined {
    const value = this.decimal.exactly(this.at, end);
    if (this.decimal.end < 0) return undefined;
    this.at = end;
    return value;
  }

  integer(end: number): number | undefined {
    const value = parseInt64(decode(this.bytes, this.at, end));
    if (value !== undefined) this.at = end;
    return value;
  }

  /** Is there a carriage return directly before the end of the line, at offset `i`? */
  carriageReturn(i: number): boolean {
    return this.bytes[i] === CR && (this.bytes[i + 1] ?? LF) === LF;
  }
}
