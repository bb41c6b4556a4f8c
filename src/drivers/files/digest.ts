// The digest of what is judged: sha256 of a file, dirHash of a folder. The same on every system for the same contents.
import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { open, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What never counts, wherever it lies: versions, caches, installed packages, build products. */
export const digestLeavesOut: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  ".DS_Store",
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
 * since systems store them differently). Times, owners and modes do not count. A link to a file inside counts as that file; any other link as
 * the text of where it leads. Source: in-toto DigestSet, "dirHash".
 */
async function folderDigest(root: string): Promise<Digest> {
  const seen = { files: 0, bytes: 0 };
  const lines: [path: Buffer, line: string][] = [];
  const queue = [root];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (digestLeavesOut.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (relative(root, path) !== ownOutput) queue.push(path);
      } else {
        const hash = await entryHash(root, path, entry, seen);
        if (hash === undefined) continue;
        const name = relative(root, path).split(sep).join("/").normalize("NFC");
        lines.push([Buffer.from(name), `${hash}  ${name}\n`]);
      }
      if (seen.files > filesMax) return { none: `it has more than ${filesMax} files` };
      if (seen.bytes > bytesMax) return { none: `it holds more than ${bytesMax} bytes` };
    }
  }
  lines.sort(([a], [b]) => Buffer.compare(a, b));
  const all = createHash("sha256");
  for (const [, line] of lines) all.update(line);
  return { digest: `dirHash:${all.digest("hex")}` };
}

/** Pipes, sockets and devices do not count. */
async function entryHash(root: string, path: string, entry: Dirent, seen: { files: number; bytes: number }) {
  if (entry.isSymbolicLink()) {
    seen.files += 1;
    const real = await realpath(path).catch(() => undefined);
    const inside = real?.startsWith(`${root}${sep}`) === true && (await stat(real)).isFile();
    if (!inside || real === undefined)
      return createHash("sha256")
        .update(await readlink(path))
        .digest("hex");
    seen.bytes += (await stat(real)).size;
    return sha256Of(real);
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
