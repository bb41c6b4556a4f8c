// Regular expressions in time linear in the text (RE2): patterns come from contracts and modules, texts from modules.
import { RE2JS } from "re2js";
import { ContractError } from "./errors.ts";

/** One match: where it begins (UTF-16 units), its text, and its groups from 1 on; a group that took no part is undefined. */
export interface RegexMatch {
  index: number;
  text: string;
  groups: (string | undefined)[];
}

/** A compiled pattern. Every call on one text takes time linear in its length, `all` and `replace` are bounded by `searchMs`. */
export interface LinearRegex {
  source: string;
  /** Does it match anywhere in the text? */
  test(text: string): boolean;
  /** The first match. */
  first(text: string): RegexMatch | undefined;
  /** Matches from left to right, none overlapping, at most `most`. Throws ContractError when finding them takes too long. */
  all(text: string, most?: number): RegexMatch[];
  /** Every match replaced; `$1` and `$&` stand for groups and the match, `$$` for a dollar sign. Throws ContractError as `all` does. */
  replace(text: string, by: string): string;
}

/** Finding all matches may look at the rest of the text once per match; what takes longer than this is told as such. */
const searchMs = 1_000;

const known = new Map<string, LinearRegex>();
/** Patterns may come from a module's own documents: what is remembered has a bound. */
const knownMax = 2_000;

/**
 * A pattern in RE2 syntax, as CEL's `matches` has it. Flags: `i` (any case), `m` (`^` and `$` at lines), `s` (`.` matches line ends too); `u` and
 * `g` change nothing. Throws ContractError for what RE2 does not have (look-around, back-references, counts above 1000) and for bad syntax.
 */
export function re2(source: string, flags = ""): LinearRegex {
  const key = `${flags} ${source}`;
  let regex = known.get(key);
  if (regex === undefined) {
    regex = linear(source, compiled(source, source, flags));
    remember(key, regex);
  }
  return regex;
}

/** A pattern in ECMAScript's syntax, as JSON Schema has it, with its meaning of `.`, `\s`, `\uXXXX` and `\p{...}`. Otherwise as `re2`. */
export function ecmaRegex(source: string, flags = ""): LinearRegex {
  const key = `ecma ${flags} ${source}`;
  let regex = known.get(key);
  if (regex === undefined) {
    regex = linear(source, compiled(source, translated(source, flags.includes("s")), flags));
    remember(key, regex);
  }
  return regex;
}

function remember(key: string, regex: LinearRegex): void {
  if (known.size >= knownMax) known.clear();
  known.set(key, regex);
}

function compiled(source: string, pattern: string, flags: string): RE2JS {
  let bits = 0;
  if (flags.includes("i")) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes("m")) bits |= RE2JS.MULTILINE;
  if (flags.includes("s")) bits |= RE2JS.DOTALL;
  try {
    return RE2JS.compile(pattern, bits);
  } catch (error) {
    throw new ContractError(`regular expression \`${source}\`: ${whyNot(source, error)}`);
  }
}

function whyNot(source: string, error: unknown): string {
  if (/\(\?(?:<?[=!])/.test(source))
    return "look-ahead and look-behind are not in RE2, whose matching takes linear time";
  if (/\\[1-9]|\\k</.test(source)) return "back-references are not in RE2, whose matching takes linear time";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error parsing regexp: /, "") + (message.includes("repeat count") ? " (at most 1000)" : "");
}

function linear(source: string, regex: RE2JS): LinearRegex {
  const matches = function* (text: string): Generator<RegexMatch> {
    const end = performance.now() + searchMs;
    for (const match of regex.matchAll(text)) {
      yield { index: match.index ?? 0, text: match[0], groups: match.slice(1) };
      if (performance.now() > end)
        throw new ContractError(`regular expression \`${source}\`: finding all matches took more than ${searchMs} ms`);
    }
  };
  return {
    source,
    test: (text) => regex.test(text),
    first: (text) => matches(text).next().value ?? undefined,
    all(text, most = Number.POSITIVE_INFINITY) {
      const found: RegexMatch[] = [];
      for (const match of matches(text)) {
        if (found.length >= most) break;
        found.push(match);
      }
      return found;
    },
    replace(text, by) {
      let done = "";
      let from = 0;
      for (const match of matches(text)) {
        done += text.slice(from, match.index) + filled(by, match);
        from = match.index + match.text.length;
      }
      return done + text.slice(from);
    },
  };
}

