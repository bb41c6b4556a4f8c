// Other modules that a module may meet: the folders of the same run, and those below a folder that the user names.
import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import type { Json } from "../../base/types.ts";
import { readDocument } from "./files.ts";

const FOLDERS_MAX = 500;

/** A folder that holds a document of the wanted name. */
export interface Neighbour {
  /** Stands for the folder in contracts: its own name, with a number when two share it. */
  key: string;
  /** Real path; never shown. */
  folder: string;
  /** Judged in the same run (otherwise found in the user's folder). */
  peer: boolean;
  data: Json;
  problem?: string;
}

export interface NeighbourPlan {
  /** The module itself; left out. */
  folder: string;
  peers: string[];
  /** Folder whose subfolders are looked at, relative to the working folder of conform. */
  below?: string;
  /** Look beside the module, too. */
  beside?: boolean;
  file: string;
  bytesMax: number;
}

/** In order: peers as given, then the user's folder by name, then those beside the module. A folder that is both counts as a peer. */
export async function findNeighbours(plan: NeighbourPlan): Promise<{ found: Neighbour[]; problem?: string }> {
  const own = await realpath(plan.folder);
  const folders = new Map<string, boolean>();
  for (const peer of plan.peers) folders.set(await realpath(peer).catch(() => peer), true);
  let problem: string | undefined;
  const roots = [plan.below, plan.beside === true ? path.dirname(own) : undefined];
  for (const below of roots.filter((root) => root !== undefined)) {
    const root = path.resolve(below);
    const names = await readdir(root).catch(() => undefined);
    if (names === undefined) problem = `${below} is no folder that can be read`;
    for (const name of (names ?? []).sort().slice(0, FOLDERS_MAX)) {
      const folder = await realpath(path.join(root, name)).catch(() => undefined);
      if (folder !== undefined && !folders.has(folder)) folders.set(folder, false);
    }
  }
  folders.delete(own);
  const found: Neighbour[] = [];
  for (const [folder, peer] of folders) {
    const read = await readDocument(folder, plan.file, { bytesMax: plan.bytesMax });
    if (!read.exists) continue;
    const message = read.problem?.message;
    found.push({
      key: uniqueKey(path.basename(folder), found),
      folder,
      peer,
      data: read.data ?? null,
      ...(message === undefined ? {} : { problem: message }),
    });
  }
  return { found, ...(problem === undefined ? {} : { problem }) };
}

function uniqueKey(name: string, before: Neighbour[]): string {
  let key = name;
  for (let n = 2; before.some((one) => one.key === key); n++) key = `${name} (${n})`;
  return key;
}
