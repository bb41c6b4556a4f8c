// Reads contract folders: the files of one, where the shipped ones lie, and those that the build stored.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { cannot, UsageError } from "../base/errors.ts";
import { packageRoot, shownPath } from "../base/io.ts";
import type { Contract, TargetKind } from "../base/types.ts";

/** The YAML and JSON files of a contract folder. */
export interface ContractFiles {
  /** As shown to people. */
  folder: string;
  /** Texts by name relative to the folder, `/` between its parts. */
  files: Map<string, string>;
  /** sha256 over names and texts, hexadecimal. */
  digest: string;
}

/** Bounds of a contract folder: its files, their bytes, and whatever lies in it. */
const filesMax = 256;
const bytesMax = 8 << 20;
const entriesMax = 10_000;

/**
 * The YAML and JSON files of a contract folder, at most 256 of them and 8 MiB in all. A link may lead to a file of the folder and nowhere else.
 * Throws UsageError when there is no contract.yaml, a file cannot be read, or a bound is crossed.
 */
export function readContractFiles(folder: string): ContractFiles {
  if (!existsSync(join(folder, "contract.yaml")))
    throw new UsageError(`no contract.yaml in ${folder}; a contract is a folder that holds one`);
  const files = new Map<string, string>();
  const hash = createHash("sha256");
  const home = realpathSync(folder);
  let bytes = 0;
  for (const name of namesBelow(folder)) {
    const path = join(folder, name);
    const size = sizeOf(path, home);
    if (files.size === filesMax) throw new UsageError(`${folder} holds more than ${filesMax} YAML and JSON files`);
    bytes += size;
    if (bytes > bytesMax) throw new UsageError(`${folder}: its YAML and JSON files are larger than ${bytesMax} bytes`);
    const text = readFileSync(path, "utf8");
    files.set(name, text);
    hash.update(`${name}\0${text.length}\0${text}`);
  }
  return { folder: shownPath(folder), files, digest: hash.digest("hex") };
}

/** YAML and JSON files and links so named, sorted; folders behind links are not entered. Throws UsageError. */
function namesBelow(folder: string): string[] {
  const names: string[] = [];
  const waiting = [""];
  let entries = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      if (++entries > entriesMax) throw new UsageError(`${folder} holds more than ${entriesMax} files and folders`);
      const name = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(name);
      else if (/\.(ya?ml|json)$/.test(name)) names.push(name);
    }
  }
  return names.sort();
}

/** Size of a regular file within the folder. Throws UsageError. */
function sizeOf(path: string, home: string): number {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    throw cannot("read", path, error);
  }
  if (!real.startsWith(`${home}${sep}`)) throw new UsageError(`${path} is a link out of the contract's folder`);
  const stat = statSync(real);
  if (!stat.isFile()) throw new UsageError(`${path} is not a file`);
  return stat.size;
}

/** Folders below specs/ that hold a contract. */
export function shippedContractFolders(): string[] {
  const specs = join(packageRoot(), "specs");
  return readdirSync(specs)
    .sort()
    .map((name) => join(specs, name))
    .filter((folder) => existsSync(join(folder, "contract.yaml")));
}

interface StoredHead {
  name: string;
  version: string;
  title: string;
  targets: TargetKind[];
  detect: { files: string[] };
  file: string;
}

/** The contracts that the build stored in dist/, when conform runs from there. */
export function compiledContracts():
  | { heads: StoredHead[]; load(head: { name: string; version: string }): Contract }
  | undefined {
  const own = fileURLToPath(import.meta.url);
  const folder = join(packageRoot(), "dist", "contracts");
  if (!own.startsWith(join(packageRoot(), "dist")) || !existsSync(join(folder, "index.json"))) return undefined;
  const heads = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as StoredHead[];
  return {
    heads,
    load({ name, version }) {
      const file = heads.find((head) => head.name === name && head.version === version)?.file ?? "";
      return JSON.parse(readFileSync(join(folder, file), "utf8")) as Contract;
    },
  };
}
