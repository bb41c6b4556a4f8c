// Foreign text made visible: what a terminal, a browser or a reader would swallow is shown as `\u001b` (`\u{e0001}` above U+FFFF).

/**
 * Control characters, invisible and direction-changing format characters, line separators, lone surrogates,
 * noncharacters, and letters that draw nothing.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u115f\u1160\u17b4\u17b5\u3164\uffa0]|\u034f/gu;

/** Most texts are this, and need not be looked at character by character. */
const PLAIN = /^[ -~]*$/;
const PLAIN_JSON = /^[ -~\n]*$/;

/** One line of text: nothing hidden is left, line ends and tabs become `\n`, `\r`, `\t`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, shown);
}

/** The same for text of several lines: line feeds stay; a tab stays. */
export function visibleLines(text: string): string {
  return text.replace(HIDDEN, (c) => (c === "\n" || c === "\t" ? c : shown(c)));
}

/** JSON text with everything hidden as JSON escapes: the same value when read back, harmless when printed. */
export function visibleJson(json: string): string {
  if (PLAIN_JSON.test(json)) return quietHashes(json);
  return quietHashes(json.replace(HIDDEN, (c) => (c === "\n" ? c : units(c))));
}

/**
 * A printed line that no CI system takes for a command: GitHub reads `::name::` at a line's start (spaces before it do
 * not count) and `##[name]` anywhere, Azure `##vso[`, TeamCity `##teamcity[`.
 */
export function harmless(line: string): string {
  return quietHashes(line.replace(/^(\s*):(?=:)/, "$1\\u003a"));
}

/** The part of `harmless` that holds within a line too. */
export function quietHashes(text: string): string {
  if (!text.includes("##")) return text;
  return text.replace(/#(?=#[a-z.]*\[)/gi, "\\u0023");
}

function shown(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** UTF-16 units as JSON writes them. */
function units(character: string): string {
  let out = "";
  for (let i = 0; i < character.length; i++) out += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return out;
}
