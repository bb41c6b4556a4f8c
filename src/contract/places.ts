// YAML with places: values for conform, lines and columns for its complaints.
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Complaint } from "../base/errors.ts";
import type { Json, Place } from "../base/types.ts";

/** A parsed YAML file and where its parts stand. */
export interface PlacedYaml {
  file: string;
  value: Json;
  /** Place of the value at a path, or of its nearest ancestor. With `key`, place of the key itself. */
  placeOf(path: readonly (string | number)[], key?: boolean): Place;
  complaints: Complaint[];
}

/** Parses YAML 1.2 (core) with unique keys; merge keys `<<` are allowed. Faults come as complaints. */
export function parsePlacedYaml(text: string, file: string): PlacedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: true, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const complaints = document.errors.map((error) => ({ place: at(error.pos[0]), message: error.message }));
  const value = complaints.length === 0 ? resolved(document) : null;
  if (value instanceof Error) complaints.push({ place: at(aliasOf(document)), message: value.message });
  return {
    file,
    value: value instanceof Error ? null : value,
    placeOf: (path, key = false) => at(offsetOf(document, path, key)),
    complaints,
  };
}

/** Aliases are resolved now: one that names nothing, or that makes much out of little, is a fault of the file. */
function resolved(document: Document.Parsed): Json | Error {
  try {
    return document.toJS({ maxAliasCount: 1000 }) as Json;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Where the first alias stands. */
function aliasOf(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias(_, node) {
      offset = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[], key: boolean): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!isPair(pair)) return offset;
      const keyOffset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
      const last = depth === path.length - 1;
      offset = last && !key && isNode(node) ? (node.range?.[0] ?? keyOffset) : keyOffset;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
