// Notices changes below folders by looking again and again; no watcher of the system, whose gaps differ from one to the next.
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Absolute path -> what changes when the file does. */
export type Snapshot = Map<string, string>;

const skipped = new Set([
  "node_modules",
  ".git",
  "target",
  "__pycache__",
  ".venv",
  "venv",
  ".pytest_cache",
  ".mypy_cache",
]);
const filesMax = 50_000;

/** All files below the folders, but for folders of tools and `without` (absolute paths). Single files may be given too. */
export function snapshot(roots: readonly string[], without: readonly string[]): Snapshot {
  const found: Snapshot = new Map();
  const leave = new Set(without);
  const walk = (folder: string): void => {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (leave.has(path) || found.size >= filesMax) continue;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) walk(path);
      } else add(found, path);
    }
  };
  for (const root of roots) {
    if (isFolder(root)) walk(root);
    else add(found, root);
  }
  return found;
}

/** Paths that were changed, added or removed. */
export function changedFiles(before: Snapshot, after: Snapshot): string[] {
  const changed = [...after].filter(([path, state]) => before.get(path) !== state).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...removed].sort();
}

function add(found: Snapshot, path: string): void {
  try {
    const { mtimeMs, size, ino, mode } = statSync(path);
    found.set(path, `${mtimeMs}:${size}:${ino}:${mode}`);
  } catch {
    // Gone while we looked: it is not there.
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
