// Sample lines as nearly all are: bare names, single blanks, short decimals. Any other line is left, untouched, to the grammar.
import type { Buffer } from "node:buffer";
import type { Decimal } from "./decimal.ts";
import { QUANTILE_HASH } from "./label-names.ts";
import type { Model } from "./model.ts";
import { decode, HASH_PRIME, HASH_SEED, mix, type Names, SECOND_PRIME } from "./names.ts";
import { knownFamily } from "./naming.ts";
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  CLASSES,
  COMMA,
  EQUALS,
  LABEL,
  LETTER,
  LF,
  NAME,
  NAME_START,
  QUOTE,
  SPACE,
} from "./numbers.ts";
import { noteRefused } from "./refused.ts";
import type { Scanner } from "./scanner.ts";
import { type SampleFound, storeSample } from "./store.ts";

/** What `line` is asked for where families need not be known before their samples. */
export const ANY_FAMILY = -2;

/** A line with more labels is not plain. */
const LABELS_MAX = 32;

/** A longer line is left to the grammar, which tells its length. */
const PLAIN_BYTES = 1 << 20;

/**
 * Class, because it has a life: it remembers the plain line before. A line that begins with the same bytes goes on
 * behind the labels they share, and where the next labels have the same names these need not be read again: comparing
 * bytes is cheaper than hashing them. What it accepts, all three formats accept, and mean the same by it.
 */
export class PlainLines {
  private readonly scanner: Scanner;
  private readonly model: Model;
  private readonly bytes: Buffer;
  private readonly names: Names;
  /** Offset of the last line feed of the body: reading stops there at the latest, so never behind the body. */
  private readonly lastFeed: number;
  private readonly decimal: Decimal;
  private readonly found: SampleFound = { seriesAt: 0, seriesEnd: 0, value: 0, time: 0, family: 0 };

  /** The line before: its offset (-1: none), its name, and of each label what follows; places count from its start. */
  private at = -1;
  private nameLength = 0;
  private nameHash = 0;
  private nameId = -1;
  private family = -1;
  private labels = 0;
  /** Index of the label `le`, of `quantile`; -1: none. */
  private le = -1;
  private quantile = -1;
  private readonly labelNameLength = new Int32Array(LABELS_MAX);
  private readonly labelHash = new Int32Array(LABELS_MAX);
  private readonly valueAt = new Int32Array(LABELS_MAX);
  /** Behind the closing quote, and the sums up to there; entry k + 1 is of label k, entry 0 of the name alone. */
  private readonly end = new Int32Array(LABELS_MAX + 1);
  private readonly sumA = new Int32Array(LABELS_MAX + 1);
  private readonly sumB = new Int32Array(LABELS_MAX + 1);
  private readonly shape = new Int32Array(LABELS_MAX + 1);

  constructor(scanner: Scanner) {
    this.scanner = scanner;
    this.model = scanner.model;
    this.bytes = scanner.bytes;
    this.names = scanner.model.names;
    this.lastFeed = scanner.bytes.lastIndexOf(LF);
    this.decimal = scanner.decimal;
  }

  /**
   * Reads and stores the line at the cursor, which moves to the next one. False: nothing was read, since the line is not
   * plain, or its family is another one than `family` (`ANY_FAMILY`: any will do, a new one too).
   */
  line(family: number): boolean {
    if (this.scanner.at > this.lastFeed) return false;
    if (this.read(this.scanner.at, family)) return true;
    this.at = -1;
    return false;
  }

  private read(start: number, wanted: number): boolean {
    const { bytes, decimal, scanner, found } = this;
    let shared = this.shared(start);
    if (shared < 0) {
      if (!this.name(start)) return false;
      shared = 0;
    }
    const { family } = this;
    if (wanted !== ANY_FAMILY && (family < 0 || family !== wanted)) return false;
    const seriesEnd = this.labelSet(start, shared);
    if (seriesEnd < 0 || bytes[seriesEnd] !== SPACE) return false;
    found.value = decimal.token(seriesEnd + 1);
    let end = decimal.end;
    if (end < 0) return false;
    found.time = Number.NaN;
    if (bytes[end] === SPACE) {
      found.time = decimal.timestamp(end + 1);
      end = decimal.end;
      if (end < 0) return false;
    }
    if (bytes[end] !== LF || end - start > PLAIN_BYTES) return false;
    found.seriesAt = start;
    found.seriesEnd = seriesEnd;
    if (family < 0) this.family = this.model.addFamily(this.nameId, scanner.line);
    found.family = this.family;
    this.at = start;
    this.tell(start);
    if (!storeSample(scanner, found)) noteRefused(scanner);
    scanner.at = end + 1;
    scanner.lineAt = end + 1;
    return true;
  }

  /** Number of labels that the line at `start` has in common with the one before; -1: not even the name. */
  private shared(start: number): number {
    const { bytes, at, nameLength, labels, end } = this;
    if (at < 0) return -1;
    const limit = end[labels] ?? 0;
    const same = this.names.alike(start, at, limit);
    if (same < nameLength) return -1;
    let shared = labels;
    while (shared > 0 && (end[shared] ?? 0) > same) shared--;
    const next = bytes[start + nameLength];
    return shared > 0 || next === BRACE_OPEN || next === SPACE ? shared : -1;
  }

