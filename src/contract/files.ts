// Reads contract folders: the files of one, where the shipped ones lie, and those that the build stored.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../base/errors.ts";
import { packageRoot, shownPath } from "../base/io.ts";
import type { Contract, TargetKind } from "../base/types.ts";

/** The text files of a contract folder by relative name, and the sha256 over them. */
export interface ContractFiles {
  folder: string;
  files: Map<string, string>;
  digest: string;
}

const contractBytesMax = 4 << 20;

/** The YAML and JSON files of a contract folder. Throws UsageError. */
export function readContractFiles(folder: string): ContractFiles {
  if (!existsSync(join(folder, "contract.yaml")))
    throw new UsageError(`no contract.yaml in ${folder}; a contract is a folder that holds one`);
  const files = new Map<string, string>();
  const hash = createHash("sha256");
  const names = (readdirSync(folder, { recursive: true }) as string[]).map((name) => name.split(sep).join("/")).sort();
  for (const name of names) {
    const path = join(folder, name);
    const stat = statSync(path);
    if (!stat.isFile() || !/\.(ya?ml|json)$/.test(name)) continue;
    if (stat.size > contractBytesMax) throw new UsageError(`${path} is larger than ${contractBytesMax} bytes`);
    const text = readFileSync(path, "utf8");
    files.set(name, text);
    hash.update(`${name}\0${text.length}\0${text}`);
  }
  return { folder: shownPath(folder), files, digest: hash.digest("hex") };
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
