// Finding a contract: by name, name@version or folder; or the one that fits a target.
import { loadContract } from "./contract.ts";
import { look } from "./drivers/look.ts";
import { didYouMean, UsageError } from "./errors.ts";
import { absolute, readContractFiles, shippedContractFolders } from "./io.ts";
import { fittingContracts, type Pointed } from "./target.ts";
import type { Contract } from "./types.ts";

/** All contracts shipped with conform. */
export function shippedContracts(): Contract[] {
  return shippedContractFolders().map((folder) => loadContract(readContractFiles(folder)));
}

/** Throws UsageError with the nearest name when there is none, or several versions and none was chosen. */
export function findContract(wanted: string): Contract {
  if (/^[./~]|[\\/]/.test(wanted) || look.at(absolute(wanted)).kind === "folder")
    return loadContract(readContractFiles(absolute(wanted)));
  const [name = "", version] = wanted.split("@");
  const shipped = shippedContracts();
  const named = shipped.filter((contract) => contract.name === name);
  if (named.length === 0) {
    const names = [...new Set(shipped.map((contract) => contract.name))];
    throw new UsageError(
      `no contract "${name}"${didYouMean(name, names)} (there are ${names.join(", ")}; a folder needs a path such as ./${name})`,
    );
  }
  const fitting = named.filter(
    (contract) => version === undefined || contract.version === version || contract.version.startsWith(`${version}.`),
  );
  const [first, ...others] = fitting.sort((a, b) => compareVersions(a.version, b.version));
  if (first === undefined)
    throw new UsageError(
      `no version ${version} of contract ${name} (there is ${named.map((contract) => contract.version).join(", ")})`,
    );
  return version === undefined || others.length === 0 ? first : (others.at(-1) ?? first);
}

/** The contract that a target fits. None or several is a UsageError that says what to do. */
export function detectContract(pointed: Pointed): Contract {
  const shipped = shippedContracts();
  const fitting = fittingContracts(pointed, shipped);
  const { label, kind } = pointed.target;
  const [first] = fitting;
  if (first === undefined) {
    const clues = shipped.map(({ name, detect }) => `${name} (${detect.files.join(", ")})`).join("; ");
    throw new UsageError(`${label}: no contract fits this ${kind}; choose one with --contract. Known: ${clues}`);
  }
  const names = [...new Set(fitting.map(({ name }) => name))];
  if (names.length > 1)
    throw new UsageError(`${label}: more than one contract fits: ${names.join(", ")}; choose one with --contract`);
  return fitting.sort((a, b) => compareVersions(a.version, b.version))[0] ?? first;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < 3; i++) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}
