// The contracts that come with conform: heads for choosing, whole ones when chosen. The build stores them loaded and checked.

import { readUserFile } from "../base/io.ts";
import { isObject } from "../base/json.ts";
import type { Contract, Json, TargetKind } from "../base/types.ts";
import { compiledContracts, readContractFiles, shippedContractFolders } from "./files.ts";
import type { ContractHead } from "./head.ts";
import { loadContractWith } from "./load.ts";
import { parsePlacedYaml } from "./places.ts";
import type { Vocabulary } from "./vocabulary.ts";

let heads: ContractHead[] | undefined;

/** Heads of all shipped contracts, by name and version. They and what they load are read once in a process. */
export function headsWith(words: Vocabulary): ContractHead[] {
  heads ??= readHeads(words);
  return heads;
}

function readHeads(words: Vocabulary): ContractHead[] {
  const compiled = compiledContracts();
  const found =
    compiled === undefined
      ? shippedContractFolders().map((folder) => headOf(folder, words))
      : compiled.heads.map((head) => ({ ...head, load: () => compiled.load(head) }));
  return found.map((head) => {
    let contract: Contract | undefined;
    return {
      ...head,
      load() {
        contract ??= head.load();
        return contract;
      },
    };
  });
}

/** From the sources: only the main file is parsed until the contract is loaded. */
function headOf(folder: string, words: Vocabulary): ContractHead {
  const { value } = parsePlacedYaml(readUserFile(`${folder}/contract.yaml`), "contract.yaml");
  const main = isObject(value) ? value : {};
  const detect = main.detect as { files?: string[] } | undefined;
  return {
    name: text(main.contract),
    version: text(main.version),
    title: text(main.title),
    targets: (Array.isArray(main.targets) ? main.targets : []) as TargetKind[],
    detect: { files: detect?.files ?? [] },
    load: () => loadContractWith(readContractFiles(folder), words),
  };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
