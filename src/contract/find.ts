// Finding a contract: by name, name@version or folder; or the one that fits a target.

import { didYouMean, UsageError } from "../base/errors.ts";
import { absolute, isFolder } from "../base/io.ts";
import type { Pointed } from "../base/pointed.ts";
import type { Contract } from "../base/types.ts";
import { readContractFiles } from "./files.ts";
import { fittingContracts } from "./fitting.ts";
import type { ContractHead } from "./head.ts";
import { loadContractWith } from "./load.ts";
import { headsWith } from "./shipped.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** All contracts shipped with conform. */
export function shippedWith(words: Vocabulary): Contract[] {
  return headsWith(words).map((head) => head.load());
}

/** A path is a folder, a name a contract, whatever lies around. Throws UsageError with the nearest name when there is none. Without a version see `defaultOf`. */
export function findContractWith(wanted: string, words: Vocabulary): Contract {
  if (/^[./~]|[\\/]/.test(wanted)) return folderContract(absolute(wanted), words);
  const [name = "", version] = wanted.split("@");
  const heads = headsWith(words);
  const named = heads.filter((head) => head.name === name);
  if (named.length === 0) {
    if (isFolder(absolute(wanted))) return folderContract(absolute(wanted), words);
    const names = [...new Set(heads.map((head) => head.name))];
    const near = didYouMean(name, names);
    throw new UsageError(
      `no contract "${name}"${near} (there are ${names.join(", ")}; a folder needs a path such as ./${name})`,
    );
  }
  const fitting = named.filter(
    (head) => version === undefined || head.version === version || head.version.startsWith(`${version}.`),
  );
  const chosen = defaultOf(fitting);
  if (chosen === undefined) {
    throw new UsageError(
      `no version ${version} of contract ${name} (there is ${named.map((head) => head.version).join(", ")})`,
    );
  }
  return chosen.load();
}

const folders = new Map<string, Contract>();

/** Read every time, loaded only when its files have changed: a run may judge a thousand modules, a watched one may change. */
function folderContract(folder: string, words: Vocabulary): Contract {
  const files = readContractFiles(folder);
  const known = folders.get(folder);
  if (known?.digest === files.digest && known.folder === files.folder) return known;
  const contract = loadContractWith(files, words);
  folders.set(folder, contract);
  return contract;
}

/** The contract that a target fits. None or several is a UsageError that says what to do. */
export function detectContractWith(pointed: Pointed, words: Vocabulary): Contract {
  const heads = headsWith(words);
  const fitting = fittingContracts(pointed, heads);
  const { label, kind } = pointed.target;
  const names = [...new Set(fitting.map(({ name }) => name))];
  if (names.length > 1 && kind === "url" && pointed.target.folder === undefined)
    throw new UsageError(
      `${label}: a URL does not tell which contract to judge it by; choose one with --contract ${names.join(" or --contract ")}, or name the module's folder with --folder`,
    );
  if (names.length > 1)
    throw new UsageError(`${label}: more than one contract fits: ${names.join(", ")}; choose one with --contract`);
  const chosen = defaultOf(fitting);
  if (chosen !== undefined) return chosen.load();
  const clues = heads.map(({ name, detect }) => `${name} (${detect.files.join(", ")})`).join("; ");
  throw new UsageError(`${label}: no contract fits this ${kind}; choose one with --contract. Known: ${clues}`);
}

/** The oldest major version stays the default, so that a new one never changes a verdict unasked; the newest of that major is taken. */
function defaultOf(heads: readonly ContractHead[]): ContractHead | undefined {
  const sorted = [...heads].sort((a, b) => compareVersions(a.version, b.version));
  const major = sorted[0]?.version.split(".")[0];
  return sorted.filter(({ version }) => version.split(".")[0] === major).at(-1);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < 3; i++) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}
