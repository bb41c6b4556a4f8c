// Contracts as programs and commands ask for them: with all verbs and expectation kinds that conform has.
import type { Pointed } from "../base/pointed.ts";
import type { Contract } from "../base/types.ts";
import type { ContractFiles } from "../contract/files.ts";
import * as find from "../contract/find.ts";
import type { ContractHead } from "../contract/head.ts";
import * as load from "../contract/load.ts";
import * as shipped from "../contract/shipped.ts";
import { vocabulary } from "./vocabulary.ts";

/** Builds a contract from its files. Throws ContractError with every complaint found; places name the files below `source.folder`. */
export function loadContract(source: ContractFiles): Contract {
  return load.loadContractWith(source, vocabulary);
}

/** All contracts shipped with conform, every version, loaded. */
export function shippedContracts(): Contract[] {
  return find.shippedWith(vocabulary);
}

/** What all shipped contracts say of the modules that they judge; much cheaper than the contracts. */
export function shippedHeads(): ContractHead[] {
  return shipped.headsWith(vocabulary);
}

/**
 * The contract of a name (`name`, `name@1`, `name@1.2.0`) or folder (a path such as `./name`). Throws UsageError with the nearest name when there is
 * none, ContractError with every complaint when a folder's contract does not load.
 */
export function findContract(wanted: string): Contract {
  return find.findContractWith(wanted, vocabulary);
}

/** The contract that a target fits. None or several is a UsageError that says what to do. */
export function detectContract(pointed: Pointed): Contract {
  return find.detectContractWith(pointed, vocabulary);
}
