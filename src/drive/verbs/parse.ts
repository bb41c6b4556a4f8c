// `parse`: text that a module printed -> a JSON or TOML document, also when something else stands before it.
import { hasParts } from "../../base/json.ts";
import type { Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { parseWords } from "../../contract/words/parse.ts";
import { parseDocument } from "../../formats/documents/document.ts";
import type { ParsedDocument } from "../../formats/documents/parsed.ts";
import type { Verb } from "./verb.ts";

const textMax = 64 * 1024;

export const parseVerb: Verb<ArgOf<typeof parseWords>> = {
  ...parseWords,
  async run({ text }): Promise<Observation> {
    const shown = text.slice(0, textMax);
    const whole = await documentOf(text);
    if (whole.parsed.data !== undefined && notEmpty(whole.parsed))
      return { ok: true, ...result(whole), text: shown, salvaged: false };
    const lines = text.split("\n");
    for (let skip = 1; skip < Math.min(lines.length, 50); skip++) {
      const rest = await documentOf(lines.slice(skip).join("\n"));
      if (rest.parsed.data !== undefined && notEmpty(rest.parsed))
        return { ok: true, ...result(rest), text: shown, salvaged: true };
    }
    return {
      ok: false,
      problem: text.trim() === "" ? "nothing was printed" : (whole.parsed.problem?.message ?? "no document"),
      text: shown,
    };
  },
};

async function documentOf(text: string): Promise<{ format: "json" | "toml"; parsed: ParsedDocument }> {
  const format = text.trimStart().startsWith("{") ? "json" : "toml";
  return { format, parsed: await parseDocument(text, format) };
}

function notEmpty({ data }: ParsedDocument): boolean {
  return hasParts(data) && Object.keys(data).length > 0;
}

function result({ format, parsed }: { format: string; parsed: ParsedDocument }): {
  format: string;
  data: NonNullable<ParsedDocument["data"]> | null;
} {
  return { format, data: parsed.data ?? null };
}
