// Words of a Dockerfile: quotes, escapes and `$NAME` with its modifiers, as BuildKit's builder expands them. Pure.
import { re2 } from "../../base/regex.ts";

/** Why a builder refuses what it reads. */
export class DockerfileRefusal extends Error {}

/** Unicode white space as Go's `unicode.IsSpace` has it. */
export const blank = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export interface Expansion {
  /** The value of a name, or undefined when it has none. */
  get(name: string): string | undefined;
  token: string;
  /** Quotes stay in the result. */
  rawQuotes?: boolean;
  /** Escape characters stay in the result. */
  rawEscapes?: boolean;
  /** `$NAME` without a value stays as it is. */
  keepUnset?: boolean;
}

export interface Expanded {
  text: string;
  /** `text` at its unquoted white space. */
  words: string[];
  /** Names that were asked for bare (`$NAME`, `${NAME}`) and have no value. */
  unset: string[];
}

/** Throws DockerfileRefusal for an open quote and what the builder calls a bad substitution. */
export function expandWord(word: string, how: Expansion): Expanded {
  const lexer = new Lexer(word, how);
  const { text, words } = lexer.until(undefined, how.rawEscapes === true, false);
  return { text, words, unset: [...lexer.unset] };
}

/** Words at white space outside of quotes; quotes and escapes stay. */
export function splitWords(text: string, token: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at);
    if (quote === "" && blank.test(c)) {
      if (word !== undefined && word !== "") words.push(word);
      word = undefined;
      continue;
    }
    word ??= "";
    if (quote === "" && (c === "'" || c === '"')) quote = c;
    else if (c === quote) quote = "";
    if (c === token && quote !== "'") {
      if (at + 1 === text.length) break;
      word += c + text.charAt(++at);
    } else word += c;
  }
  return word === undefined || word === "" ? words : [...words, word];
}

class Words {
  readonly done: string[] = [];
  #word = "";

  add(text: string): void {
    this.#word += text;
  }

  /** White space in it ends a word. */
  addSplit(text: string): void {
    for (const c of text) {
      if (!blank.test(c)) this.#word += c;
      else this.end();
    }
  }

  end(): string[] {
    if (this.#word !== "") this.done.push(this.#word);
    this.#word = "";
    return this.done;
  }
}

class Lexer {
  readonly unset = new Set<string>();
  readonly #c: string[];
  readonly #how: Expansion;
  #at = 0;
  #rawEscapes = false;

  constructor(text: string, how: Expansion) {
    this.#c = [...text];
    this.#how = how;
  }

  /** Up to `stop`, which is taken; undefined: to the end. `pattern`: escapes in quotes are doubled, since a pattern is read once more. */
  until(stop: string | undefined, rawEscapes: boolean, pattern: boolean): { text: string; words: string[] } {
    const before = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    const words = new Words();
    let text = "";
    for (; this.#at < this.#c.length; ) {
      const c = this.#c[this.#at] ?? "";
      if (c === stop) {
        this.#at++;
        this.#rawEscapes = before;
        return { text, words: words.end() };
      }
      const part = this.#part(c, pattern);
      text += part.text;
      if (part.split) words.addSplit(part.text);
      else words.add(part.text);
    }
    this.#rawEscapes = before;
    if (stop !== undefined) throw new DockerfileRefusal(`ends while looking for ${stop}`);
    return { text, words: words.end() };
  }

