// `conform worker`: judges modules from a queue, one job each, until it is told to stop.
import { gunzipSync, gzipSync } from "node:zlib";
import { cores, startClock, wallClock } from "../../base/io.ts";
import { type Slots, slots } from "../../base/slots.ts";
import { visible } from "../../base/visible.ts";
import { parseListen, serveMetrics } from "../../drivers/net/metrics-server.ts";
import { endAll } from "../../drivers/process/live.ts";
import { shownUrl, startWorker, type Working } from "../../drivers/queue/queue.ts";
import { type ModuleJob, parseJob } from "../../gate/fleet/job.ts";
import { type WorkerMetrics, workerMetrics } from "../../gate/fleet/worker-metrics.ts";
import { interruptionExits } from "../../judge/verdict.ts";
import { scrubModule } from "../../report/scrub.ts";
import { moduleLine } from "../../report/shard-file.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { askedDigest } from "../../session/same.ts";
import { judgeModule } from "../../session/session.ts";
import { prepareOne, scrubFor } from "../fleet/named.ts";
import { note } from "../terminal.ts";

/** How often a worker that ends with its queue looks whether that is empty, milliseconds. */
const emptyEveryMs = 500;

/** Runs until TERM or INT, or with `--until empty` until nothing is left: 0. A second signal ends the modules at hand too. Throws UsageError. */
export async function worker(flags: FlagsOf<"worker">): Promise<number> {
  const concurrency = flags.concurrency ?? cores();
  const stop = new AbortController();
  const frame: Frame = { places: slots(concurrency * 4), stop, active: 0 };
  const place = { url: flags.queue, name: flags.queueName };
  let working: Working | undefined;
  const metrics = workerMetrics(async () => ({ ...(await working?.counts()) }));
  const server = flags.listen === undefined ? undefined : await serveMetrics(parseListen(flags.listen), metrics);
  working = await startWorker(place, {
    concurrency,
    stalledAfter: flags.stalledAfter,
    handle: (job) => judged(parseJob(job.data), job.last, { ...frame, metrics }),
    on(what, text) {
      if (what === "trouble") note(`queue: ${visible(text)}`);
      else metrics.ended(what);
      if (what === "failed" || what === "again")
        note(`${what === "failed" ? "given up" : "to be tried again"}: ${visible(text)}`);
    },
  });
  const where = server === undefined ? "" : `; metrics at ${server.url}/metrics`;
  note(`worker of ${shownUrl(place.url)} ${place.name}, ${concurrency} modules at once${where}`);
  const signal = await untilStopped(flags.until === "empty" ? working : undefined, stop);
  if (signal !== undefined) note(`${signal}: ending when the modules at hand are judged; again to end them`);
  await working.drain();
  await server?.close();
  await endAll();
  return stop.signal.aborted ? interruptionExits.SIGTERM : 0;
}

interface Frame {
  places: Slots;
  stop: AbortController;
  active: number;
}

/** Comes back with the first signal, or when the queue is empty; the second signal ends the modules. */
function untilStopped(working: Working | undefined, stop: AbortController): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals): void => {
      process.on(signal, () => stop.abort(signal));
      resolve(signal);
    };
    process.once("SIGTERM", end).once("SIGINT", end);
    if (working === undefined) return;
    const timer = setInterval(() => {
      void working.counts().then(({ waiting, active, delayed }) => {
        if (waiting + active + delayed > 0) return;
        clearInterval(timer);
        resolve(undefined);
      });
    }, emptyEveryMs);
  });
}

/** The record, packed. What could not be told is tried again, but for the last time. */
async function judged(job: ModuleJob, last: boolean, frame: Frame & { metrics: WorkerMetrics }): Promise<string> {
  const { stop, places, metrics } = frame;
  const clock = startClock();
  frame.active++;
  metrics.active(frame.active);
  try {
    const prepared = prepareOne(job, job.options, "beside");
    const { report } = await judgeModule(prepared, {}, { interrupt: stop.signal, slots: places });
    if (stop.signal.aborted) throw new Error(`${job.name}: the worker was stopped`);
    metrics.judged(clock(), report.verdict.kind);
    if (report.verdict.kind === "inconclusive" && !last)
      throw new Error(`${job.name}: ${report.verdict.reasons[0] ?? "inconclusive"}`);
    const told = { ...report, name: job.name, asked: askedDigest(prepared, wallClock()) };
    const clean = scrubModule(told, scrubFor([prepared.target]));
    return packed(moduleLine({ ...clean, name: job.name }));
  } finally {
    frame.active--;
    metrics.active(frame.active);
  }
}

/** A record takes a tenth of its size in the queue. */
function packed(line: string): string {
  return gzipSync(line.trimEnd()).toString("base64");
}

/** A record's line as it was. */
export function unpacked(text: string): Buffer {
  return gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: 64 << 20 });
}
