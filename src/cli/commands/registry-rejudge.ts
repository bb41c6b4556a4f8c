// `conform registry rejudge`: stored transcripts judged by the contract as it is now. Nobody keeps a grade that it would refuse without its being said.
import { UsageError } from "../../base/errors.ts";
import { visible } from "../../base/visible.ts";
import { certificateIn } from "../../gate/certificates/claim.ts";
import { changedOutcomes, outcomesOf } from "../../gate/certificates/evidence.ts";
import type { Certificate } from "../../gate/certificates/statement.ts";
import { findContract } from "../../session/contracts.ts";
import { certificateFiles, contractAtHand, readEnvelope, transcriptAt } from "../certificates.ts";
import { tell, tellJson } from "../terminal.ts";

export interface RejudgeFlags {
  contract?: string;
  json?: boolean;
}

interface Rejudged {
  certificate: string;
  module: string;
  contract: string;
  by: string;
  changes: { id: string; before: string; after: string }[];
  /** It would be given again: every MUST still passes. */
  stands: boolean;
  why?: string;
}

/** Exit code 0 when all would be given again, 1 when one would not, 3 when some could not be judged. Throws UsageError. */
export async function registryRejudge(folder: string, { contract: given, json }: RejudgeFlags): Promise<number> {
  const files = certificateFiles(folder);
  if (files.length === 0) throw new UsageError(`${folder} holds no certificates (*.intoto.json, *.sigstore.json)`);
  const results: Rejudged[] = [];
  const unjudged: string[] = [];
  for (const { path, name, transcript } of files) {
    const envelope = readEnvelope(path);
    const said = certificateIn(envelope, name);
    if (said === "another statement") continue;
    const result = said === undefined || transcript === undefined ? undefined : rejudged(said, transcript, given);
    if (result === undefined) unjudged.push(name);
    else results.push({ certificate: name, ...result });
  }
  const fallen = results.filter(({ stands }) => !stands);
  if (json === true) tellJson({ judged: results, unjudged });
  else tell(rejudgeText(results, unjudged));
  return fallen.length > 0 ? 1 : unjudged.length > 0 ? 3 : 0;
}

function rejudged(
  said: Certificate,
  file: string,
  given: string | undefined,
): Omit<Rejudged, "certificate"> | undefined {
  const { name, version: old } = said.contract;
  const contract = given === undefined ? (contractAtHand(undefined)(name, old) ?? newest(name)) : findContract(given);
  if (contract === undefined || contract.name !== name) return undefined;
  const transcript = transcriptAt(file);
  if (transcript.sha256 !== said.evidence.transcript?.sha256) return undefined;
  const again = outcomesOf(contract, transcript.read);
  const binding = contract.requirements.filter(({ level }) => level === "MUST").map(({ id }) => id);
  const against = binding.find((id) => again[id] !== "pass" && again[id] !== "skipped");
  return {
    module: said.module,
    contract: `${name} ${old}`,
    by: `${contract.name} ${contract.version} (${contract.digest.slice(0, 12)}…)`,
    changes: changedOutcomes(said.outcomes, again),
    stands: against === undefined,
    ...(against === undefined ? {} : { why: `${against} is ${again[against] ?? "not judged"}` }),
  };
}

function newest(name: string): ReturnType<typeof findContract> | undefined {
  try {
    return findContract(name);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function rejudgeText(results: readonly Rejudged[], unjudged: readonly string[]): string {
  const lines = results.flatMap(({ certificate, module, by, changes, stands, why }) => {
    if (changes.length === 0 && stands) return [];
    const head = `${stands ? "stands" : "FALLS "}  ${visible(module)}  by ${by}${why === undefined ? "" : `: ${why}`}  ${visible(certificate)}`;
    return [
      head,
      ...changes.slice(0, 20).map(({ id, before, after }) => `        ${visible(id)}: ${before} -> ${after}`),
    ];
  });
  const same = results.filter(({ changes, stands }) => changes.length === 0 && stands).length;
  const none = unjudged.map(
    (name) => `?       ${visible(name)}: no transcript beside it, or no contract to judge it by`,
  );
  const fallen = results.filter(({ stands }) => !stands).length;
  return `${[...lines, ...none].map((line) => `${line}\n`).join("")}${results.length} judged again: ${same} as they were, ${fallen} would not be given again\n`;
}
