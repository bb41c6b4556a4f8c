// What a build gets to see of a folder: .dockerignore as Docker reads it, and whether what COPY takes is there. Pure.
import { posix } from "node:path";
import { re2 } from "../../base/regex.ts";
import type { DockerInstruction } from "./facts.ts";

/** One thing that COPY or ADD takes from the folder by its name; with `*`, `?` or `[` a builder takes whatever is there, also nothing. */
export type DockerSource = { line: number; word: string; path: string; there: boolean; hidden: boolean };

/** A text of .dockerignore -> is a path hidden from the build? Later lines win; `!` shows again. */
export function ignored(text: string): (path: string) => boolean {
  const rules = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .flatMap((line) => ruleOf(line) ?? []);
  return (path) => {
    const parents = path.split("/").map((_, index, all) => all.slice(0, index + 1).join("/"));
    let hidden = false;
    for (const { shows, matches } of rules) if (hidden === shows && parents.some(matches)) hidden = !shows;
    return hidden;
  };
}

function ruleOf(line: string): { shows: boolean; matches: (path: string) => boolean } | undefined {
  if (line.startsWith("#")) return undefined;
  const trimmed = line.trim();
  const shows = trimmed.startsWith("!");
  const pattern = posix.normalize(shows ? trimmed.slice(1).trim() : trimmed).replace(/^\/+|\/+$/g, "");
  if (trimmed === "" || pattern === "" || pattern === ".") return undefined;
  const regex = re2(`^${patternSource(pattern)}$`, "s");
  return { shows, matches: (path) => regex.test(path) };
}

/** `*` and `?` stay within a name, `**` does not, `[a-z]` is a class, `\` takes the next as it is. */
function patternSource(pattern: string): string {
  let out = "";
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern.charAt(at);
    if (pattern.startsWith("**", at)) {
      const slash = pattern.charAt(at + 2) === "/";
      out += at + 2 >= pattern.length ? ".*" : slash ? "(?:.*/)?" : ".*";
      at += slash ? 2 : 1;
    } else if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "\\") out += escaped(pattern.charAt(++at));
    else if (c === "[" && pattern.indexOf("]", at + 2) !== -1) {
      const end = pattern.indexOf("]", at + 2);
      out += `[${pattern.slice(at + 1, end).replace(/[\\[&~]/g, "\\$&")}]`;
      at = end;
    } else out += escaped(c);
  }
  return out;
}

function escaped(c: string): string {
  return c.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

/** The sources of all COPY and ADD. `paths`: everything in the folder, with `/`. */
export function sourcesOf(instructions: DockerInstruction[], paths: string[], ignore: string): DockerSource[] {
  const hides = ignored(ignore);
  return instructions.flatMap(({ line, sources, unset }) =>
    (unset.length > 0 ? [] : sources).flatMap((word) => {
      const path = posix.normalize(`/${word}`).replace(/^\/+|\/+$/g, "");
      if (path === "" || wild(word)) return [];
      const below = paths.filter((one) => one === path || one.startsWith(`${path}/`));
      const there = below.length > 0;
      return [{ line, word, path, there, hidden: there && below.every(hides) }];
    }),
  );
}

function wild(word: string): boolean {
  return /[*?[]/.test(word.replace(/\\./gs, ""));
}
