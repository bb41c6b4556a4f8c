// Lines of a terminal: display width, wrapping with a hanging indent, colours.
import { quietHashes } from "../../base/visible.ts";

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /\p{M}/u;

/** Columns that a terminal gives to the text; our own colours take none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text.replace(/\u001b\[[\d;]*m/g, ""))
    columns += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
  return columns;
}

export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Lines of at most `columns`; words longer than a line are broken unless `whole`. */
export function wrap(text: string, columns: number, whole = false): string[] {
  const room = Math.max(20, columns);
  const lines: string[] = [];
  let line = "";
  for (const word of quietHashes(text).split(" ")) {
    const joined = line === "" && lines.length === 0 ? word : `${line} ${word}`;
    if (columnsOf(line === "" ? word : joined) <= room && line !== "") {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = whole ? [word] : broken(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  lines.push(line);
  return lines.map((l) => l.trimEnd());
}

/** `label     text`, wrapped below the text. */
export function labelled(
  label: string,
  text: string,
  frame: { indent: number; label: number; columns: number },
): string[] {
  const before = frame.indent + frame.label;
  const [first = "", ...rest] = wrap(text, frame.columns - before);
  return [`${" ".repeat(frame.indent)}${pad(label, frame.label)}${first}`, ...rest.map((l) => " ".repeat(before) + l)];
}

function broken(word: string, room: number): string[] {
  if (columnsOf(word) <= room) return [word];
  const pieces: string[] = [];
  let piece = "";
  let columns = 0;
  for (const character of word) {
    const width = columnsOf(character);
    if (columns + width > room) {
      pieces.push(piece);
      piece = "";
      columns = 0;
    }
    piece += character;
    columns += width;
  }
  return [...pieces, piece];
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;

export type Style = keyof typeof CODES;
export type Paint = (text: string, ...styles: Style[]) => string;

export function painter(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) => (text === "" ? "" : `\u001b[${styles.map((s) => CODES[s]).join(";")}m${text}\u001b[0m`);
}
