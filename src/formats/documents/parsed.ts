// A parsed document with its faults and places, and what the parsers collect while they walk.
import { jsonDepthMax } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";

/** 1-based; columns count UTF-16 units. */
export type LineColumn = [line: number, column: number];

/** A fault or an oddity. `kind` is stable: `syntax`, `duplicate-key`, `depth`, `alias`, `number`, `documents`, `key`, `tag`. */
export type DocumentNote = { kind: string; message: string; line?: number; column?: number };

export interface ParsedDocument {
  /** Absent when the text does not parse. With a duplicate key the last value stands. */
  data?: Json;
  /** All documents of a YAML stream, when asked for; pointers then begin with the document's number. */
  documents?: Json[];
  problem?: DocumentNote;
  /** What was read in spite of being odd: lost precision, unknown tags, values that JSON has no word for. */
  warnings: DocumentNote[];
  /** RFC 6901 pointer -> where it stands: a scalar's own place, the key's place of a map or list. */
  places: Map<string, LineColumn>;
  /** Not every value is in `places`. */
  placesCut?: boolean;
}

export interface DocumentOptions {
  /** YAML: take a stream of any number of documents. */
  documents?: boolean;
  /** YAML: `<<` merges maps, as in YAML 1.1. */
  merge?: boolean;
  /** YAML: plain words mean what kubectl takes them for (YAML 1.1 as go-yaml has it): `yes`, `017500`, `8_000`; `<<` merges. */
  kubectl?: boolean;
}

/** Deepest nesting that is read. */
export const depthMax = jsonDepthMax;
/** Values a document may hold, aliases expanded. */
const nodesMax = 200_000;
/** Places remembered. */
const placesMax = 2000;

/** Offset -> line and column. */
export function lineFinder(text: string): (offset: number) => LineColumn {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (starts[low] ?? 0) + 1];
  };
}

/** What the parsers collect while they walk. */
export class Notes {
  readonly warnings: DocumentNote[] = [];
  readonly places = new Map<string, LineColumn>();
  problem: DocumentNote | undefined;
  #nodes = 0;
  #cut = false;

  /** Counts one value; false when there are too many. */
  count(pointer: string, place: LineColumn): boolean {
    if (this.places.size < placesMax) this.places.set(pointer, place);
    else this.#cut = true;
    return ++this.#nodes <= nodesMax;
  }

  warn(kind: string, message: string, [line, column]: LineColumn): void {
    if (this.warnings.length < 100) this.warnings.push({ kind, message, line, column });
  }

  /** The first problem stands. */
  fail(kind: string, message: string, place?: LineColumn): void {
    this.problem ??= { kind, message, ...(place === undefined ? {} : { line: place[0], column: place[1] }) };
  }

  result(data: Pick<ParsedDocument, "data" | "documents">): ParsedDocument {
    const { warnings, places, problem } = this;
    return { ...data, ...(problem ? { problem } : {}), warnings, places, ...(this.#cut ? { placesCut: true } : {}) };
  }
}
