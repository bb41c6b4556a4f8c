// What lies at a path of a folder, for a build that takes it: links are followed as long as they stay inside.
import { lstat, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Lying } from "../../formats/dockerfile/context.ts";
import { isBelow } from "./files.ts";
import { listFolder } from "./folders.ts";

/** Undefined: nothing is there, or links lead out of the folder. `deep`: list what is below, at most `entriesMax` of it. */
export async function lyingAt(
  root: string,
  path: string,
  { deep, entriesMax }: { deep: boolean; entriesMax: number },
): Promise<Lying | undefined> {
  const realRoot = await realpath(root).catch(() => undefined);
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (realRoot === undefined || real === undefined || !isBelow(realRoot, real)) return undefined;
  const place = relative(realRoot, real).split(sep).join("/");
  const names = [...new Set([path, place])].filter((name) => name !== "");
  if (!deep || !(await lstat(real)).isDirectory()) return { names, below: [], cut: false };
  const list = await listFolder(real, { globs: ["**"], skip: [], entriesMax, depthMax: 64 });
  const below = list.entries.map((entry) => (place === "" ? entry.path : `${place}/${entry.path}`));
  return { names, below, cut: list.limits.length > 0 };
}
