// The file system as target.ts asks about it.
import { accessSync, closeSync, constants, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { shownPath } from "../../base/io.ts";
import type { Look, PathKind } from "../../base/pointed.ts";

const entriesMax = 5000;
const skipped = new Set(["node_modules", ".git", "target", "__pycache__", ".venv", "venv"]);

export const look: Look = {
  at: kindOf,
  files: (folder) => filesOf(folder),
  absolute: (path) => resolve(path),
  folderOf: dirname,
  shown: (path) => (shownPath(path).startsWith("/") ? basename(path) : shownPath(path)),
  join: (folder, name) => resolve(folder, name),
};

function kindOf(path: string): PathKind {
  let stat: Stats;
  try {
    stat = statSync(path);
  } catch {
    return { kind: "missing" };
  }
  if (stat.isDirectory()) return { kind: "folder" };
  if (!stat.isFile()) {
    return { kind: "other", what: stat.isFIFO() ? "a named pipe" : stat.isSocket() ? "a socket" : "a device" };
  }
  return { kind: "file", executable: (stat.mode & 0o111) !== 0 && accessible(path), script: looksLikeScript(path) };
}

function accessible(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function looksLikeScript(path: string): boolean {
  if (/\.([cm]?[jt]s|py|rb|sh|pl)$/.test(path)) return true;
  try {
    const fd = openSync(path, "r");
    const head = Buffer.alloc(2);
    readSync(fd, head, 0, 2, 0);
    closeSync(fd);
    return head.toString("latin1") === "#!";
  } catch {
    return false;
  }
}

function filesOf(folder: string, prefix = "", depth = 0): string[] {
  return entriesOf(join(folder, prefix)).flatMap((entry) => {
    const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return depth < 2 && !skipped.has(entry.name) ? filesOf(folder, name, depth + 1) : [];
    return entry.isFile() || entry.isSymbolicLink() ? [name] : [];
  });
}

function entriesOf(folder: string) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, entriesMax);
  } catch {
    return [];
  }
}
