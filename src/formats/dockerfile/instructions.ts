// What each instruction takes: its flags and arguments, and what a builder refuses in them (BuildKit 0.34). Pure.
import { heredocOf, type RawInstruction, splitInstruction, trim } from "./lines.ts";
import { DockerfileRefusal, splitWords } from "./words.ts";

/** An instruction's arguments, nothing expanded. */
export interface Arguments {
  words: string[];
  /** The exec form's list; null for the shell form. */
  exec: string[] | null;
  flags: { [name: string]: string };
  /** ENV, LABEL and ARG: names with their values; ARG may have none. */
  pairs: { name: string; value: string | undefined }[];
}

type FlagKind = "text" | "switch" | "list";
type Flags = { [name: string]: FlagKind };

const copyFlags: Flags = { chown: "text", chmod: "text", link: "switch", exclude: "list" };
const flagsOf: { [keyword: string]: Flags } = {
  ADD: { ...copyFlags, "keep-git-dir": "switch", checksum: "text", unpack: "switch" },
  COPY: { ...copyFlags, from: "text", parents: "switch" },
  FROM: { platform: "text" },
  HEALTHCHECK: { interval: "text", timeout: "text", "start-period": "text", "start-interval": "text", retries: "text" },
  RUN: { mount: "list", network: "text", security: "text", device: "list" },
};
/** These take any. */
const flagsUnread = new Set(["ARG", "STOPSIGNAL"]);

