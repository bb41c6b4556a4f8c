// `conform report <report.json>`: the same report in another format, later.
import { UsageError } from "../../base/errors.ts";
import { readUserFile } from "../../base/io.ts";
import type { Transcript } from "../../base/transcript.ts";
import { parseTranscript } from "../../report/transcript.ts";
import type { Report } from "../../report/types.ts";
import { readReport } from "../../session/earlier.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { machineScrub } from "../machine.ts";
import { sinkOf } from "../settings.ts";
import { checkReporters, writeReports } from "../sink.ts";

/** Writes the reports. Exit code 0: the verdict was the run's to tell. Throws UsageError. */
export async function reportCommand(file: string, flags: FlagsOf<"report">): Promise<number> {
  const report = readReport(file);
  const sink = sinkOf(flags, { scrub: machineScrub([]), reporters: ["text"] });
  await checkReporters(sink.reporters);
  await writeReports(report, sink, transcriptsOf(report, flags.transcript ?? []));
  return 0;
}

/** Each transcript with the module of its target; a single one needs no name. */
function transcriptsOf(report: Report, files: readonly string[]): Record<string, Transcript> {
  const found: [string, Transcript][] = files.map((file) => {
    const transcript = parseTranscript(readUserFile(file, 1 << 30));
    const { label } = transcript.header.target;
    const only = report.modules.length === 1 ? report.modules[0] : undefined;
    const module = report.modules.find(
      ({ target, started }) => target.label === label && started === transcript.header.started,
    );
    const name = (module ?? only)?.name;
    if (name === undefined) throw new UsageError(`${file} is the transcript of ${label}, which is not in the report`);
    return [name, transcript];
  });
  return Object.fromEntries(found);
}
