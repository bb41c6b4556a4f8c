// .dockerignore as a builder reads it (moby/patternmatcher 0.6): which paths of a folder a build does not get. Pure.
import { posix } from "node:path";
import { ContractError } from "../../base/errors.ts";
import { re2 } from "../../base/regex.ts";
import { trim } from "./lines.ts";
import { goMatch } from "./shell-match.ts";

export interface Ignored {
  /** A path with `/`, none at its ends. */
  hides(path: string): boolean;
  /** Some line is `!...`: below a hidden folder something may be shown. */
  exceptions: boolean;
  /** A line that ends the build: at once, or as soon as a path is compared with it; then nothing is hidden. */
  problem(): IgnoreProblem | undefined;
}

export type IgnoreProblem = { line: number; message: string };

interface Rule {
  line: number;
  text: string;
  shows: boolean;
  /** Throws ContractError for what is no regular expression in the end. */
  matches: (path: string) => boolean;
}

/** Later lines win; `!` shows again. */
export function ignored(text: string): Ignored {
  const rules: Rule[] = [];
  let problem: IgnoreProblem | undefined;
  const wrong = (line: number, found: string, why: string) => {
    problem ??= { line, message: `${JSON.stringify(found.slice(0, 80))} is no pattern: ${why}` };
  };
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const rule = ruleOf(line);
    if (typeof rule === "string") wrong(index + 1, line, rule);
    else if (rule !== undefined) rules.push({ ...rule, line: index + 1, text: line });
  }
  const folders = new Map<string, Seen>([["", { hidden: false, matched: [] }]]);
  const asked = rules.map((rule) => ({ ...rule, matches: (path: string) => safely(rule, path, wrong) }));
  return {
    hides: (path) => problem === undefined && seenAt(path, asked, folders).hidden,
    exceptions: rules.some(({ shows }) => shows),
    problem: () => problem,
  };
}

function safely(
  { matches, line, text }: Rule,
  path: string,
  wrong: (...about: [number, string, string]) => void,
): boolean {
  try {
    return matches(path);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    wrong(line, text, error.message.replace(/^.*`: /s, ""));
    return false;
  }
}

interface Seen {
  hidden: boolean;
  /** By rule: it matches this path, or matched a folder above it. */
  matched: boolean[];
}

/** A builder walks from the top: what matched a folder holds for everything below it. */
function seenAt(path: string, rules: Rule[], folders: Map<string, Seen>): Seen {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const slash = path.lastIndexOf("/");
  const above = seenAt(slash === -1 ? "" : path.slice(0, slash), rules, folders);
  let hidden = false;
  const matched = rules.map(({ shows, matches }, index) => {
    // A rule that would change nothing is not asked, and then matches nothing further down either.
    const match = above.matched[index] === true || (shows === hidden && matches(path));
    if (match) hidden = !shows;
    return match;
  });
  const seen = { hidden, matched };
  folders.set(path, seen);
  return seen;
}

/** A string: why it is none. */
function ruleOf(line: string): Pick<Rule, "shows" | "matches"> | string | undefined {
  if (line.startsWith("#")) return undefined;
  const trimmed = trim(line);
  if (trimmed === "") return undefined;
  const negated = trimmed.startsWith("!");
  let pattern = negated ? trim(trimmed.slice(1)) : trimmed;
  if (pattern !== "") pattern = clean(pattern).replace(/^\/(?=.)/s, "");
  pattern = clean(trim(negated ? `!${pattern}` : pattern));
  const shows = pattern.startsWith("!");
  if (shows) pattern = pattern.slice(1);
  if (shows && pattern === "") return "nothing stands behind the !";
  if (goMatch(pattern, ".") === undefined) return "a [ is not closed, or nothing stands behind a \\";
  return { shows, matches: matcher(pattern) };
}

/** As Go's filepath.Clean: no slash at the end. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}

function matcher(pattern: string): (path: string) => boolean {
  const { source, kind } = translated(pattern);
  if (kind === "exact") return (path) => path === pattern;
  if (kind === "prefix") return (path) => path.startsWith(pattern.slice(0, -2));
  if (kind === "suffix") {
    const suffix = pattern.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
  }
  return (path) => re2(`^${source}$`).test(path);
}

/** `*` and `?` stay within a name, `**` does not, `[a-z]` is a class, what stands behind `\` is taken over. */
function translated(pattern: string): { source: string; kind: "exact" | "prefix" | "suffix" | "regex" } {
  let source = "";
  let kind: "exact" | "prefix" | "suffix" | "regex" = "exact";
  const c = [...pattern];
  for (let at = 0; at < c.length; at++) {
    const one = c[at] ?? "";
    if (one === "*" && c[at + 1] === "*") {
      const start = at === 0;
      at += c[at + 2] === "/" ? 2 : 1;
      const ends = at + 1 >= c.length;
      if (ends && kind === "exact") kind = "prefix";
      else {
        source += ends ? ".*" : "(.*/)?";
        kind = "regex";
      }
      if (start) kind = "suffix";
    } else if (one === "*" || one === "?") {
      source += one === "*" ? "[^/]*" : "[^/]";
      kind = "regex";
    } else if (one === "\\") {
      const next = c[++at];
      source += next === undefined ? "\\" : `\\${next}`;
      if (next !== undefined) kind = "regex";
    } else {
      source += /[.+()|{}$]/.test(one) ? `\\${one}` : one;
      if (one === "[" || one === "]") kind = "regex";
    }
  }
  return { source, kind };
}
