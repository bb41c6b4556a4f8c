// Foreign text in Markdown and in the HTML within it: shown, never read as markup, never calling anybody. Pure.
import { harmless, visible } from "../../base/visible.ts";
import { cut } from "./wording.ts";

/** Blocks as one text; no line of it is a command to a CI system. */
export function finished(blocks: string[]): string {
  return `${blocks.join("\n\n").split("\n").map(harmless).join("\n")}\n`;
}

/** Text inside raw HTML. A comment between `@` and a name keeps GitHub from calling people, as between `#` and a number. */
export function htmlInMarkdown(text: string): string {
  return visible(text)
    .replace(/[&<>"]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : c === ">" ? "&gt;" : "&quot;"))
    .replace(/[@#](?=\w)/g, "$&<!-- -->");
}

/** Text in a paragraph, with everything escaped that markdown would read. */
export function prose(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]<>&|~$]/g, "\\$&")
    .replace(/[@#](?=\w)/g, "$&<!-- -->");
}

/** Foreign text as inline code; the fence is longer than any in the text. */
export function code(text: string): string {
  const shown = cut(visible(text), 1000);
  const fence = "`".repeat(1 + longest(shown));
  const space = shown.startsWith("`") || shown.endsWith("`") || shown.trim() === "" ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A table splits at `|` even inside code. */
export function tableCell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

export function fenced(lines: string[]): string {
  const fence = "`".repeat(Math.max(3, 1 + Math.max(...lines.map(longest))));
  return `${fence}text\n${lines.join("\n")}\n${fence}`;
}

function longest(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
