// JSON from a module: depth-bounded parsing and pointers.
import type { Json } from "./types.ts";

/** Deepest nesting accepted from a module. */
export const jsonDepthMax = 64;

/** The value, or why there is none. Never throws. */
export function parseJson(text: string): { value?: Json; problem?: string } {
  if (tooDeep(text)) return { problem: `nested deeper than ${jsonDepthMax}` };
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Looks at brackets outside strings only, before any parser recurses into them. */
function tooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) i++;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 123 || c === 91) {
      if (++depth > jsonDepthMax) return true;
    } else if (c === 125 || c === 93) depth--;
  }
  return false;
}

/** RFC 6901 pointer of a path. */
export function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