function filled(by: string, match: RegexMatch): string {
  return by.replace(/\$(?:(\$)|(&)|(\d{1,2}))/g, (whole, dollar, all, group) => {
    if (dollar !== undefined) return "$";
    if (all !== undefined) return match.text;
    const index = Number(group);
    return index >= 1 && index <= match.groups.length ? (match.groups[index - 1] ?? "") : whole;
  });
}

const spaces = "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const lineEnds = "\\n\\r\\x{2028}\\x{2029}";

/** ECMAScript's syntax as RE2's. What RE2 cannot say stays as it is and does not compile. */
function translated(source: string, dotAll: boolean): string {
  let out = "";
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i] ?? "";
    if (c === "\\") {
      const [piece, length] = translatedEscape(source.slice(i), inClass);
      out += piece;
      i += length - 1;
    } else if (inClass) {
      inClass = c !== "]";
      out += c === "[" ? "\\[" : c;
    } else if (c === "[") {
      inClass = true;
      const empty = /^\[(\^?)\]/.exec(source.slice(i));
      if (empty === null) out += source[i + 1] === "^" ? "[^" : "[";
      else out += empty[1] === "^" ? "(?s:.)" : "[^\\x00-\\x{10FFFF}]";
      if (empty !== null) inClass = false;
      i += empty === null ? (source[i + 1] === "^" ? 1 : 0) : empty[0].length - 1;
    } else if (c === "." && !dotAll) out += `[^${lineEnds}]`;
    else out += c;
  }
  return out;
}

/** One escape at the beginning of `rest`, and how long it is. */
function translatedEscape(rest: string, inClass: boolean): [text: string, length: number] {
  const code = /^\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})(?:\\u(d[c-f][0-9a-f]{2}))?|x([0-9a-f]{2})|c([a-z]))/i.exec(rest);
  if (code !== null) {
    const [whole, braced, four, low, two, control] = code;
    const high = Number.parseInt(four ?? "0", 16);
    // Two halves of one character make one; a second escape that is no half is left for the next round.
    if (low !== undefined && high >= 0xd800 && high < 0xdc00)
      return [
        `\\x{${((high - 0xd800) * 0x400 + Number.parseInt(low, 16) - 0xdc00 + 0x10000).toString(16)}}`,
        whole.length,
      ];
    if (control !== undefined) return [`\\x{${(control.charCodeAt(0) % 32).toString(16)}}`, whole.length];
    return [`\\x{${braced ?? four ?? two}}`, low === undefined ? whole.length : 6];
  }
  const property = /^\\([pP])\{(?:(?:gc|General_Category|sc|Script|scx|Script_Extensions)=)?(\w+)\}/.exec(rest);
  if (property !== null)
    return [`\\${property[1]}{${categories[property[2] ?? ""] ?? property[2]}}`, property[0].length];
  const two = rest.slice(0, 2);
  if (two === "\\s") return [inClass ? spaces : `[${spaces}]`, 2];
  if (two === "\\S" && !inClass) return [`[^${spaces}]`, 2];
  if (two === "\\0") return ["\\x00", 2];
  if (two === "\\b" && inClass) return ["\\x08", 2];
  return [two, 2];
}

/** Long names of general categories, which RE2 knows by their short ones. */
const categories: Record<string, string> = {
  Letter: "L",
  Lowercase_Letter: "Ll",
  Uppercase_Letter: "Lu",
  Mark: "M",
  Number: "N",
  Decimal_Number: "Nd",
  Punctuation: "P",
  Symbol: "S",
  Separator: "Z",
  Space_Separator: "Zs",
  Other: "C",
  Control: "Cc",
};
