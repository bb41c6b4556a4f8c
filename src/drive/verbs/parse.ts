// `parse`: text that a module printed -> a JSON or TOML document, also when something else stands before it.
import * as z from "zod";
import type { Observation } from "../../base/types.ts";
import { parseDocument } from "../../formats/documents/document.ts";
import type { ParsedDocument } from "../../formats/documents/parsed.ts";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({ text: z.string() });
const textMax = 64 * 1024;

/** The observation is {ok, format, data, text, salvaged} or {ok: false, problem, text}. `salvaged`: lines before the document were left out. */
export const parse: Verb<z.infer<typeof shape>> = {
  name: "parse",
  about: "Reads text as one JSON or TOML document; lines before it are left out and the observation says so.",
  schema: shape,
  primary: "text",
  targets: ["command", "folder", "url"],
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
  return data !== null && typeof data === "object" && Object.keys(data).length > 0;
}

function result({ format, parsed }: { format: string; parsed: ParsedDocument }): {
  format: string;
  data: NonNullable<ParsedDocument["data"]> | null;
} {
  return { format, data: parsed.data ?? null };
}
