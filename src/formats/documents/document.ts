// Text of a JSON, YAML or TOML file -> data, with every fault and value at its line. Pure; parsers are loaded when needed.
import { pointer } from "../../base/json.ts";
import type { DocumentOptions, LineColumn, ParsedDocument } from "./parsed.ts";

export type DocumentFormat = "json" | "yaml" | "toml" | "text";

/** The format that a file's name says, else text. */
export function documentFormat(file: string): DocumentFormat {
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
