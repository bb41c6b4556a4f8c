// `conform list`: the requirements of contracts.

import { UsageError } from "../../base/errors.ts";
import type { Contract, Requirement } from "../../base/types.ts";
import { matches } from "../../contract/select.ts";
import { findContract, shippedContracts } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { tell, tellJson } from "../terminal.ts";

export async function list(flags: FlagsOf<"list">): Promise<number> {
  const globs = flags.only ?? ["*"];
  const contracts = flags.contract === undefined ? shippedContracts() : [findContract(flags.contract)];
  const chosen = contracts.map((contract) => ({
    contract,
    requirements: contract.requirements.filter(({ id }) => globs.some((glob) => matches(glob, id))),
  }));
  if (chosen.every(({ requirements }) => requirements.length === 0)) {
    throw new UsageError(`no requirement matches ${globs.join(", ")}`);
  }
  if (flags.json) tellJson(chosen.map(asJson), 2);
  else tell(chosen.map(asText).join("\n"));
  return 0;
}

interface Chosen {
  contract: Contract;
  requirements: Requirement[];
}

function asJson({ contract, requirements }: Chosen) {
  return {
    contract: contract.name,
    version: contract.version,
    title: contract.title,
    requirements: requirements.map(({ id, area, level, text, sources, needs, mutant, untested }) => ({
      id,
      area,
      level,
      text,
      sources: sources.map(({ document, section }) => ({
        document: contract.sources[document]?.title ?? document,
        ...(section === undefined ? {} : { section }),
      })),
      needs,
      ...(mutant === undefined ? {} : { mutant }),
      ...(untested === undefined ? {} : { untested }),
    })),
  };
}

function asText({ contract: { name, version, areas }, requirements }: Chosen): string {
  const width = Math.max(...requirements.map(({ id }) => id.length), 0);
  const groups = [...new Set(requirements.map(({ area }) => area))].map((area) => {
    const own = requirements.filter((requirement) => requirement.area === area);
    const rows = own.map(({ level, id, text }) => `  ${level.padEnd(6)} ${id.padEnd(width)}  ${text}\n`);
    return `${area}  ${areas[area] ?? ""}\n${rows.join("")}`;
  });
  return `${name} ${version}: ${requirements.length} requirements\n\n${groups.join("\n")}`;
}
