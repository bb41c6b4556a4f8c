// Which copy stands for a file; and, as a program of its own, the loader's hooks of Node versions that run them in another thread.
import { sep } from "node:path";
import { pathToFileURL } from "node:url";

/** Folders that were copied, innermost first where one contains another. */
export type Copies = { from: string; to: string }[];

/** A path (also with a query behind it), or the same in the copy. */
export function copyOf(copies: Copies, file: string): string {
  const copy = copies.find(({ from }) => file.startsWith(from + sep));
  return copy === undefined ? file : copy.to + file.slice(copy.from.length);
}

/** The same for `file:` URLs. */
export function urlOfCopy(copies: Copies, url: string): string {
  if (!url.startsWith("file:")) return url;
  for (const { from, to } of copies) {
    const start = `${pathToFileURL(from).href}/`;
    if (url.startsWith(start)) return `${pathToFileURL(to).href}/${url.slice(start.length)}`;
  }
  return url;
}

let copies: Copies = [];

export function initialize(data: Copies): void {
  copies = data;
}

export async function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<{ url: string }>,
): Promise<{ url: string }> {
  const found = await next(specifier, context);
  return { ...found, url: urlOfCopy(copies, found.url) };
}
