// Where a column of an expression stands in the YAML file that holds it.
import { escapeRegex } from "../base/escape.ts";
import type { Place } from "../base/types.ts";

/** The place of an offset in an expression that stands somewhere after `from`, however YAML quotes and folds it. */
export function inside(from: Place, text: string, code: string, offset: number): Place {
  const start = offsetOfLine(text, from.line ?? 1);
  const whole = new RegExp(pattern(code), "s").exec(text.slice(start));
  if (whole === null) return from;
  const before = new RegExp(`^${pattern(code.slice(0, offset))}\\s*`, "s").exec(whole[0]);
  const at = start + whole.index + (before?.[0].length ?? 0);
  const lines = text.slice(0, at).split("\n");
  return { file: from.file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Spaces may be line ends, quotes may be escaped or doubled, backslashes doubled. */
function pattern(code: string): string {
  return code
    .split(/(\s+)/)
    .map((part) =>
      /^\s+$/.test(part)
        ? "\\s+"
        : escapeRegex(part).replaceAll("\\\\", "\\\\{1,2}").replaceAll('"', '\\\\?"').replaceAll("'", "''?"),
    )
    .join("");
}

function offsetOfLine(text: string, wanted: number): number {
  let at = 0;
  for (let i = 1; i < wanted; i++) {
    const next = text.indexOf("\n", at);
    if (next === -1) return at;
    at = next + 1;
  }
  return at;
}
