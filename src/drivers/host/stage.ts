// The staging copy of a module's folder: the module runs in the copy, so that its own folder stays as it is.
import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { copyFile, lstat, mkdir, open, readdir, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { isWithin } from "./enclosure.ts";
import { ignore, linkEntries, mirrorDown, openUp } from "./mirror.ts";

const ENTRIES_MAX = 10_000;
const BYTES_MAX = 256 * 1024 * 1024;
const DEPTH_MAX = 32;
const HASHED_BYTES_MAX = 1024 * 1024;
/** Never copied: installed packages are linked, history is of no use. */
const LEFT_OUT = new Set(["node_modules", ".git"]);

/** How a module's folder is laid out for hosting. */
export interface StagePlan {
  /** Absolute folder of the module. */
  folder: string;
  /** Where its copy goes, relative to the stage; in an enclosing project it goes where it lies there. */
  at: string;
  /** Files written into the stage where nothing else lies, path -> text; they are meant as seen from `at`. */
  files: Record<string, string>;
  /** Further folders copied into it. */
  others: { folder: string; at: string }[];
  /** The project that encloses the module; it is mirrored around the copy. */
  project?: string;
}

/** A folder that was copied, and where to. Code is taken from the copy, whoever imports it. */
export interface Copied {
  from: string;
  to: string;
}

export interface HostStage {
  /** Real path of the stage. */
  root: string;
  moduleDir: string;
  /** The enclosing project's place in the stage. */
  projectDir?: string;
  copied: Copied[];
  /** What was left out, in words. */
  notes: string[];
}

/** Copies into `root`, which must exist. Special files, links that leave their folder and everything above the bounds are left out and noted. */
export async function makeStage(plan: StagePlan, root: string): Promise<HostStage> {
  const real = await realpath(root);
  const notes: string[] = [];
  const folder = await realpath(plan.folder);
  const { projectDir, moduleDir } = placesIn(real, plan, folder);
  if (plan.project !== undefined && projectDir !== undefined) {
    await mkdir(projectDir, { recursive: true });
    await mirrorDown(plan.project, projectDir, path.relative(projectDir, moduleDir));
  }
  const copied: Copied[] = [{ from: folder, to: moduleDir }];
  await copyFolder(folder, moduleDir, notes);
  for (const other of plan.others) {
    const from = await realpath(other.folder);
    // What contains the module, or lies within it, is there already.
    if (isWithin(from, folder) || isWithin(folder, from)) continue;
    const to = placeOfOther(from, other.at, { plan, projectDir, moduleDir });
    if (!isWithin(to, real)) notes.push(`${other.at} lies outside of the stage`);
    else {
      await emptied(real, to);
      await copyFolder(from, to, notes);
      copied.push({ from, to });
    }
  }
  for (const [file, text] of Object.entries(plan.files))
    await provide(real, placeOfFile(file, { plan, projectDir, moduleDir }), text);
  return { root: real, moduleDir, copied, notes, ...(projectDir === undefined ? {} : { projectDir }) };
}

interface Places {
  plan: StagePlan;
  projectDir: string | undefined;
  moduleDir: string;
}

/** As deep in the stage as `at` at least, so that what the contract puts above the module has its place. */
function placesIn(root: string, { at, project }: StagePlan, folder: string): Omit<Places, "plan"> {
  const levels = at.split("/").slice(0, -1);
  if (project === undefined) return { projectDir: undefined, moduleDir: path.join(root, at) };
  const relative = isWithin(folder, project) ? path.relative(project, folder) : at;
  const depth = relative.split(path.sep).length - 1;
  const projectDir = path.join(root, ...levels.slice(0, Math.max(0, levels.length - depth)));
  return { projectDir, moduleDir: path.join(projectDir, relative) };
}

/** Where it lies in the project, else as seen from the module. */
function placeOfOther(from: string, at: string, { plan, projectDir, moduleDir }: Places): string {
  if (plan.project !== undefined && projectDir !== undefined && isWithin(from, plan.project))
    return path.join(projectDir, path.relative(plan.project, from));
  return path.resolve(moduleDir, path.relative(plan.at, at));
}

/** What belongs to the top of the stage belongs to the top of the project, everything else is seen from the module. */
function placeOfFile(file: string, { plan, projectDir, moduleDir }: Places): string {
  if (projectDir !== undefined && path.dirname(file) === ".") return path.join(projectDir, file);
  return path.resolve(moduleDir, path.relative(plan.at, file));
}

/** A real, empty folder, even where the project's own folder is linked. */
async function emptied(root: string, folder: string): Promise<void> {
  await openUp(root, path.relative(root, path.dirname(folder)));
  await rm(folder, { recursive: true, force: true });
}

/** What the module or its project brings itself goes first: nothing is put into a folder that is there. */
async function provide(root: string, target: string, text: string): Promise<void> {
  const parent = path.dirname(target);
  if (!isWithin(target, root)) return;
  const own = await realpath(parent).catch(() => undefined);
  if (own !== undefined && !isWithin(own, root)) return;
  await openUp(root, path.relative(root, parent));
  await writeFile(target, text, { flag: "wx" }).catch(ignore("EEXIST"));
}

interface Budget {
  entries: number;
  bytes: number;
}

async function copyFolder(from: string, to: string, notes: string[]): Promise<void> {
  const budget: Budget = { entries: ENTRIES_MAX, bytes: BYTES_MAX };
  await mkdir(to, { recursive: true });
  await copyEntries(from, "", to, { budget, notes, depth: 0 });
  await linkPackages(path.join(from, "node_modules"), path.join(to, "node_modules"));
  if (budget.entries < 0) notes.push(`only the first ${ENTRIES_MAX} entries were staged`);
  if (budget.bytes < 0) notes.push(`only the first ${BYTES_MAX} bytes were staged`);
}

async function copyEntries(
  from: string,
  below: string,
  to: string,
  state: { budget: Budget; notes: string[]; depth: number },
): Promise<void> {
  if (state.depth > DEPTH_MAX) return;
  for (const entry of await entriesOf(path.join(from, below))) {
    const relative = path.join(below, entry.name);
    if (LEFT_OUT.has(entry.name) || state.budget.entries-- <= 0 || state.budget.bytes <= 0) continue;
    const source = path.join(from, relative);
    const target = path.join(to, relative);
    if (entry.isDirectory()) {
      await mkdir(target, { recursive: true });
      await copyEntries(from, relative, to, { ...state, depth: state.depth + 1 });
    } else if (entry.isSymbolicLink()) {
      const end = path.resolve(path.dirname(source), await readlink(source));
      if (end.startsWith(from + path.sep)) await symlink(path.relative(path.dirname(source), end), target);
      else state.notes.push(`the link ${relative} leaves the folder and was not staged`);
    } else if (entry.isFile()) {
      state.budget.bytes -= (await lstat(source)).size;
      if (state.budget.bytes >= 0) await copyFile(source, target, constants.COPYFILE_FICLONE);
    } else state.notes.push(`${relative} is no regular file and was not staged`);
  }
}

/** Each package by itself, so that what is written beside them stays in the copy. */
async function linkPackages(from: string, to: string): Promise<void> {
  const entries = await entriesOf(from);
  if (entries.length === 0) return;
  const hidden = entries.filter(({ name }) => /^[.@]/.test(name) && name !== ".bin").map(({ name }) => name);
  await linkEntries(from, to, new Set(hidden));
  for (const { name } of entries)
    if (name.startsWith("@")) await linkEntries(path.join(from, name), path.join(to, name), new Set());
}

/** Sorted, so that bounds cut the same way everywhere; empty for a folder that cannot be read. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Relative path -> digest of every file below a folder (links by their target). Bounded like staging. */
export async function digests(folder: string): Promise<Map<string, string>> {
  const result = new Map<string, string>();
  const visit = async (below: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(path.join(folder, below))) {
      if (LEFT_OUT.has(entry.name) || result.size >= ENTRIES_MAX) continue;
      const relative = path.join(below, entry.name);
      if (entry.isDirectory() && depth < DEPTH_MAX) await visit(relative, depth + 1);
      else if (!entry.isDirectory()) result.set(relative, await digest(path.join(folder, relative)));
    }
  };
  await visit("", 0);
  return result;
}

async function digest(file: string): Promise<string> {
  const stat = await lstat(file).catch(() => undefined);
  if (stat === undefined) return "gone";
  if (stat.isSymbolicLink()) return `link ${await readlink(file).catch(() => "")}`;
  if (!stat.isFile()) return "special";
  if (stat.size > HASHED_BYTES_MAX) return `${stat.size} ${stat.mtimeMs}`;
  // Never block on something that turned into a FIFO.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return "unreadable";
  try {
    return createHash("sha256")
      .update(await handle.readFile())
      .digest("hex");
  } finally {
    await handle.close();
  }
}

/** Files that differ between two digests, each with what happened to it. */
export function digestChanges(
  before: Map<string, string>,
  after: Map<string, string>,
): { file: string; change: string }[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((file) => {
    if (before.get(file) === after.get(file)) return [];
    return [{ file, change: !before.has(file) ? "added" : !after.has(file) ? "removed" : "changed" }];
  });
}
