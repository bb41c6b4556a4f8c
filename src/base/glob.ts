// Globs, in the two dialects that users write: over paths, and over names such as requirement ids.
import picomatch from "picomatch";

/** Does any glob match, and none of those that begin with `!`? No glob but negative ones means all. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const wanted = globs.filter((glob) => !glob.startsWith("!")).map(globPattern);
  const unwanted = globs.filter((glob) => glob.startsWith("!")).map((glob) => globPattern(glob.slice(1)));
  return (path) =>
    (wanted.length === 0 || wanted.some((pattern) => pattern.test(path))) &&
    !unwanted.some((pattern) => pattern.test(path));
}

/** Parts of the longest path that the globs can match. */
export function globDepth(globs: readonly string[]): number {
  const wanted = globs.filter((glob) => !glob.startsWith("!"));
  if (wanted.length === 0 || wanted.some((glob) => glob.includes("**"))) return Number.POSITIVE_INFINITY;
  return Math.max(...wanted.map((glob) => glob.replace(/^(\.?\/)+/, "").split("/").length));
}

/**
 * Over paths with `/`: `*` and `?` within a part, `**` over parts, `[a-z]`, `[!a]`, `{a,b}`. The whole path must match; a leading `/` or
 * `./` says nothing; names that begin with a dot are names like others.
 */
export function globPattern(glob: string): RegExp {
  const text = plain(glob.replace(/^(\.?\/)+/, ""));
  return text === "" ? /^$/ : picomatch.makeRe(text, { ...literal, posix: true, nobrace: !/\{.*\}/.test(text) });
}

/** Over names: `*` any characters, `?` one, everything else is itself. */
export function namePattern(glob: string): RegExp {
  return picomatch.makeRe(plain(glob), { ...literal, bash: true, nobrace: true, nobracket: true, regex: false });
}

/** Nothing negates, nothing counts; a line end is a character. */
const literal = { dot: true, nonegate: true, noextglob: true, strictSlashes: true, flags: "s" };

/** picomatch would take these for parts of a regular expression. */
function plain(glob: string): string {
  return glob.replace(/[()|+]/g, "\\$&");
}

/** Generated or foreign content: large, and not what a module's authors wrote. */
export const skippedFolders = [".git", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache", "target"];
