// TOML 1.0 and 1.1 with places: smol-toml decides and gives values, toml-eslint-parser says where they stand.
import { parse, TomlDate, TomlError } from "smol-toml";
import type { AST } from "toml-eslint-parser";
import { isObject, pointer as pointerOf } from "../../base/json.ts";
import type { Json } from "../../base/types.ts";
import { depthMax, type LineColumn, Notes, type ParsedDocument } from "./parsed.ts";

const int64Max = 2n ** 63n - 1n;

/** Dates, nan and inf become text, integers that no double holds exactly become the nearest; both with a warning. */
export async function parseTomlDocument(text: string): Promise<ParsedDocument> {
  const notes = new Notes();
  let raw: unknown;
  try {
    raw = parse(text, { integersAsBigInt: "asNeeded", maxDepth: depthMax });
  } catch (error) {
    if (error instanceof TomlError) {
      const message = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
      notes.fail(tomlKind(message), message, [error.line, error.column]);
    } else if (error instanceof RangeError) notes.fail("depth", `nested deeper than ${depthMax}`);
    else throw error;
    return notes.result({});
  }
  await findPlaces(text, notes);
  const data = jsonOf(raw, [], notes);
  return notes.result(notes.problem === undefined ? { data } : {});
}

function tomlKind(message: string): string {
  if (/redefine/.test(message)) return "duplicate-key";
  return /nested/.test(message) ? "depth" : "syntax";
}

function jsonOf(value: unknown, path: (string | number)[], notes: Notes): Json {
  const at = () => notes.places.get(pointerOf(path)) ?? [1, 1];
  if (path.length > depthMax) {
    notes.fail("depth", `nested deeper than ${depthMax}`);
    return null;
  }
  if (typeof value === "bigint") {
    if (value > int64Max || value < -int64Max - 1n) notes.fail("number", `${value} does not fit into 64 bits`, at());
    else notes.warn("number", `${value} is not exact as a double`, at());
    return Number(value);
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    notes.warn("number", `${name} is kept as text`, at());
    return name;
  }
  if (value instanceof TomlDate) {
    const text = value.toISOString();
    if (text.startsWith("0000-")) notes.warn("year-0", "the year 0000, which Python's reader does not take", at());
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => jsonOf(item, [...path, index], notes));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item, [...path, key], notes)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** Places are a help: where the second parser cannot follow, there are none. It also tells what TOML 1.0 does not have. */
async function findPlaces(text: string, notes: Notes): Promise<void> {
  notes.count("", [1, 1]);
  const { parseTOML, ParseError } = await import("toml-eslint-parser");
  try {
    parseTOML(text, { tomlVersion: "1.0" });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const place: LineColumn = [error.lineNumber, error.column + 1];
    // The parser that gives the values makes 2 March of 30 February.
    if (/invalid date/i.test(error.message)) notes.fail("date", "a date that no calendar has", place);
    else notes.warn("toml-1.1", `in TOML 1.1 only: ${error.message}`, place);
  }
  try {
    const [table] = parseTOML(text, { tomlVersion: "1.1" }).body;
    for (const node of table.body) {
      if (node.type === "TOMLKeyValue") placeKeyValue(node, [], notes);
      else {
        placeKeys(node.resolvedKey, node.key, notes);
        for (const pair of node.body) placeKeyValue(pair, node.resolvedKey, notes);
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
}

function placeKeys(path: (string | number)[], key: AST.TOMLKey, notes: Notes): void {
  const { line, column } = key.loc.start;
  // `[a.b.c]` may be the only place where `a` and `a.b` stand.
  for (let length = 1; length <= Math.min(path.length, depthMax); length++) {
    const pointer = pointerOf(path.slice(0, length));
    if (length === path.length || !notes.places.has(pointer)) notes.count(pointer, [line, column + 1]);
  }
}

function placeKeyValue(pair: AST.TOMLKeyValue, base: (string | number)[], notes: Notes): void {
  const names = pair.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  const path = [...base, ...names];
  placeKeys(path, pair.key, notes);
  placeContent(pair.value, path, notes);
}

function placeContent(node: AST.TOMLContentNode, path: (string | number)[], notes: Notes): void {
  const { line, column } = node.loc.start;
  if (node.type === "TOMLInlineTable") for (const pair of node.body) placeKeyValue(pair, path, notes);
  else if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) {
      notes.count(pointerOf([...path, index]), [element.loc.start.line, element.loc.start.column + 1]);
      placeContent(element, [...path, index], notes);
    }
  } else notes.count(pointerOf(path), [line, column + 1]);
}
