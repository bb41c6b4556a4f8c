// What lies in a folder: a bounded listing that follows no link, and a bounded search in its text files.

import { isUtf8 } from "node:buffer";
import type { Dirent, Stats } from "node:fs";
import { lstat, opendir, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { runInNewContext } from "node:vm";
import { globDepth, globMatcher } from "../../base/glob.ts";
import { isObject } from "../../base/json.ts";
import { type FileKind, fileKindOf, isBelow, readBounded } from "./files.ts";

/** One thing in a folder. */
export type FolderEntry = {
  /** Relative, with `/`. */
  path: string;
  name: string;
  kind: FileKind;
  bytes: number;
  /** Permissions in octal: `755`. */
  mode: string;
  executable: boolean;
  /** Where a link points; `inside`: to something in the folder. */
  link?: { to: string; inside: boolean };
};

/** A bound that was reached. */
export type FolderLimit = { limit: string; bound: number };

export type FolderList = {
  ok: boolean;
  /** Name of the folder itself, links resolved. */
  folder: string;
  entries: FolderEntry[];
  count: number;
  /** Folders not looked into. */
  skipped: string[];
  limits: FolderLimit[];
  problem?: { kind: string; message: string };
};

export interface ListOptions {
  globs: string[];
  /** Names of folders that are listed but not entered. */
  skip: string[];
  entriesMax: number;
  depthMax: number;
}

/** Everything below the folder that matches, sorted by path. Never throws for anything in it. */
export async function listFolder(root: string, options: ListOptions): Promise<FolderList> {
  const list: FolderList = { ok: true, folder: basename(root), entries: [], count: 0, skipped: [], limits: [] };
  const realRoot = await realpath(root).catch(() => undefined);
  if (realRoot === undefined || !(await lstat(realRoot)).isDirectory()) {
    return { ...list, ok: false, problem: { kind: "absent", message: "there is no such folder" } };
  }
  list.folder = basename(realRoot);
  const wanted = globMatcher(options.globs);
  const deepest = globDepth(options.globs);
  let seen = 0;
  // Breadth first, so that a huge folder somewhere below does not hide what lies at the top.
  const queue: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const names = await namesIn(join(realRoot, folder.path), options.entriesMax - seen + 1);
    for (const { name } of names) {
      if (++seen > options.entriesMax) {
        limit(list, "entriesMax", options.entriesMax);
        queue.length = 0;
        break;
      }
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      const entry = await entryAt(realRoot, path, name);
      if (wanted(path)) list.entries.push(entry);
      if (entry.kind !== "folder" || folder.depth + 1 >= deepest) continue;
      if (options.skip.includes(name)) list.skipped.push(path);
      else if (folder.depth + 1 >= options.depthMax) limit(list, "depthMax", options.depthMax);
      else queue.push({ path, depth: folder.depth + 1 });
    }
  }
  list.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  list.skipped.sort();
  list.count = list.entries.length;
  return list;
}

function limit(list: FolderList, name: string, bound: number): void {
  if (!list.limits.some((known) => known.limit === name)) list.limits.push({ limit: name, bound });
}

