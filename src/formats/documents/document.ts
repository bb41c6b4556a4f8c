// Text of a JSON, YAML or TOML file -> data, with every fault and value at its line. Pure; parsers are loaded when needed.
import { jsonDepthMax, pointer } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";

export type DocumentFormat = "json" | "yaml" | "toml" | "text";

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
}

/** Deepest nesting that is read. */
export const depthMax = jsonDepthMax;
/** Values a document may hold, aliases expanded. */
export const nodesMax = 200_000;
/** Places remembered. */
export const placesMax = 2000;

/** The format that a file's name says, else text. */
export function formatOf(file: string): DocumentFormat {
  if (/\.(json|jsonc|webmanifest)$/i.test(file)) return "json";
  if (/\.ya?ml$/i.test(file)) return "yaml";
  return /\.toml$/i.test(file) ? "toml" : "text";
}

/** Parses; never throws for anything in the text. */
export async function parseDocument(
  text: string,
  format: DocumentFormat,
  options: DocumentOptions = {},
): Promise<ParsedDocument> {
  if (format === "json") return (await import("./json.ts")).parseJsonDocument(text);
  if (format === "yaml") return (await import("./yaml.ts")).parseYamlDocument(text, options);
  if (format === "toml") return (await import("./toml.ts")).parseTomlDocument(text);
  return { data: text, warnings: [], places: new Map() };
}

/** Where the value at a path stands, or the nearest thing around it that is there. */
export async function positionOf(
  text: string,
  format: DocumentFormat,
  path: readonly (string | number)[],
): Promise<LineColumn | undefined> {
  const { places } = await parseDocument(text, format);
  for (let length = path.length; length >= 0; length--) {
    const place = places.get(pointer(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return undefined;
}

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
