// `conform queue add|status|collect`: fills a queue with modules, tells how far it is, and makes a result file and reports of what was judged.
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../base/errors.ts";
import { wallClock } from "../../base/io.ts";
import { version } from "../../base/version.ts";
import { type JobCounts, type Jobs, openQueue, shownUrl, triesMax } from "../../drivers/queue/queue.ts";
import { jobId, type ModuleJob, otherRun, parseJob, parseRun, type QueueRun } from "../../gate/fleet/job.ts";
import { listFacts, moreThanNames } from "../../gate/fleet/list.ts";
import { merged, unjudged } from "../../gate/fleet/merge.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import type { RunOptions } from "../../session/options.ts";
import { optionsOf } from "../flags.ts";
import { listedEntries, type Named, namedOf } from "../fleet/named.ts";
import { indexedRecords } from "../fleet/records.ts";
import { shardPath, writeRunReports } from "../fleet/reports.ts";
import { type ShardOut, shardOut } from "../fleet/shard-out.ts";
import { machineScrub } from "../machine.ts";
import { sinkOf } from "../settings.ts";
import { checkReporters, defaultReporters } from "../sink.ts";
import { note, tell, tellJson } from "../terminal.ts";
import { unpacked } from "./worker.ts";

const askEveryMs = 1000;

/** Adding the same list again adds nothing. Returns 0. Throws UsageError. */
export async function queueAdd(targets: string[], flags: FlagsOf<"queue add">): Promise<number> {
  const entries = await listedEntries({
    targets,
    ...(flags.modulesFrom === undefined ? {} : { modulesFrom: flags.modulesFrom }),
  });
  if (entries.length === 0) throw new UsageError("no module to add; name them, or a list with --modules-from");
  const { all, scrub } = namedOf(entries, undefined);
  const options = jobOptions(optionsOf(flags));
  const own: QueueRun = {
    tool: { name: "conform", version },
    started: wallClock().toISOString(),
    list: listFacts(all.map(({ name }) => name)),
    selection: scrub(selectionOf(options, moreThanNames(all))),
  };
  return withQueue(flags, async (jobs) => {
    const there = parseRun(await jobs.facts({ ...own }), flags.queueName);
    const other = otherRun(there, own);
    if (other !== undefined)
      throw new UsageError(
        `queue ${flags.queueName} holds another run: ${other}; collect it with --clear, or take another --queue-name`,
      );
    await jobs.add(all.map((named) => ({ id: jobId(named.name), data: jobOf(named, options) })));
    note(`${all.length} modules in queue ${flags.queueName} of ${shownUrl(flags.queue)}`);
    return 0;
  });
}

/** What of a run's options a job may say. */
function jobOptions({ contract, only, skip, level, strict, profile, params }: RunOptions): ModuleJob["options"] {
  return {
    ...(contract === undefined ? {} : { contract }),
    ...(only === undefined ? {} : { only }),
    ...(skip === undefined ? {} : { skip }),
    ...(level === undefined ? {} : { level }),
    ...(strict === undefined ? {} : { strict }),
    ...(profile === undefined ? {} : { profile }),
    ...(params === undefined || Object.keys(params).length === 0 ? {} : { params }),
  };
}

function selectionOf(options: ModuleJob["options"], more: string | undefined): string {
  const words = Object.entries(options).map(
    ([name, value]) => `--${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [...words, ...(more === undefined ? [] : [`list sha256:${more}`])].join(" ");
}

function jobOf({ name, target, contract, parameters, digest }: Named, options: ModuleJob["options"]): ModuleJob {
  return {
    name,
    target: String(target),
    options,
    ...(contract === undefined ? {} : { contract }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Returns 0. Throws UsageError. */
export async function queueStatus(flags: FlagsOf<"queue status">): Promise<number> {
  return withQueue(flags, async (jobs) => {
    const run = parseRun(await jobs.facts(), flags.queueName);
    const counts = await jobs.counts();
    if (flags.json) tellJson({ name: flags.queueName, ...run, ...counts }, 2);
    else tell(`${statusText(run, counts)}\n`);
    return 0;
  });
}

function statusText({ list }: QueueRun, { waiting, active, delayed, completed, failed }: JobCounts): string {
  const given = failed === 0 ? "" : `, ${failed} given up after ${triesMax} tries`;
  return `${completed} of ${list.modules} modules judged, ${active} being judged, ${waiting} waiting, ${delayed} to be tried again${given}`;
}

/** Returns the exit code of the verdict on all. Throws UsageError when some are not judged yet. */
export async function queueCollect(flags: FlagsOf<"queue collect">): Promise<number> {
  const sink = sinkOf(flags, { scrub: machineScrub([]), reporters: defaultReporters() });
  await checkReporters(sink.reporters);
  return withQueue(flags, async (jobs) => {
    const run = parseRun(await jobs.facts(), flags.queueName);
    await allDone(jobs, run, flags.wait === true);
    const path = shardPath(sink.out, 1, 1);
    const header = { format: 2 as const, ...run, shard: [1, 1] as [number, number], balance: "hash" as const };
    const file = shardOut(path, { header, records: [], ...(sink.mode === undefined ? {} : { mode: sink.mode }) });
    const left = await written(jobs, run, file);
    file.end({ duration_ms: Math.max(0, wallClock().getTime() - Date.parse(run.started)) });
    if (left > 0) note(`${left} modules were given up after ${triesMax} tries; they are inconclusive`);
    const blob = indexedRecords(path);
    const { refusals, run: whole } = merged(blob === undefined ? [] : [blob]);
    if (whole === undefined || refusals.length > 0) throw new UsageError(refusals.join("\n"));
    const verdict = await writeRunReports(whole, sink);
    if (flags.clear === true) await jobs.clear();
    return verdict.exit;
  });
}

async function allDone(jobs: Jobs, { list }: QueueRun, wait: boolean): Promise<void> {
  for (;;) {
    const { completed, failed } = await jobs.counts();
    const left = list.modules - completed - failed;
    if (left <= 0) return;
    if (!wait) throw new UsageError(`${left} of ${list.modules} modules are not judged yet; wait for them with --wait`);
    await sleep(askEveryMs);
  }
}

/** Every record once. Returns how many modules nobody could judge. */
async function written(jobs: Jobs, run: QueueRun, file: ShardOut): Promise<number> {
  const seen = new Set<string>();
  let left = 0;
  for await (const { id, data, result, failed } of jobs.done()) {
    // A job that changes its state while pages are read may be in two of them.
    if (seen.has(id)) continue;
    seen.add(id);
    if (result !== undefined) file.line(unpacked(result));
    else {
      left++;
      file.module(
        unjudged(
          parseJob(data).name,
          `not judged: given up after ${triesMax} tries: ${failed ?? "no reason is known"}`,
          run.started,
        ),
      );
    }
  }
  return left;
}

async function withQueue(
  flags: { queue: string; queueName: string },
  work: (jobs: Jobs) => Promise<number>,
): Promise<number> {
  if (!/^[\w.-]{1,100}$/.test(flags.queueName))
    throw new UsageError(`--queue-name ${flags.queueName}: expected letters, digits, - . _`);
  const jobs = await openQueue({ url: flags.queue, name: flags.queueName });
  try {
    return await work(jobs);
  } finally {
    await jobs.close();
  }
}
