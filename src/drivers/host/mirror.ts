// What encloses a module, mirrored around its copy: real folders on the way down to it, links to everything beside that way. Nothing is written
// through these links: the copy alone may be written to, and writing follows no link that leads out of it.
import { lstat, mkdir, readdir, readlink, symlink, unlink } from "node:fs/promises";
import path from "node:path";

const LINKS_MAX = 5_000;

/** Links everything in `from` into the folder `to`, except names in `but`. */
export async function linkEntries(from: string, to: string, but: Set<string>): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = await readdir(from).catch(() => []);
  for (const name of names.slice(0, LINKS_MAX))
    if (!but.has(name)) await symlink(path.join(from, name), path.join(to, name)).catch(ignore("EEXIST"));
}

/** Real folders from `root` (which mirrors `from`) down to `relative`; what lies beside them is linked. The last one is made empty. */
export async function mirrorDown(from: string, root: string, relative: string): Promise<void> {
  const names = relative.split(path.sep).filter((name) => name !== "");
  let original = from;
  let copy = root;
  for (const name of names) {
    await linkEntries(original, copy, new Set([name, ".git"]));
    original = path.join(original, name);
    copy = path.join(copy, name);
  }
  await mkdir(copy, { recursive: true });
}

/** Makes the folder `relative` below `root` a real one, wherever a link stands in the way: its entries are linked instead. */
export async function openUp(root: string, relative: string): Promise<void> {
  let at = root;
  for (const name of relative.split(path.sep).filter((part) => part !== "")) {
    at = path.join(at, name);
    const stat = await lstat(at).catch(() => undefined);
    if (stat === undefined) await mkdir(at);
    else if (stat.isSymbolicLink()) {
      const target = path.resolve(path.dirname(at), await readlink(at));
      await unlink(at);
      await linkEntries(target, at, new Set());
    }
  }
}

export const ignore = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error;
};
