// `conform replay <transcript> --step scenario.step`: sends the module what it was sent, in order, and shows what it says.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { didYouMean, UsageError } from "../../base/errors.ts";
import { readUserFile } from "../../base/io.ts";
import type { Asked, Transcript } from "../../base/transcript.ts";
import { replay } from "../../drive/replay.ts";
import { endAll } from "../../drivers/process/live.ts";
import { parseTranscript } from "../../report/transcript.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import type { RunOptions } from "../../session/options.ts";
import { prepare } from "../../session/session.ts";
import { tell } from "../terminal.ts";

/** Judges nothing: exit 0 when everything was played. Throws UsageError. */
export async function replayCommand(file: string, flags: FlagsOf<"replay">): Promise<number> {
  const transcript = parseTranscript(readUserFile(file, 1 << 28), file);
  const { header } = transcript;
  checkStep(transcript, flags.step);
  if (header.target.kind === "url")
    throw new UsageError(`${file} is the record of a running service; ask it with curl`);
  const asked = header.asked ?? {};
  const { target, options } = prepare(
    flags.target ?? asked.command ?? header.target.label,
    optionsOf(asked, transcript),
  );
  if (target.argv === undefined)
    throw new UsageError(`${target.label}: nothing of it is started, so there is nothing to replay`);
  const home = mkdtempSync(join(tmpdir(), "conform-replay-"));
  try {
    await replay(transcript, flags.step, {
      argv: target.argv,
      cwd: target.cwd ?? home,
      env: { ...options.env, HOME: home, TMPDIR: home },
      patience: (flags.patience ?? 10) * 1000,
      say: (line) => tell(`${line}\n`),
    });
  } finally {
    await endAll();
    rmSync(home, { recursive: true, force: true });
  }
  return 0;
}

function checkStep({ events, header }: Transcript, place: string): void {
  const known = new Set(events.flatMap(({ kind, scenario, step }) => (kind === "step" ? [`${scenario}.${step}`] : [])));
  if (known.has(place)) return;
  const [scenario] = place.split(".");
  const steps = [...known].filter((one) => one.startsWith(`${scenario}.`));
  const hint =
    steps.length > 0
      ? ` (scenario ${scenario} has ${steps.join(", ")})`
      : ` (scenarios: ${header.plan.scenarios.join(", ")})`;
  throw new UsageError(`the record has no step "${place}"${didYouMean(place, known)}${hint}`);
}

/** Variables that stand for secrets are read from the environment. */
function optionsOf(asked: Asked, { header }: Transcript): RunOptions {
  const { contract, run, build, cwd, folder, env = {} } = asked;
  const told = Object.entries(env).map(([name, value]) => [
    name,
    /^\$[A-Z]/.test(value) ? (process.env[value.slice(1)] ?? "") : value,
  ]);
  const given = { contract: contract ?? `${header.contract.name}@${header.contract.version}`, run, build, cwd, folder };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    env: Object.fromEntries(told),
  };
}
