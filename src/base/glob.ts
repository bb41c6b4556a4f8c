// Globs over paths with `/`: `*` and `?` within a part, `**` over parts, `[a-z]`, `{a,b}`.

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

/** The whole path must match. A leading `/` or `./` says nothing. */
export function globPattern(glob: string): RegExp {
  const text = glob.replace(/^(\.?\/)+/, "");
  let pattern = "";
  let braces = 0;
  for (let i = 0; i < text.length; i++) {
    const rest = text.slice(i);
    const set = /^\[(!?)((?:[^\]\\]|\\.)+)\]/.exec(rest);
    if (rest.startsWith("**/")) {
      // Runs of `**/` are one, or matching would take exponential time.
      while (text.startsWith("**/", i + 3)) i += 3;
      pattern += "(?:[^/]+/)*";
      i += 2;
    } else if (rest.startsWith("**")) {
      pattern += ".*";
      i += 1;
    } else if (rest[0] === "*") {
      while (text[i + 1] === "*") i++;
      pattern += "[^/]*";
    } else if (rest[0] === "?") pattern += "[^/]";
    else if (set !== null) {
      pattern += `[${set[1] === "!" ? "^/" : ""}${(set[2] ?? "").replace(/[\]\\^[]/g, "\\$&")}]`;
      i += set[0].length - 1;
    } else if (rest[0] === "{" && rest.includes("}")) {
      pattern += "(?:";
      braces++;
    } else if (rest[0] === "}" && braces > 0) {
      pattern += ")";
      braces--;
    } else pattern += rest[0] === "," && braces > 0 ? "|" : (rest[0] ?? "").replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  }
  return new RegExp(`^${pattern}${")".repeat(braces)}$`, "s");
}