  #part(c: string, pattern: boolean): { text: string; split: boolean } {
    if (c === "$") return { text: this.#dollar(), split: true };
    if (c === "'") return { text: this.#single(pattern), split: false };
    if (c === '"') return { text: this.#double(pattern), split: false };
    if (c === "<") return { text: this.#less(), split: false };
    this.#at++;
    if (c !== this.#how.token) return { text: c, split: true };
    return { text: (this.#rawEscapes ? c : "") + (this.#c[this.#at++] ?? ""), split: false };
  }

  /** `<<` and the blanks behind it stay together. */
  #less(): string {
    this.#at++;
    if (this.#c[this.#at] !== "<") return "<";
    let text = "<<";
    for (this.#at++; /^[\t\r ]$/.test(this.#c[this.#at] ?? ""); this.#at++) text += this.#c[this.#at];
    return text;
  }

  #single(pattern: boolean): string {
    const end = this.#c.indexOf("'", this.#at + 1);
    if (end === -1) throw new DockerfileRefusal("a single quote is not closed");
    const inner = this.#c.slice(this.#at + 1, end);
    this.#at = end + 1;
    const text = inner.map((c) => (pattern && c === this.#how.token ? c + c : c)).join("");
    return this.#how.rawQuotes === true ? `'${text}'` : text;
  }

  #double(pattern: boolean): string {
    const { token, rawQuotes } = this.#how;
    const quote = rawQuotes === true ? '"' : "";
    let text = quote;
    for (this.#at++; ; ) {
      const c = this.#c[this.#at];
      if (c === undefined) throw new DockerfileRefusal("a double quote is not closed");
      if (c === "$") {
        text += this.#dollar();
        continue;
      }
      this.#at++;
      if (c === '"') return text + quote;
      if (c !== token) {
        text += c;
        continue;
      }
      const next = this.#c[this.#at];
      if (next === undefined) continue;
      if (next === '"' || next === "$" || next === token) {
        text += (this.#rawEscapes ? c : "") + next;
        this.#at++;
      } else text += (this.#rawEscapes && (rawQuotes !== true || pattern) ? c : "") + c;
    }
  }

  #dollar(): string {
    this.#at++;
    if (this.#c[this.#at] !== "{") {
      const name = this.#name();
      return name === "" ? "$" : this.#bare(name, `$${name}`);
    }
    this.#at++;
    const first = this.#c[this.#at];
    if (first === undefined) throw new DockerfileRefusal("${ is not closed");
    if (first === "{" || first === "}" || first === ":") throw new DockerfileRefusal("bad substitution");
    const name = this.#name();
    let sign = this.#c[this.#at++] ?? "";
    if (sign === "}") return this.#bare(name, `\${${name}}`);
    if (sign === "/") return this.#replaced(name);
    const colon = sign === ":" ? ":" : "";
    if (colon !== "") sign = this.#c[this.#at++] ?? "";
    return this.#modified(name, colon, sign);
  }

  #bare(name: string, raw: string): string {
    const value = this.#how.get(name);
    if (value !== undefined) return value;
    this.unset.add(name);
    return this.#how.keepUnset === true ? raw : "";
  }

  #modified(name: string, colon: string, sign: string): string {
    const trims = sign === "#" || sign === "%";
    if (!"+-?#%".includes(sign) || sign === "" || (trims && colon !== "")) {
      throw new DockerfileRefusal(`unsupported modifier (${colon}${sign}) in substitution`);
    }
    const { text: word } = this.until("}", trims, trims);
    const value = this.#how.get(name);
    const empty = value === undefined || (colon !== "" && value === "");
    if (sign === "-") return empty ? word : value;
    if (sign === "+") return empty ? "" : word;
    if (sign === "?") {
      if (empty) throw new DockerfileRefusal(`${name}: ${word || "is not allowed to be unset or empty"}`);
      return value;
    }
    const greedy = word.startsWith(sign);
    const pattern = greedy ? word.slice(1) : word;
    return sign === "#" ? cutFront(pattern, value ?? "", greedy) : cutBack(pattern, value ?? "", greedy);
  }

  #replaced(name: string): string {
    const all = this.#c[this.#at] === "/";
    if (all) this.#at++;
    const { text: pattern } = this.until("/", true, true);
    const { text: by } = this.until("}", true, false);
    const value = this.#how.get(name) ?? "";
    const regex = re2(shellPattern(pattern, true));
    if (all) return regex.replace(value, by);
    const found = regex.first(value);
    return found === undefined
      ? value
      : value.slice(0, found.index) + by + value.slice(found.index + found.text.length);
  }

  /** Letters, digits and `_`; one that begins with a digit is digits; or one of the shell's own, such as `$?`. */
  #name(): string {
    const rest = this.#c[this.#at] ?? "";
    const taken = /^\p{Nd}$/u.test(rest) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
    if (/^[@*#?\-$!]$/.test(rest)) {
      this.#at++;
      return rest;
    }
    let name = "";
    for (; taken.test(this.#c[this.#at] ?? ""); this.#at++) name += this.#c[this.#at];
    return name;
  }
}

/** `*` and `?` of a shell pattern as a regular expression. */
function shellPattern(pattern: string, greedy: boolean): string {
  let out = "";
  const c = [...pattern];
  for (let at = 0; at < c.length; at++) {
    const one = c[at] ?? "";
    if (one === "*") out += greedy ? ".*" : ".*?";
    else if (one === "?") out += ".";
    else if (one === "\\") {
      const next = c[at + 1] ?? "";
      if (next === "}" || next === "/") continue;
      if (next === "" || !"*?\\".includes(next)) throw new DockerfileRefusal(`invalid escape '\\${next}'`);
      out += `\\${next}`;
      at++;
    } else out += one.replace(/[[\]{}.+()|^$]/, "\\$&");
  }
  return out;
}

function cutFront(pattern: string, value: string, greedy: boolean): string {
  const found = re2(`^(?:${shellPattern(pattern, greedy)})`).first(value);
  return found === undefined ? value : value.slice(found.text.length);
}

/** From the back: pattern and value reversed, so that the shortest match is the shortest. */
function cutBack(pattern: string, value: string, greedy: boolean): string {
  const backwards = (text: string[]) => text.reverse().join("");
  const parts = pattern.match(/\\[\s\S]|[\s\S]/gu) ?? [];
  return backwards([...cutFront(backwards(parts), backwards([...value]), greedy)]);
}
