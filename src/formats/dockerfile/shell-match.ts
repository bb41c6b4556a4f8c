// Go's filepath.Match as far as builders use it: to find out whether a pattern is well-formed, by trying it on `.`. Pure.

/** Undefined when it is malformed in the part that Go looks at: it stops where the name cannot match any more. */
export function goMatch(pattern: string, name: string): boolean | undefined {
  let rest = name;
  for (let left = pattern; left !== ""; ) {
    const { star, chunk, after } = nextChunk(left);
    left = after;
    if (star && chunk === "") return !rest.includes("/");
    const found = chunkAt(chunk, rest, star ? rest.length : 0, after === "");
    if (found === "malformed") return undefined;
    if (found === undefined) return false;
    rest = found;
  }
  return rest === "";
}

/** What is left of the name behind the chunk, which may begin up to `skip` characters later but in the same folder. */
function chunkAt(chunk: string, name: string, skip: number, last: boolean): string | "malformed" | undefined {
  for (let at = 0; at <= skip; at++) {
    const found = matchChunk(chunk, name.slice(at));
    if (found === "malformed") return found;
    if (found !== undefined && (!last || found.rest === "")) return found.rest;
    if (name.charAt(at) === "/") return undefined;
  }
  return undefined;
}

/** A star, or none, and everything up to the next one outside of `[...]`. */
function nextChunk(pattern: string): { star: boolean; chunk: string; after: string } {
  const text = pattern.replace(/^\*+/, "");
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === "\\") at++;
    else if (c === "[") inside = true;
    else if (c === "]") inside = false;
    else if (c === "*" && !inside) return { star: text !== pattern, chunk: text.slice(0, at), after: text.slice(at) };
  }
  return { star: text !== pattern, chunk: text, after: "" };
}

/** Reads all of the chunk, also when the name has long stopped matching. */
function matchChunk(chunk: string, name: string): { rest: string } | "malformed" | undefined {
  const c = [...chunk];
  const n = [...name];
  let failed = false;
  let used = 0;
  for (let at = 0; at < c.length; ) {
    failed ||= used >= n.length;
    const one = c[at] ?? "";
    const seen = n[used] ?? "";
    if (one === "[") {
      const list = readClass(c, at + 1, seen);
      if (list === undefined) return "malformed";
      at = list.end;
      failed ||= !list.match;
    } else if (one === "?") {
      failed ||= seen === "/";
      at++;
    } else {
      if (one === "\\" && ++at === c.length) return "malformed";
      failed ||= c[at] !== seen;
      at++;
    }
    used++;
  }
  return failed ? undefined : { rest: n.slice(used).join("") };
}

function readClass(c: string[], from: number, seen: string): { end: number; match: boolean } | undefined {
  const negated = c[from] === "^";
  let at = negated ? from + 1 : from;
  let match = false;
  for (let count = 0; count === 0 || c[at] !== "]"; count++) {
    const low = readOne(c, at);
    if (low === undefined) return undefined;
    const high = c[low.end] === "-" ? readOne(c, low.end + 1) : low;
    if (high === undefined) return undefined;
    match ||= low.c <= seen && seen <= high.c;
    at = high.end;
  }
  return { end: at + 1, match: match !== negated };
}

/** One character of a class, with something behind it. */
function readOne(c: string[], at: number): { c: string; end: number } | undefined {
  const place = c[at] === "\\" ? at + 1 : at;
  const one = c[place];
  if (one === undefined || (place === at && (one === "-" || one === "]")) || place + 1 >= c.length) return undefined;
  return { c: one, end: place + 1 };
}
