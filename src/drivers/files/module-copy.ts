// A copy of the module's folder for one scenario, so that nothing is ever written into the user's own.
import { copyFile, lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative, sep } from "node:path";

/** Never needed to run a module. */
const leftOut = new Set([".git", ".hg", ".svn", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox"]);
/** Large and only read: the copy gets a link to the original. */
const linked = new Set(["node_modules", ".venv", "venv", "target"]);

export interface CopyBounds {
  filesMax: number;
  bytesMax: number;
}

export interface CopyReport {
  files: number;
  bytes: number;
  /** A bound was met; the copy is not whole. */
  cut: boolean;
}

/** Copies regular files, folders and links (as links) to a folder that does not exist yet. Pipes, sockets and devices are left out. */
export async function copyModule(from: string, to: string, bounds: CopyBounds): Promise<CopyReport> {
  const report: CopyReport = { files: 0, bytes: 0, cut: false };
  await copyFolder(from, to, bounds, report);
  return report;
}

async function copyFolder(from: string, to: string, bounds: CopyBounds, report: CopyReport): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (leftOut.has(name) || report.cut) continue;
    const source = join(from, name);
    const target = join(to, name);
    const status = await lstat(source);
    if (status.isDirectory()) {
      if (linked.has(name)) await symlink(source, target);
      else await copyFolder(source, target, bounds, report);
    } else if (status.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (status.isFile()) {
      report.files += 1;
      report.bytes += status.size;
      if (report.files > bounds.filesMax || report.bytes > bounds.bytesMax) report.cut = true;
      else await copyFile(source, target);
    }
  }
}

/** Writes a file below `root`, or removes it (`text` null); false when the path leads elsewhere. */
export async function writeBelow(root: string, file: string, text: string | null): Promise<boolean> {
  const path = normalize(file);
  if (isAbsolute(path) || path.split(sep).includes("..")) return false;
  const target = join(root, path);
  for (let at = target; at !== root; at = dirname(at)) {
    if (relative(root, at).startsWith("..")) return false;
    const link = await lstat(at).then(
      (status) => status.isSymbolicLink(),
      () => false,
    );
    if (link) return false;
  }
  if (text === null) {
    await rm(target, { force: true, recursive: true });
    return true;
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  return true;
}
