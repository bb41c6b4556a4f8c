// The digest of what is judged: sha256 of a file, dirHash of a folder. The same on every system for the same contents.
import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { open, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Folders that never count, wherever they lie: versions, caches, installed packages, build products. */
export const digestLeavesOut: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".tox",
  ".venv",
  "venv",
  "node_modules",
  "target",
]);

/** Files that never count: a working tree's pointer to its repository, what a file manager leaves. */
const filesLeftOut: ReadonlySet<string> = new Set([".git", ".DS_Store"]);

/** Where conform writes by default; a run must not change what it judged. */
const ownOutput = join("reports", "latest");

const filesMax = 20_000;
const bytesMax = 1 << 30;

/** `sha256:<hex>` of a file, `dirHash:<hex>` of a folder (in-toto's names for them); or why there is none. */
export type Digest = { digest: string } | { none: string };

/** Never throws: what cannot be read has no digest. */
export async function digestOf(path: string): Promise<Digest> {
  try {
    const status = await stat(path);
    if (status.isFile()) return { digest: `sha256:${await sha256Of(path)}` };
    if (status.isDirectory()) return await folderDigest(await realpath(path));
    return { none: "it is neither a file nor a folder" };
  } catch (error) {
    return { none: error instanceof Error ? error.message.replace(/,? '.*'$/, "") : String(error) };
  }
}

/**
 * dirHash: sha256 over one line `<sha256>  <path>` per file, sorted by the bytes of the path (`/` between its parts, letters composed as in NFC,
 * since systems store them differently). Times, owners and modes do not count. A link to a file inside counts as that file; of any other link
 * the text of where it leads, in a line that begins with `link `, which no file's does. What two folders with different contents could share has
 * no digest: names with line ends, names that are not Unicode, names that differ only in how letters are composed, no files at all.
 * Source: in-toto DigestSet, "dirHash".
 */
async function folderDigest(root: string): Promise<Digest> {
  const seen = { files: 0, bytes: 0 };
  const lines: FileLine[] = [];
  const queue = [root];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join("/").normalize("NFC");
      if (isLeftOut(entry) || relative(root, path) === ownOutput) continue;
      // What is no Unicode on the disk is read with this character in its place, and then cannot be opened.
      if (/[\n\ufffd]/.test(name)) return { none: `the name ${JSON.stringify(name)} has a line end or is not UTF-8` };
      if (entry.isDirectory()) {
        queue.push(path);
        continue;
      }
      const hash = await entryHash(root, path, entry, seen);
      if (hash !== undefined) lines.push({ bytes: Buffer.from(name), name, line: `${hash}  ${name}\n` });
      if (seen.files > filesMax) return { none: `it has more than ${filesMax} files` };
      if (seen.bytes > bytesMax) return { none: `it holds more than ${bytesMax} bytes` };
    }
  }
  return digestOfLines(lines);
}

interface FileLine {
  bytes: Buffer;
  name: string;
  line: string;
}

function digestOfLines(lines: FileLine[]): Digest {
  if (lines.length === 0) return { none: "it holds no file that counts" };
  lines.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const twice = lines.find(({ name }, i) => name === lines[i + 1]?.name);
  if (twice !== undefined)
    return { none: `${JSON.stringify(twice.name)} is there twice, its letters composed otherwise` };
  const all = createHash("sha256");
  for (const { line } of lines) all.update(line);
  return { digest: `dirHash:${all.digest("hex")}` };
}

/** A file of such a name is one that counts. A link may stand for the folder, such as one that package managers set. */
function isLeftOut(entry: Dirent): boolean {
  return entry.isFile() ? filesLeftOut.has(entry.name) : digestLeavesOut.has(entry.name);
}

/** Pipes, sockets and devices do not count. */
async function entryHash(root: string, path: string, entry: Dirent, seen: { files: number; bytes: number }) {
  if (entry.isSymbolicLink()) {
    seen.files += 1;
    const real = await realpath(path).catch(() => undefined);
    const inside = real?.startsWith(`${root}${sep}`) === true && (await stat(real)).isFile();
    if (!inside || real === undefined)
      return `link ${createHash("sha256")
        .update(await readlink(path))
        .digest("hex")}`;
    seen.bytes += (await stat(real)).size;
    return seen.bytes > bytesMax ? undefined : sha256Of(real);
  }
  if (!entry.isFile()) return undefined;
  seen.files += 1;
  seen.bytes += (await stat(path)).size;
  return seen.bytes > bytesMax ? undefined : sha256Of(path);
}

/** Bounded memory; a file that became a pipe meanwhile is not waited for. */
async function sha256Of(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(1 << 16);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