/** At most so many names, sorted. A folder that cannot be read is an empty one. */
async function namesIn(folder: string, max: number): Promise<Dirent[]> {
  const names: Dirent[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      names.push(entry);
      if (names.length >= max) break;
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function entryAt(realRoot: string, path: string, name: string): Promise<FolderEntry> {
  const full = join(realRoot, path);
  const status: Stats | undefined = await lstat(full).catch(() => undefined);
  if (status === undefined) return { path, name, kind: "unreadable", bytes: 0, mode: "0", executable: false };
  const mode = status.mode & 0o7777;
  const entry: FolderEntry = {
    path,
    name,
    kind: fileKindOf(status),
    bytes: status.size,
    mode: mode.toString(8),
    executable: status.isFile() && (mode & 0o111) !== 0,
  };
  if (!status.isSymbolicLink()) return entry;
  const to = await readlink(full).catch(() => "");
  const real = await realpath(full).catch(() => resolve(dirname(full), to));
  const inside = isBelow(realRoot, real);
  // An absolute target would tell where the folder lies on this machine.
  const shown = inside ? relative(dirname(full), real).split(sep).join("/") || "." : to;
  return { ...entry, link: { to: shown, inside } };
}

/** A line that matches, or part of it. */
export type FolderMatch = {
  path: string;
  line: number;
  column: number;
  /** The line, cut at 500 characters. */
  text: string;
  /** What the pattern's groups caught; null for those that took no part. */
  groups?: (string | null)[];
};

export type FolderSearch = {
  ok: boolean;
  matches: FolderMatch[];
  count: number;
  /** Text files that were searched. */
  files: number;
  /** Files that are no UTF-8 text, too large, or cannot be read. */
  unsearched: string[];
  limits: FolderLimit[];
  problem?: { kind: string; message: string };
};

export interface SearchOptions extends ListOptions {
  pattern: string;
  /** `i`, `u`, `s`: of JavaScript regular expressions. */
  flags: string;
  matchesMax: number;
  bytesMax: number;
  /** For one file; a pattern that takes longer is stopped. */
  patternMs: number;
}

/** Longer lines are searched up to here. */
const lineCharactersMax = 10_000;

/** Every line of every text file that matches. Throws SyntaxError for a pattern that is none. */
export async function grepFolder(root: string, options: SearchOptions): Promise<FolderSearch> {
  const flags = [...new Set(`${options.flags}g`)].filter((flag) => "gius".includes(flag)).join("");
  new RegExp(options.pattern, flags);
  const list = await listFolder(root, options);
  const search: FolderSearch = { ok: list.ok, matches: [], count: 0, files: 0, unsearched: [], limits: list.limits };
  if (list.problem !== undefined) return { ...search, problem: list.problem };
  for (const { path, kind } of list.entries) {
    if (kind !== "file" && kind !== "link") continue;
    const read = await readBounded(root, path, options.bytesMax);
    if (!read.ok && read.kind === "folder") continue;
    if (!read.ok || !isUtf8(read.bytes) || read.bytes.includes(0)) {
      search.unsearched.push(path);
      continue;
    }
    search.files++;
    const found = linesMatching(read.bytes.toString("utf8"), { ...options, flags });
    if (found === "too slow") {
      const message = `the pattern took longer than ${options.patternMs} ms in ${path}`;
      search.limits.push({ limit: "patternMs", bound: options.patternMs });
      return { ...search, ok: false, problem: { kind: "pattern", message } };
    }
    search.count += found.length;
    search.matches.push(...found.map((match) => ({ path, ...match })));
    if (search.matches.length <= options.matchesMax) continue;
    search.matches.length = options.matchesMax;
    search.limits.push({ limit: "matchesMax", bound: options.matchesMax });
    break;
  }
  return search;
}

/** Runs in the searched context: nothing from outside but the text. */
const searchCode = `(() => {
  const pattern = new RegExp(source, flags);
  const found = [];
  const lines = text.split("\\n");
  for (let i = 0; i < lines.length && found.length <= max; i++) {
    const line = lines[i].slice(0, width).replace(/\\r$/, "");
    pattern.lastIndex = 0;
    const match = pattern.exec(line);
    if (match === null) continue;
    found.push({ line: i + 1, column: match.index + 1, text: line.slice(0, 500), groups: match.slice(1).map((g) => g ?? null) });
  }
  return JSON.stringify(found);
})()`;

type LineMatch = Omit<FolderMatch, "path">;

function linesMatching(text: string, options: SearchOptions): LineMatch[] | "too slow" {
  const { pattern: source, flags, matchesMax: max, patternMs: timeout } = options;
  try {
    // A context of its own, because its clock can stop a pattern that backtracks without end.
    const found: unknown = runInNewContext(
      searchCode,
      { text, source, flags, max, width: lineCharactersMax },
      { timeout },
    );
    const matches = JSON.parse(String(found)) as (LineMatch & { groups: (string | null)[] })[];
    return matches.map(({ groups, ...match }) => (groups.length === 0 ? match : { ...match, groups }));
  } catch (error) {
    const code = isObject(error) && "code" in error ? error.code : undefined;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "too slow";
    throw error;
  }
}