  /** A bare name. */
  private name(start: number): boolean {
    const { bytes } = this;
    let i = start;
    let c = bytes[i] ?? LF;
    if (((CLASSES[c] ?? 0) & NAME_START) === 0) return false;
    let hash = HASH_SEED;
    do {
      hash = Math.imul(hash ^ c, HASH_PRIME);
      c = bytes[++i] ?? LF;
    } while (((CLASSES[c] ?? 0) & NAME) !== 0);
    this.nameId = this.names.intern(start, i, hash);
    this.family = knownFamily(this.model, this.nameId) ?? -1;
    this.nameLength = i - start;
    this.nameHash = hash;
    this.labels = 0;
    this.end[0] = i - start;
    return true;
  }

  /** Reads the labels from number `shared` on; offset behind the series, or -1. */
  private labelSet(start: number, shared: number): number {
    const { bytes, end } = this;
    let was = end[shared] ?? 0;
    let i = start + was;
    let k = shared;
    if (k === 0 && bytes[i] !== BRACE_OPEN) {
      this.labels = 0;
      return i;
    }
    for (;;) {
      const c = bytes[i];
      if (k > 0 && c !== COMMA) {
        if (c !== BRACE_CLOSE) return -1;
        this.labels = k;
        return i + 1;
      }
      if (k === LABELS_MAX) return -1;
      const next = end[k + 1] ?? 0;
      const valueAt = k < this.labels ? this.sameName(k, i + 1, this.at + was + 1) : this.labelName(k, i + 1);
      if (valueAt < 0) return -1;
      i = this.value(start, k, valueAt);
      if (i < 0) return -1;
      was = next;
      k++;
    }
  }

  /** Offset of the value of label `k`, whose name may be that of the line before, which stands at `before`; -1: not plain. */
  private sameName(k: number, at: number, before: number): number {
    const length = (this.labelNameLength[k] ?? 0) + 2;
    if (this.names.alike(at, before, length) >= length) return at + length;
    this.labels = k;
    return this.labelName(k, at);
  }

  /** The same for a name that is read anew. */
  private labelName(k: number, at: number): number {
    const { bytes, labelHash } = this;
    let i = at;
    let c = bytes[i] ?? LF;
    // With an underscore begin the names that are reserved.
    if (((CLASSES[c] ?? 0) & LETTER) === 0) return -1;
    let hash = HASH_SEED;
    do {
      hash = Math.imul(hash ^ c, HASH_PRIME);
      c = bytes[++i] ?? LF;
    } while (((CLASSES[c] ?? 0) & LABEL) !== 0);
    if (c !== EQUALS || bytes[i + 1] !== QUOTE) return -1;
    for (let j = 0; j < k; j++) if (labelHash[j] === hash) return -1;
    const length = i - at;
    labelHash[k] = hash;
    this.labelNameLength[k] = length;
    if (this.le >= k) this.le = -1;
    if (this.quantile >= k) this.quantile = -1;
    if (length === 2 && bytes[at] === 108 && bytes[at + 1] === 101) this.le = k;
    else if (length === 8 && hash === QUANTILE_HASH && decode(bytes, at, i) === "quantile") this.quantile = k;
    return i + 2;
  }

  /** Hashes the value at `at`, into the sums of label `k`; offset behind its quote, or -1. */
  private value(start: number, k: number, at: number): number {
    const { bytes, sumA, sumB, shape } = this;
    const hash = this.labelHash[k] ?? 0;
    let a = hash ^ 0xff;
    let b = hash ^ 0x55aa;
    let i = at;
    for (let c = bytes[i] ?? LF; c !== QUOTE; c = bytes[i] ?? LF) {
      if (c === LF) return -1;
      a = Math.imul(a ^ c, HASH_PRIME);
      b = Math.imul(b ^ c, SECOND_PRIME);
      i++;
      if (c !== BACKSLASH) continue;
      const escaped = bytes[i] ?? LF;
      if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== 110) return -1;
      a = Math.imul(a ^ escaped, HASH_PRIME);
      b = Math.imul(b ^ escaped, SECOND_PRIME);
      i++;
    }
    i++;
    this.valueAt[k] = at - start;
    this.end[k + 1] = i - start;
    sumA[k + 1] = (sumA[k] ?? 0) + mix(a);
    sumB[k + 1] = (sumB[k] ?? 0) + mix(b);
    shape[k + 1] = (shape[k] ?? 0) + mix(hash);
    return i;
  }

  /** Tells the scanner what was read, as if it had read it. */
  private tell(start: number): void {
    const { scanner, labels, le, quantile, sumA, sumB } = this;
    scanner.nameId = this.nameId;
    scanner.nameHash = this.nameHash;
    scanner.sumA = sumA[labels] ?? 0;
    scanner.sumB = sumB[labels] ?? 0;
    scanner.shape = this.shape[labels] ?? 0;
    scanner.leAt = -1;
    scanner.quantileAt = -1;
    if (le >= 0 && le < labels) {
      scanner.leAt = start + (this.valueAt[le] ?? 0);
      scanner.leEnd = start + (this.end[le + 1] ?? 0) - 1;
      scanner.leA = ((sumA[le + 1] ?? 0) - (sumA[le] ?? 0)) | 0;
      scanner.leB = ((sumB[le + 1] ?? 0) - (sumB[le] ?? 0)) | 0;
    }
    if (quantile >= 0 && quantile < labels) {
      scanner.quantileAt = start + (this.valueAt[quantile] ?? 0);
      scanner.quantileEnd = start + (this.end[quantile + 1] ?? 0) - 1;
      scanner.quantileA = ((sumA[quantile + 1] ?? 0) - (sumA[quantile] ?? 0)) | 0;
      scanner.quantileB = ((sumB[quantile + 1] ?? 0) - (sumB[quantile] ?? 0)) | 0;
    }
  }
}
