// Who imports whom in src/: static, lazy and type-only imports, circles among them, and arrows against the direction of the rooms.
import { dirname, join, normalize } from "node:path";

export interface Import {
  from: string;
  to: string;
  line: number;
}

const specifiers =
  /(?:^|\n)[ \t]*(?:import|export)\b[^;'"]*?\bfrom\s*["'](\.[^"']+)["']|\bimport\(\s*["'](\.[^"']+)["']\s*\)|(?:^|\n)[ \t]*import\s*["'](\.[^"']+)["']/g;

/** All imports between the given files (name -> text). */
export function importsOf(files: ReadonlyMap<string, string>): Import[] {
  return [...files].flatMap(([from, text]) =>
    [...text.matchAll(specifiers)].flatMap((match): Import[] => {
      const to = normalize(join(dirname(from), match[1] ?? match[2] ?? match[3] ?? ""));
      const line = text.slice(0, match.index + match[0].length).split("\n").length;
      return files.has(to) ? [{ from, to, line }] : [];
    }),
  );
}

/** Circles as lists of the imports that close them, one for each import that leads back to where it came from. */
export function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, Import[]>();
  for (const one of imports) next.set(one.from, [...(next.get(one.from) ?? []), one]);
  const seen = new Set<string>();
  return imports.flatMap((start) => {
    const way = shortest(next, start);
    if (way === undefined) return [];
    const key = way.map(({ from }) => from).sort();
    if (seen.has(key.join())) return [];
    seen.add(key.join());
    return [way.map(({ from, line, to }) => `${from}:${line} -> ${to}`).join(", ")];
  });
}

/** The shortest way along imports from `start` back to the file it stands in. */
function shortest(next: ReadonlyMap<string, Import[]>, start: Import): Import[] | undefined {
  const queue: Import[][] = [[start]];
  const visited = new Set<string>();
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const at = way.at(-1)?.to ?? "";
    if (at === start.from) return way;
    if (visited.has(at)) continue;
    visited.add(at);
    for (const one of next.get(at) ?? []) queue.push([...way, one]);
  }
  return undefined;
}

/** The ways from `start` to files that `far` names, each as the files it leads through. */
export function waysTo(imports: readonly Import[], start: string, far: (file: string) => boolean): string[] {
  const ways = new Map([[start, start]]);
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (far(at)) continue;
    for (const { to } of imports.filter(({ from }) => from === at)) {
      if (ways.has(to)) continue;
      ways.set(to, `${ways.get(at)} -> ${to}`);
      queue.push(to);
    }
  }
  return [...ways].flatMap(([file, way]) => (far(file) ? [way] : []));
}

/** The room of a file: the first folder below src/. */
export function roomOf(file: string): string {
  return file.split("/")[1] ?? "";
}

/** Imports between rooms that `rooms` (room -> rooms it may import from) does not allow. */
export function againstDirection(imports: readonly Import[], rooms: Readonly<Record<string, readonly string[]>>) {
  return imports
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && !(rooms[roomOf(from)] ?? []).includes(roomOf(to)))
    .map(({ from, line, to }) => `${from}:${line} -> ${to}: ${roomOf(from)} may not know ${roomOf(to)}`);
}
