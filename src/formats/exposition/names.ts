// Interned names: each different byte string gets a small number, without making a string.
import type { Buffer } from "node:buffer";
import { BACKSLASH } from "./numbers.ts";

/** Text of bytes[at, end); broken UTF-8 becomes U+FFFD. A Buffer, because it decodes short pieces fast. */
export function decode(bytes: Buffer, at: number, end: number): string {
  return bytes.toString("utf8", at, end);
}

/** Escapes of label values, help texts and quoted names. Unknown ones keep their backslash. */
export function unescaped(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\([\\n"])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped))
    : text;
}

export const HASH_SEED = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;
/** Of the second, independent hash of label values. */
export const SECOND_PRIME = 0x5bd1e995;

/** Spreads the bits of a byte-wise hash (finalizer of MurmurHash3). */
export function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of bytes[at, end) as the scanner computes it while reading a name. */
export function hashOf(bytes: Uint8Array, at: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = at; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_PRIME);
  return hash;
}

/** Names are compared by their bytes as written; quoted and bare spellings of one name have the same bytes. */
export class Names {
  count = 0;
  at = new Uint32Array(64);
  length = new Uint32Array(64);
  private hash = new Int32Array(64);
  private slots = new Int32Array(256);
  private readonly bytes: Buffer;
  /** The same bytes, to be compared four at a time. */
  private readonly words: DataView;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Number of the name in bytes[at, end), or -1. */
  find(at: number, end: number, hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = mix(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = (this.slots[slot] ?? 0) - 1;
      if (id < 0 || (this.hash[id] === hash && this.equals(id, at, end))) return id;
    }
  }

  /** Number of the name in bytes[at, end), given one when it is new. */
  intern(at: number, end: number, hash: number): number {
    const known = this.find(at, end, hash);
    if (known >= 0) return known;
    const id = this.count++;
    if (id >= this.at.length) this.grow();
    this.at[id] = at;
    this.length[id] = end - at;
    this.hash[id] = hash;
    if (this.count * 2 > this.slots.length) this.rehash();
    else this.place(id);
    return id;
  }

  text(id: number): string {
    const at = this.at[id] ?? 0;
    return unescaped(decode(this.bytes, at, at + (this.length[id] ?? 0)));
  }

  /** Do the last bytes of the name equal `suffix` (ASCII), with something before it? */
  endsWith(id: number, suffix: string): boolean {
    const length = this.length[id] ?? 0;
    if (length <= suffix.length) return false;
    const from = (this.at[id] ?? 0) + length - suffix.length;
    for (let i = 0; i < suffix.length; i++) if (this.bytes[from + i] !== suffix.charCodeAt(i)) return false;
    return this.bytes[from - 1] !== BACKSLASH;
  }

  /**
   * Number of bytes of the body that are alike from `x` and from `y` on, as far as it is below `limit`; else `limit` or a
   * little more. Four at a time, which reads up to three bytes behind: at the end of the body it is one at a time.
   */
  alike(x: number, y: number, limit: number): number {
    const { words } = this;
    let same = 0;
    if (Math.max(x, y) + limit + 4 > words.byteLength) {
      while (same < limit && words.getUint8(x + same) === words.getUint8(y + same)) same++;
      return same;
    }
    for (; same < limit; same += 4) {
      const other = words.getInt32(x + same, true) ^ words.getInt32(y + same, true);
      if (other !== 0) return same + ((31 - Math.clz32(other & -other)) >> 3);
    }
    return same;
  }

  private equals(id: number, at: number, end: number): boolean {
    const length = end - at;
    if (this.length[id] !== length) return false;
    return this.alike(this.at[id] ?? 0, at, length) >= length;
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    let slot = mix(this.hash[id] ?? 0) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = id + 1;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 4);
    for (let id = 0; id < this.count; id++) this.place(id);
  }

  private grow(): void {
    const double = <A extends Uint32Array | Int32Array>(old: A, next: A): A => {
      next.set(old);
      return next;
    };
    this.at = double(this.at, new Uint32Array(this.at.length * 2));
    this.length = double(this.length, new Uint32Array(this.length.length * 2));
    this.hash = double(this.hash, new Int32Array(this.hash.length * 2));
  }
}
