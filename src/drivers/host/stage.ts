// The staging copy of a module's folder: the module runs in the copy, so that its own folder stays as it is.
import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { copyFile, lstat, mkdir, open, readdir, readlink, realpath, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

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
  /** Where its copy goes, relative to the stage. */
  at: string;
  /** Files written into the stage, path -> text. */
  files: Record<string, string>;
  /** Further folders copied into it. */
  others: { folder: string; at: string }[];
}

export interface Stage {
  /** Real path of the stage. */
  root: string;
  moduleDir: string;
  /** What was left out, in words. */
  notes: string[];
}

/** Copies into `root`, which must exist. Special files, links that leave their folder and everything above the bounds are left out and noted. */
export async function makeStage(plan: StagePlan, root: string): Promise<Stage> {
  const real = await realpath(root);
  const notes: string[] = [];
  for (const { folder, at } of [{ folder: plan.folder, at: plan.at }, ...plan.others]) {
    const target = inside(real, at);
    if (target === undefined) notes.push(`${at} lies outside of the stage`);
    else await copyFolder(await realpath(folder), target, notes);
  }
  for (const [file, text] of Object.entries(plan.files)) {
    const target = inside(real, file);
    if (target === undefined) continue;
    await mkdir(path.dirname(target), { recursive: true });
    // The module's own file of that name goes first.
    await writeFile(target, text, { flag: "wx" }).catch(ignore("EEXIST"));
  }
  await linkPackages(plan, real);
  return { root: real, moduleDir: path.join(real, plan.at), notes };
}

function inside(root: string, relative: string): string | undefined {
  const target = path.resolve(root, relative);
  return target.startsWith(root + path.sep) ? target : undefined;
}

const ignore = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error;
};

interface Budget {
  entries: number;
  bytes: number;
}

async function copyFolder(from: string, to: string, notes: string[]): Promise<void> {
  const budget: Budget = { entries: ENTRIES_MAX, bytes: BYTES_MAX };
  await mkdir(to, { recursive: true });
  await copyEntries(from, "", to, { budget, notes, depth: 0 });
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

/** Sorted, so that bounds cut the same way everywhere; empty for a folder that cannot be read. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Packages that the original folder can import can be imported from the copy: the nearest `node_modules` above it are linked in. */
async function linkPackages({ folder, at }: StagePlan, root: string): Promise<void> {
  const found: string[] = [];
  for (let dir = await realpath(folder); ; dir = path.dirname(dir)) {
    const packages = path.join(dir, "node_modules");
    if ((await lstat(packages).catch(() => undefined)) !== undefined) found.push(packages);
    if (path.dirname(dir) === dir) break;
  }
  const levels: string[] = [];
  for (let dir = path.dirname(at); ; dir = path.dirname(dir)) {
    levels.push(path.join(root, dir));
    if (dir === "." || dir === "/") break;
  }
  // The farthest in the root, nearer ones deeper; what does not fit is beyond what staging can do.
  const fitting = found.slice(0, levels.length).reverse();
  for (const [index, packages] of fitting.entries()) {
    const level = levels[levels.length - 1 - index];
    if (level === undefined) continue;
    await mkdir(level, { recursive: true });
    await symlink(packages, path.join(level, "node_modules")).catch(ignore("EEXIST"));
  }
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
