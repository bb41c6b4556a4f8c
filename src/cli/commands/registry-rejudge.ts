// `conform registry rejudge`: stored transcripts judged by the contract as it is now. Nobody keeps a grade that it would refuse without its being said.
import { UsageError } from "../../base/errors.ts";
import type { Contract } from "../../base/types.ts";
import { visible } from "../../base/visible.ts";
import { certificateIn } from "../../gate/certificates/claim.ts";
import { type Regraded, regraded } from "../../gate/certificates/rejudge.ts";
import type { Certificate } from "../../gate/certificates/statement.ts";
import { findContract } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { type CertificateFile, certificateFiles, readEnvelope, transcriptAt } from "../certificates.ts";
import { tell, tellJson } from "../terminal.ts";

type Rejudged = Regraded & { certificate: string; module: string; contract: string; by: string };

/** Exit code 0 when all would be given again, 1 when one would not, 3 when of some it cannot be told. Throws UsageError. */
export async function registryRejudge(
  folder: string,
  { contract: given, json }: FlagsOf<"registry rejudge">,
): Promise<number> {
  const files = certificateFiles(folder);
  if (files.length === 0) throw new UsageError(`${folder} holds no certificates (*.intoto.json, *.sigstore.json)`);
  const own = given === undefined ? undefined : findContract(given);
  const results: Rejudged[] = [];
  const unjudged: { certificate: string; why: string }[] = [];
  for (const file of files) {
    const result = told(() => rejudged(file, own));
    if (result === undefined) continue;
    if ("state" in result) results.push({ ...result, certificate: file.name });
    else unjudged.push({ certificate: file.name, why: result.fault });
  }
  if (json === true) tellJson({ judged: results, unjudged });
  else tell(rejudgeText(results, unjudged));
  const states = new Set(results.map(({ state }) => state));
  if (states.has("falls")) return 1;
  return unjudged.length > 0 || states.has("open") ? 3 : 0;
}

/** One file that cannot be read keeps no other from being judged. */
function told<T>(judge: () => T): T | { fault: string } {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { fault: error.message };
  }
}

/** Undefined for the two statements beside a certificate. Throws UsageError. */
function rejudged(
  { path, name, transcript: file }: CertificateFile,
  own: Contract | undefined,
): Omit<Rejudged, "certificate"> | undefined {
  const said = certificateIn(readEnvelope(path), name);
  if (said === "another statement") return undefined;
  if (said === undefined) throw new UsageError("not a certificate of conform");
  if (file === undefined) throw new UsageError("no transcript lies beside it");
  const contract = own ?? currentContract(said);
  if (contract.name !== said.contract.name) throw new UsageError(`it is about contract ${said.contract.name}`);
  const transcript = transcriptAt(file);
  if (transcript.sha256 !== said.evidence.transcript?.sha256)
    throw new UsageError("the transcript beside it is not the one that was certified");
  return {
    module: said.module,
    contract: `${said.contract.name} ${said.contract.version}`,
    by: `${contract.name} ${contract.version} (${contract.digest.slice(0, 12)}…)`,
    ...regraded(said, contract, transcript.read),
  };
}

/** The newest of the same major version; another major is another contract. Throws UsageError. */
function currentContract({ contract: { name, version } }: Certificate): Contract {
  return findContract(`${name}@${version.split(".")[0]}`);
}

const heads: { [S in Regraded["state"]]: string } = { stands: "stands", falls: "FALLS ", open: "open  " };

function rejudgeText(results: readonly Rejudged[], unjudged: readonly { certificate: string; why: string }[]): string {
  const lines = results.flatMap(({ certificate, module, by, changes, state, level, why }) => {
    if (changes.length === 0 && state === "stands") return [];
    const reason = why === undefined ? "" : `: ${visible(why)}`;
    return [
      `${heads[state]}  ${visible(module)}  ${level} by ${by}${reason}  ${visible(certificate)}`,
      ...changes.slice(0, 20).map(({ id, before, after }) => `        ${visible(id)}: ${before} -> ${after}`),
    ];
  });
  const none = unjudged.map(({ certificate, why }) => `?       ${visible(certificate)}: ${visible(why)}`);
  const n = (wanted: Regraded["state"]): number => results.filter(({ state }) => state === wanted).length;
  const same = results.filter(({ changes, state }) => changes.length === 0 && state === "stands").length;
  return `${[...lines, ...none].map((line) => `${line}\n`).join("")}${results.length} judged again: ${same} as they were, ${n("falls")} would not be given again, ${n("open") + unjudged.length} cannot be told\n`;
}
