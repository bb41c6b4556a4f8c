// Text of a Dockerfile -> its instructions: parser directives, continuation lines, comments between them, flags, here-documents. Pure.
import { blank, DockerfileRefusal, expandWord } from "./words.ts";

/** One instruction as it stands there. */
export interface RawInstruction {
  line: number;
  keyword: string;
  /** `--name=value` before the arguments, quotes off. */
  flags: string[];
  /** Everything after them. */
  rest: string;
  heredocs: Heredoc[];
}

export interface Heredoc {
  name: string;
  /** `<<-`: tabs at the beginning of its lines do not count. */
  chomp: boolean;
  content: string;
}

export interface RawDockerfile {
  instructions: RawInstruction[];
  /** `\`, or what the escape directive says. */
  token: string;
  problems: { line: number; message: string }[];
}

/** BuildKit's scanner takes no longer line. */
const lineBytesMax = 65_535;
const separator = /[\t\v\f\r ]+/;
const heredocKeywords = new Set(["ADD", "COPY", "RUN"]);

/** Never throws. */
export function readInstructionLines(text: string): RawDockerfile {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return new Reader(lines.map((line) => line.replace(/\r+$/, ""))).read();
}

class Reader {
  readonly #lines: string[];
  readonly #out: RawDockerfile = { instructions: [], token: "\\", problems: [] };
  readonly #directives = new Set<string>();
  #directivesOver = false;
  #at = 0;

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  read(): RawDockerfile {
    while (this.#at < this.#lines.length) {
      const line = this.#at + 1;
      try {
        this.#instruction(line);
      } catch (error) {
        if (!(error instanceof DockerfileRefusal)) throw error;
        this.#out.problems.push({ line, message: error.message });
      }
    }
    return this.#out;
  }

  #instruction(line: number): void {
    const first = trimStart(this.#next());
    this.#directive(first);
    if (first.startsWith("#")) return;
    let { text, ends } = this.#continued(first);
    if (ends && text === "") return;
    while (!ends && this.#at < this.#lines.length) {
      const raw = this.#next();
      if (isComment(raw) || trim(raw) === "") continue;
      const more = this.#continued(raw);
      text += more.text;
      ends = more.ends;
    }
    const raw = splitInstruction(text, line, this.#out.token);
    this.#out.instructions.push(raw);
    if (text.includes("<<") && holdsHeredocs(raw)) this.#heredocs(raw, text);
  }

  #next(): string {
    const line = this.#lines[this.#at++] ?? "";
    if (Buffer.byteLength(line) > lineBytesMax)
      throw new DockerfileRefusal(`a line is longer than ${lineBytesMax} bytes`);
    return line;
  }

  /** `# escape=` and its like, before everything else. */
  #directive(line: string): void {
    if (this.#directivesOver) return;
    const [, name = "", value = ""] = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key !== "syntax" && key !== "escape" && key !== "check") {
      this.#directivesOver = true;
      return;
    }
    if (this.#directives.has(key)) throw new DockerfileRefusal(`the parser directive ${key} is there twice`);
    this.#directives.add(key);
    if (key !== "escape") return;
    if (value !== "\\" && value !== "`")
      throw new DockerfileRefusal(`the escape token ${value.slice(0, 20)} is neither \` nor \\`);
    this.#out.token = value;
  }

  #continued(line: string): { text: string; ends: boolean } {
    const token = `\\${this.#out.token}`;
    const found = new RegExp(`(^|[^${token}])${token}[ \\t]*$`).exec(line);
    return found === null
      ? { text: line, ends: true }
      : { text: line.slice(0, found.index) + (found[1] ?? ""), ends: false };
  }

  #heredocs(raw: RawInstruction, text: string): void {
    for (const { name, chomp } of heredocsOf(text)) {
      const content: string[] = [];
      for (;;) {
        if (this.#at >= this.#lines.length) throw new DockerfileRefusal(`the here-document <<${name} is not closed`);
        const line = this.#next();
        if ((chomp ? line.replace(/^\t+/, "") : line) === name) break;
        content.push(chomp ? line.replace(/^\t+/, "") : line);
      }
      raw.heredocs.push({ name, chomp, content: content.join("\n") });
    }
  }
}

function holdsHeredocs({ keyword, rest }: RawInstruction): boolean {
  const inner = keyword === "ONBUILD" ? (trim(rest).split(separator)[0] ?? "").toUpperCase() : keyword;
  const args = keyword === "ONBUILD" ? trim(rest).slice(inner.length) : rest;
  return heredocKeywords.has(inner) && !isJsonList(args);
}

/** Is it what the exec form is made of? Other lists are refused where they are read. */
function isJsonList(text: string): boolean {
  if (!trim(text).startsWith("[")) return false;
  try {
    return Array.isArray(JSON.parse(trim(text)));
  } catch {
    return false;
  }
}

function heredocsOf(text: string): { name: string; chomp: boolean }[] {
  const nothing = { get: () => undefined, token: "\\", keepUnset: true };
  let words: string[] = [];
  try {
    words = expandWord(text, { ...nothing, rawQuotes: true, rawEscapes: true }).words;
  } catch (error) {
    if (!(error instanceof DockerfileRefusal)) throw error;
  }
  return words.flatMap((word) => heredocOf(word) ?? []);
}

/** `<<EOF`, `3<<-"EOF"`; undefined for every other word. */
export function heredocOf(word: string): { name: string; chomp: boolean } | undefined {
  const [, , dash = "", rest = ""] = /^(\d*)<<(-?)\s*([^<]*)$/.exec(word) ?? [];
  if (rest === "") return undefined;
  const { words } = expandWord(rest, { get: () => undefined, token: "\\", keepUnset: true });
  const [name] = words;
  return words.length === 1 && name !== undefined ? { name, chomp: dash === "-" } : undefined;
}

export function splitInstruction(text: string, line: number, token: string): RawInstruction {
  const whole = trim(text);
  const gap = separator.exec(whole);
  const keyword = (gap === null ? whole : whole.slice(0, gap.index)).toUpperCase();
  const after = gap === null ? "" : whole.slice(gap.index + gap[0].length);
  const { flags, rest } = flagsOf(after, token);
  return { line, keyword, flags, rest: trim(rest), heredocs: [] };
}

function flagsOf(text: string, token: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && blank.test(text.charAt(at))) at++;
    if (!text.startsWith("--", at)) return { flags, rest: text.slice(at) };
    let word = "";
    let quote = "";
    for (; at < text.length && (quote !== "" || !blank.test(text.charAt(at))); at++) {
      const c = text.charAt(at);
      if (quote === "" ? c === "'" || c === '"' : c === quote) quote = quote === "" ? c : "";
      else if (c !== token) word += c;
      else if (at + 1 < text.length) word += text.charAt(++at);
    }
    if (word === "--") return { flags, rest: text.slice(at) };
    if (word !== "") flags.push(word);
  }
}

function isComment(line: string): boolean {
  return trim(line).startsWith("#");
}

export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && blank.test(text.charAt(from))) from++;
  while (to > from && blank.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

function trimStart(text: string): string {
  let from = 0;
  while (from < text.length && blank.test(text.charAt(from))) from++;
  return text.slice(from);
}
