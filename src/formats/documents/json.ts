// JSON text with places: one strict scan that knows lines, duplicate keys, depth and numbers; the value comes from JSON.parse.

import { pointer as pointerOf } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { depthMax, type LineColumn, lineFinder, Notes, type ParsedDocument } from "./parsed.ts";

const space = /[ \t\n\r]*/y;
const string = /"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const word = /true|false|null/y;

/** RFC 8259, strictly; duplicate keys, numbers no double holds and nesting below 64 are problems. */
export function parseJsonDocument(text: string): ParsedDocument {
  const scan = new JsonScan(text);
  const whole = scan.document() && scan.notes.problem?.kind !== "number";
  return scan.notes.result(whole ? { data: JSON.parse(text) as Json } : {});
}

class JsonScan {
  readonly notes = new Notes();
  readonly #text: string;
  readonly #lineAt: (offset: number) => LineColumn;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lineAt = lineFinder(text);
  }

  /** False: it is no JSON text, or one that must not be parsed. */
  document(): boolean {
    if (this.#text.startsWith("\ufeff")) return this.#wrong("begins with a byte order mark");
    if (!this.#value("", undefined, 0)) return false;
    this.#take(space);
    return this.#at === this.#text.length || this.#wrong("there is more after the end of the value");
  }

  /** `keyAt`: offset of the key it belongs to. */
  #value(pointer: string, keyAt: number | undefined, depth: number): boolean {
    this.#take(space);
    const start = this.#at;
    const c = this.#text[start];
    const collection = c === "{" || c === "[";
    const place = this.#lineAt(collection ? (keyAt ?? start) : start);
    if (!this.notes.count(pointer, place)) return this.#refuse("size", "holds too many values");
    if (collection && depth >= depthMax) return this.#refuse("depth", `nested deeper than ${depthMax}`);
    if (c === "{") return this.#object(pointer, depth + 1);
    if (c === "[") return this.#array(pointer, depth + 1);
    if (this.#take(string) !== undefined || this.#take(word) !== undefined) return true;
    const digits = this.#take(number);
    return digits === undefined ? this.#wrong(this.#unexpected("a value")) : this.#number(digits, place);
  }

  #number(digits: string, place: LineColumn): boolean {
    const value = Number(digits);
    if (!Number.isFinite(value)) {
      this.notes.fail("number", `${shown(digits)} is larger than any double`, place);
    } else if (/^-?[0-9]+$/.test(digits) && !Number.isSafeInteger(value)) {
      this.notes.warn("number", `${shown(digits)} is not exact as a double`, place);
    }
    return true;
  }

  #object(pointer: string, depth: number): boolean {
    const seen = new Set<string>();
    this.#at++;
    if (this.#next("}")) return true;
    do {
      this.#take(space);
      const keyAt = this.#at;
      const raw = this.#take(string);
      if (raw === undefined) return this.#wrong(this.#unexpected("a key in double quotes"));
      const key = JSON.parse(raw) as string;
      if (seen.has(key)) this.notes.fail("duplicate-key", `the key ${shown(raw)} is there twice`, this.#lineAt(keyAt));
      seen.add(key);
      if (!this.#next(":")) return this.#wrong(this.#unexpected('":"'));
      if (!this.#value(pointer + pointerOf([key]), keyAt, depth)) return false;
    } while (this.#next(","));
    return this.#next("}") || this.#wrong(this.#unexpected('"," or "}"'));
  }

  #array(pointer: string, depth: number): boolean {
    this.#at++;
    if (this.#next("]")) return true;
    let index = 0;
    do {
      if (!this.#value(`${pointer}/${index++}`, undefined, depth)) return false;
    } while (this.#next(","));
    return this.#next("]") || this.#wrong(this.#unexpected('"," or "]"'));
  }

  #next(character: string): boolean {
    this.#take(space);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): string {
    const rest = this.#text.slice(this.#at, this.#at + 20).split("\n")[0] ?? "";
    return this.#at >= this.#text.length
      ? `ends where ${wanted} is due`
      : `${JSON.stringify(rest)} where ${wanted} is due`;
  }

  #wrong(message: string): false {
    return this.#refuse("syntax", message);
  }

  #refuse(kind: string, message: string): false {
    // A text that ends too early is faulty at its end, whatever came before.
    this.notes.problem = undefined;
    this.notes.fail(kind, message, this.#lineAt(this.#at));
    return false;
  }
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