const known = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);
const lists = new Set(["CMD", "ENTRYPOINT", "RUN", "SHELL", "ADD", "COPY", "VOLUME"]);
const oneArgument = new Set(["MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"]);
const someArguments = new Set(["ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "VOLUME"]);
const separator = /[\t\v\f\r ]+/;

/** Throws DockerfileRefusal with what a builder would say. */
export function argumentsOf(raw: RawInstruction, token: string): Arguments {
  const { keyword, rest } = raw;
  if (!known.has(keyword)) throw new DockerfileRefusal(`unknown instruction ${keyword.slice(0, 80)}`);
  const read: Arguments = { words: [], exec: null, flags: {}, pairs: [] };
  if (lists.has(keyword)) read.exec = listOf(rest);
  if (keyword === "ENV" || keyword === "LABEL") read.pairs = pairsOf(keyword, rest, token);
  else if (keyword === "ARG") read.pairs = splitWords(rest, token).map(argPair);
  read.words = wordsOf(keyword, rest, read.exec, token);
  counted(keyword, rest, read);
  const none = keyword === "HEALTHCHECK" && read.words[0]?.toUpperCase() === "NONE";
  if (!flagsUnread.has(keyword) && !none) read.flags = parseFlags(raw.flags, flagsOf[keyword] ?? {});
  if (keyword === "HEALTHCHECK") read.exec = health(rest, read);
  if (keyword === "SHELL" && read.exec === null) throw new DockerfileRefusal("SHELL wants a JSON list");
  if (keyword === "ONBUILD") trigger(rest, token);
  return read;
}

function wordsOf(keyword: string, rest: string, exec: string[] | null, token: string): string[] {
  if (exec !== null) return exec;
  if (rest === "") return [];
  if (keyword === "ARG" || keyword === "ENV" || keyword === "LABEL") return splitWords(rest, token);
  return oneArgument.has(keyword) ? [rest] : rest.split(separator);
}

function counted(keyword: string, rest: string, { words, exec }: Arguments): void {
  const missing = exec === null ? rest === "" : exec.length === 0;
  if ((someArguments.has(keyword) || oneArgument.has(keyword)) && missing)
    throw new DockerfileRefusal(`${keyword} without an argument`);
  if (keyword === "FROM" && words.length !== 1 && !(words.length === 3 && words[1]?.toUpperCase() === "AS"))
    throw new DockerfileRefusal("FROM wants one argument or three: IMAGE [AS NAME]");
  if (keyword === "FROM" && words.length === 3 && !/^[a-z][a-z0-9\-_.]*$/.test((words[2] ?? "").toLowerCase()))
    throw new DockerfileRefusal(`${words[2]} is no name for a stage`);
  if (keyword === "SHELL" && (missing || exec?.length === 0)) throw new DockerfileRefusal("SHELL without an argument");
  if (keyword === "VOLUME" && words.some((word) => trim(word) === ""))
    throw new DockerfileRefusal("VOLUME names nothing");
  if (keyword !== "ADD" && keyword !== "COPY") return;
  if (words.length < 2) throw new DockerfileRefusal(`${keyword} wants a source and where it is copied to`);
  if (heredocOf(words.at(-1) ?? "") !== undefined)
    throw new DockerfileRefusal(`${keyword} cannot copy to a here-document`);
}

/** A JSON list of strings, or null for what is none. A list of anything else is refused. */
function listOf(text: string): string[] | null {
  if (!trim(text).startsWith("[")) return null;
  let value: unknown;
  try {
    value = JSON.parse(trim(text));
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const strings = value.filter((entry) => typeof entry === "string");
  if (strings.length !== value.length) throw new DockerfileRefusal("a JSON list of something other than strings");
  return strings;
}

function pairsOf(keyword: string, rest: string, token: string): Arguments["pairs"] {
  const words = splitWords(rest, token);
  const [first] = words;
  if (first === undefined) return [];
  if (!first.includes("=")) {
    const gap = separator.exec(rest);
    if (gap === null) throw new DockerfileRefusal(`${keyword} wants NAME=VALUE`);
    return [{ name: rest.slice(0, gap.index), value: rest.slice(gap.index + gap[0].length) }];
  }
  return words.map((word) => {
    if (!word.includes("=")) throw new DockerfileRefusal(`${keyword} wants NAME=VALUE, not ${word.slice(0, 60)}`);
    const pair = argPair(word);
    if (pair.name === "") throw new DockerfileRefusal(`${keyword} wants a name before =`);
    return pair;
  });
}

function argPair(word: string): Arguments["pairs"][number] {
  const at = word.indexOf("=");
  if (at === 0) throw new DockerfileRefusal("ARG wants a name before =");
  return at === -1 ? { name: word, value: undefined } : { name: word.slice(0, at), value: word.slice(at + 1) };
}

/** Flags of a known name, each once. A list keeps its values in lines. */
function parseFlags(flags: string[], kinds: Flags): { [name: string]: string } {
  const read: { [name: string]: string } = {};
  for (const flag of flags) {
    const at = flag.indexOf("=");
    const name = flag.slice(2, at === -1 ? undefined : at);
    const value = at === -1 ? undefined : flag.slice(at + 1);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw new DockerfileRefusal(`unknown flag --${name.slice(0, 60)}`);
    const before = read[name];
    if (before !== undefined && kind !== "list") throw new DockerfileRefusal(`the flag --${name} is there twice`);
    if (kind === "switch") {
      const word = (value ?? "true").toLowerCase();
      if (word !== "true" && word !== "false") throw new DockerfileRefusal(`--${name} wants true or false`);
      read[name] = word;
    } else if (value === undefined) throw new DockerfileRefusal(`--${name} without a value`);
    else read[name] = before === undefined ? value : `${before}\n${value}`;
  }
  return read;
}

/** The exec form of HEALTHCHECK CMD, else null. */
function health(rest: string, { words, flags }: Arguments): string[] | null {
  const type = (words[0] ?? "").toUpperCase();
  const command = trim(rest.slice(words[0]?.length ?? 0));
  if (type === "NONE") {
    if (command !== "") throw new DockerfileRefusal("HEALTHCHECK NONE takes no argument");
    return null;
  }
  if (type !== "CMD")
    throw new DockerfileRefusal(`HEALTHCHECK ${words[0]?.slice(0, 60)} instead of HEALTHCHECK CMD or NONE`);
  const exec = listOf(command);
  if (exec === null ? command === "" : exec.length === 0)
    throw new DockerfileRefusal("HEALTHCHECK CMD without a command");
  for (const name of ["interval", "timeout", "start-period", "start-interval"]) duration(name, flags[name] ?? "");
  const retries = flags.retries ?? "";
  if (retries !== "" && (!/^\+?\d+$/.test(retries) || Number(retries) > 2 ** 31 - 1))
    throw new DockerfileRefusal(`--retries=${retries} is no number of tries`);
  return exec;
}

const units: { [unit: string]: number } = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };

function duration(name: string, text: string): void {
  if (text === "" || /^[-+]?0$/.test(text)) return;
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let at = /^[-+]/.test(text) ? 1 : 0;
  let ms = 0;
  if (at === text.length) at = -1;
  while (at !== -1 && at < text.length) {
    part.lastIndex = at;
    const [all = "", count = "", unit = ""] = part.exec(text) ?? [];
    at = all === "" ? -1 : at + all.length;
    ms += Number(count) * (units[unit] ?? 0);
  }
  if (at === -1) throw new DockerfileRefusal(`--${name}=${text.slice(0, 40)} is no duration`);
  if (ms !== 0 && (ms < 1 || text.startsWith("-")))
    throw new DockerfileRefusal(`--${name}=${text.slice(0, 40)} is less than 1ms`);
}

function trigger(rest: string, token: string): void {
  const inner = splitInstruction(rest, 0, token);
  if (["ONBUILD", "MAINTAINER", "FROM"].includes(inner.keyword))
    throw new DockerfileRefusal(`ONBUILD ${inner.keyword} is not allowed`);
  if (lists.has(inner.keyword)) listOf(inner.rest);
  if (inner.keyword === "ENV" || inner.keyword === "LABEL") pairsOf(inner.keyword, inner.rest, token);
}
