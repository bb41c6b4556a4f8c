// `conform judge <transcript>`: the same verdict from the record alone.

import { UsageError } from "../../base/errors.ts";
import { readUserFile } from "../../base/io.ts";
import type { TranscriptHeader } from "../../base/transcript.ts";
import type { Contract } from "../../base/types.ts";
import { parseTranscript } from "../../report/transcript.ts";
import { findContract } from "../../session/contracts.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { moduleReport, runReport } from "../../session/report.ts";
import { readBaseline } from "../../session/session.ts";
import { machineScrub } from "../machine.ts";
import { sinkOf } from "../settings.ts";
import { checkReporters, writeReports } from "../sink.ts";
import { note } from "../terminal.ts";

export async function judgeCommand(file: string, flags: FlagsOf<"judge">): Promise<number> {
  const transcript = parseTranscript(readUserFile(file, 1 << 28), file);
  const contract = withLevels(contractFor(transcript.header, flags.contract, file), transcript.header);
  const sink = sinkOf(flags, { scrub: machineScrub([]), reporters: ["text"] });
  await checkReporters(sink.reporters);
  const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline, contract);
  const module = moduleReport({
    contract,
    transcript,
    strict: flags.strict ?? transcript.header.strict ?? false,
    ...(baseline === undefined ? {} : { baseline }),
  });
  const report = runReport([module], { started: transcript.header.started, duration_ms: module.duration_ms });
  await writeReports(report, sink, { [module.name]: transcript });
  return report.verdict.exit;
}

function contractFor({ contract }: TranscriptHeader, wanted: string | undefined, file: string): Contract {
  const found = findContract(wanted ?? `${contract.name}@${contract.version}`);
  if (found.name !== contract.name) {
    throw new UsageError(`${file} was recorded under contract ${contract.name}, not ${found.name}`);
  }
  if (found.digest !== contract.digest) {
    note(
      `note: ${file} was recorded under another state of contract ${contract.name}; it is judged as the contract is now`,
    );
  }
  return found;
}

function withLevels(contract: Contract, { profile }: TranscriptHeader): Contract {
  const levels = profile === undefined ? {} : (contract.profiles[profile]?.levels ?? {});
  const requirements = contract.requirements.map((one) => ({ ...one, level: levels[one.id] ?? one.level }));
  return { ...contract, requirements };
}
