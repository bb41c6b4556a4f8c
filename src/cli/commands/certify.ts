// `conform certify <report.json>`: signs what a green badge would show, about just this build of the module.
import { isAbsolute, join, relative, sep } from "node:path";
import { didYouMean, UsageError } from "../../base/errors.ts";
import { absolute, shownPath, wallClock } from "../../base/io.ts";
import type { Contract } from "../../base/types.ts";
import { visible } from "../../base/visible.ts";
import { uncommitted } from "../../drivers/files/uncommitted.ts";
import { bundleOf, seal, statementType } from "../../gate/certificates/dsse.ts";
import { reportFault } from "../../gate/certificates/evidence.ts";
import { certifiable } from "../../gate/certificates/refusal.ts";
import { type PredicateName, statementsOf } from "../../gate/certificates/statement.ts";
import type { ModuleReport } from "../../report/types.ts";
import { readReport } from "../../session/earlier.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { contractAtHand, sha256OfFile, subjectNamed, transcriptAt } from "../certificates.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { keylessSigner } from "../keyless.ts";
import { privateKey } from "../keys.ts";
import { note, tell } from "../terminal.ts";

const suffixes: { [P in PredicateName]: string } = { certificate: "", svr: ".svr", testResult: ".test-result" };

/** Exit code 0 when it was signed, 1 when the run earns no certificate. Throws UsageError. */
export async function certify(file: string, flags: FlagsOf<"certify">): Promise<number> {
  const module = chosen(readReport(file).modules, file, flags.module);
  const { name, version } = module.contract;
  const contract = currentContract(module, flags.contract);
  const subject = await subjectNamed(flags.subject);
  const evidence = flags.transcript === undefined ? undefined : transcriptAt(flags.transcript);
  const answer = certifiable(module, {
    now: wallClock(),
    validDays: flags.validDays,
    contract: { version: contract.version, digest: contract.digest },
    dirty: flags.contract !== undefined && (await uncommitted(contract.folder)),
    subject,
  });
  if ("refused" in answer) return refused(module, `${answer.refused}${ownFiles(file, flags)}`);
  const fault = evidence === undefined ? undefined : reportFault(module, contract, evidence.read);
  if (fault !== undefined) return refused(module, fault);
  const signer = await signerOf(flags);
  const statements = statementsOf({
    module: { ...module, name: flags.name ?? module.name },
    subject: answer.subject,
    reached: answer.reached,
    issued: wallClock(),
    validDays: flags.validDays,
    report: sha256OfFile(file),
    ...(evidence === undefined ? {} : { transcript: evidence.sha256, header: evidence.read.header }),
    publish: flags.publish ?? false,
  });
  const base = absolute(flags.out).replace(/(\.intoto)?\.json$/, "");
  const written: string[] = [];
  for (const [kind, suffix] of Object.entries(suffixes) as [PredicateName, string][]) {
    const files = await signer(statements[kind], `${base}${suffix}`);
    for (const [path, value] of files) {
      await writeWhole(path, `${JSON.stringify(value)}\n`, everyones);
      written.push(`  ${shownPath(path)}\n`);
    }
  }
  tell(`${visible(module.name)}: certified, ${name} ${version} ${answer.reached}\n${written.join("")}`);
  if (evidence === undefined)
    note("note: without --transcript nobody can judge the module again from this certificate");
  return 0;
}

/** Payload and path without an ending -> the files that hold it signed. */
type Signer = (payload: string, path: string) => Promise<[path: string, content: object][]>;

async function signerOf(flags: FlagsOf<"certify">): Promise<Signer> {
  const { key: keyFile, keyless, fulcioUrl, rekorUrl } = flags;
  if (keyless === true) {
    if (keyFile !== undefined) throw new UsageError("--keyless and --key exclude each other");
    if (fulcioUrl === undefined || rekorUrl === undefined)
      throw new UsageError("--keyless contacts only what you name: --fulcio-url <address> --rekor-url <address>");
    const sign = await keylessSigner({ fulcioUrl, rekorUrl });
    return async (payload, path) => [[`${path}.sigstore.json`, await sign(payload, statementType)]];
  }
  if (keyFile === undefined)
    throw new UsageError("a certificate needs --key <pem> (conform keys new makes one), or --keyless in CI");
  const key = await privateKey(keyFile, flags.passphraseFile);
  return async (payload, path) => {
    const envelope = seal(payload, statementType, key);
    const own: [string, object] = [`${path}.intoto.json`, envelope];
    return flags.bundle === true ? [own, [`${path}.sigstore.json`, bundleOf(envelope)]] : [own];
  };
}

function refused(module: ModuleReport, why: string): number {
  note(`${visible(module.name)} is not certified: ${visible(why)}`);
  return 1;
}

/** What conform wrote into the folder that it judged made another folder of it. */
function ownFiles(report: string, { subject, transcript, key }: FlagsOf<"certify">): string {
  const inside = [report, transcript, key].filter((file): file is string => {
    if (file === undefined) return false;
    const path = relative(absolute(subject), absolute(file));
    return !path.startsWith("..") && !isAbsolute(path) && !path.startsWith(join("reports", "latest", sep));
  });
  return inside.length === 0
    ? ""
    : ` (${inside.join(" and ")} in it ${inside.length === 1 ? "counts" : "count"} too: keep such files elsewhere, or in its reports/latest, and judge again)`;
}

function chosen(modules: readonly ModuleReport[], file: string, name: string | undefined): ModuleReport {
  const names = modules.map((module) => module.name);
  const found = name === undefined ? modules : modules.filter((module) => module.name === name);
  const [module] = found;
  if (module !== undefined && found.length === 1) return module;
  if (name === undefined)
    throw new UsageError(
      `${file} is about ${modules.length} modules; choose one with --module (${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""})`,
    );
  throw new UsageError(`${file} has no module "${name}"${didYouMean(name, names)}`);
}

/** Throws UsageError when it is not at hand: without its text nobody knows what would be certified. */
function currentContract(module: ModuleReport, given: string | undefined): Contract {
  const { name, version } = module.contract;
  const found = contractAtHand(given)(name, version);
  if (found !== undefined) return found;
  throw new UsageError(
    given === undefined
      ? `contract ${name} ${version} does not come with conform; name its folder with --contract`
      : `${given} is not contract ${name} ${version}, by which ${module.name} was judged`,
  );
}
