// Jobs in the user's Redis or Valkey, by BullMQ. Both libraries are optional packages, loaded only here.
import type { Job, Queue, Worker } from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import { UsageError } from "../../base/errors.ts";
import type { Json } from "../../base/types.ts";

/** A queue is named in a place: `redis://host:port/db`. */
export interface QueuePlace {
  url: string;
  name: string;
}

/** What is put in; `id` is the same for the same module, so that adding it again adds nothing. */
export interface NewJob {
  id: string;
  data: Json;
}

/** A job that has ended: `result` as its handler gave it, or `failed`, why nobody could do it. */
export interface DoneJob {
  id: string;
  data: Json;
  result?: string;
  failed?: string;
}

export interface JobCounts {
  waiting: number;
  active: number;
  /** Tried, and waiting for the next try. */
  delayed: number;
  completed: number;
  failed: number;
}

export interface Jobs {
  /** Facts about the whole run; the first to say them wins. Returns those that hold. */
  facts(own?: Json): Promise<Json | undefined>;
  add(jobs: readonly NewJob[]): Promise<void>;
  counts(): Promise<JobCounts>;
  /** Every job that has ended. */
  done(): AsyncGenerator<DoneJob>;
  /** Everything is removed, jobs and facts. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** How often a job is begun before it is given up. */
export const triesMax = 3;
const pageSize = 200;
const bulkSize = 500;
const connectMs = 5000;
/** Between tries of a job that failed, milliseconds. */
const backoffMs = 1000;

const prefix = "conform";

/** Throws UsageError when a library is not installed. */
async function libraries() {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, Redis: ioredis.Redis };
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND" &&
      (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND"
    )
      throw error;
    throw new UsageError(
      "queues need two packages that conform does not bring: npm install bullmq@6 ioredis@6 (with -g where conform is)",
    );
  }
}

/** One try, so that a wrong address is told at once; later ones are patient. Throws UsageError. */
async function connected({ url }: QueuePlace): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url))
    throw new UsageError(`--queue ${shownUrl(url)}: expected redis://host:port/db or rediss://...`);
  const { Redis } = await libraries();
  const first = {
    lazyConnect: true,
    connectTimeout: connectMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  } satisfies RedisOptions;
  const probe = new Redis(url, first);
  let fault: Error | undefined;
  probe.on("error", (error: Error) => {
    fault = error;
  });
  try {
    await probe.connect();
    await probe.ping();
  } catch (error) {
    throw new UsageError(`--queue ${shownUrl(url)}: ${reason(fault ?? error)}`);
  } finally {
    probe.disconnect();
  }
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  // Told once a second at most by whoever uses it; a connection that is lost is made again.
  redis.on("error", () => {});
  return redis;
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ECONNREFUSED" ? "nobody answers there" : error instanceof Error ? error.message : String(error);
}

/** Without user and password. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

/** Throws UsageError when the place cannot be reached. */
export async function openQueue(place: QueuePlace): Promise<Jobs> {
  const redis = await connected(place);
  const { bullmq } = await libraries();
  const queue = new bullmq.Queue(place.name, { connection: redis, prefix });
  queue.on("error", () => {});
  const key = `${prefix}-run:${place.name}`;
  return {
    async facts(own) {
      if (own !== undefined) await redis.set(key, JSON.stringify(own), "NX");
      const text = await redis.get(key);
      return text === null ? undefined : (JSON.parse(text) as Json);
    },
    add: (jobs) => addAll(queue, jobs),
    counts: () => countsOf(queue),
    done: () => allDone(queue),
    async clear() {
      await queue.obliterate({ force: true });
      await redis.del(key);
    },
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

async function countsOf(queue: Queue): Promise<JobCounts> {
  const {
    waiting = 0,
    active = 0,
    delayed = 0,
    completed = 0,
    failed = 0,
    prioritized = 0,
  } = await queue.getJobCounts();
  return { waiting: waiting + prioritized, active, delayed, completed, failed };
}

async function addAll(queue: Queue, jobs: readonly NewJob[]): Promise<void> {
  const opts = { attempts: triesMax, backoff: { type: "fixed", delay: backoffMs } };
  for (let at = 0; at < jobs.length; at += bulkSize) {
    const some = jobs.slice(at, at + bulkSize);
    await queue.addBulk(some.map(({ id, data }) => ({ name: "module", data, opts: { ...opts, jobId: id } })));
  }
}

async function* allDone(queue: Queue): AsyncGenerator<DoneJob> {
  for (const state of ["completed", "failed"] as const) {
    for (let at = 0; ; at += pageSize) {
      const jobs: Job[] = await queue.getJobs([state], at, at + pageSize - 1, true);
      for (const { id = "", data, returnvalue, failedReason } of jobs)
        yield state === "completed" ? { id, data, result: String(returnvalue) } : { id, data, failed: failedReason };
      if (jobs.length < pageSize) break;
    }
  }
}

export interface Work {
  concurrency: number;
  /** Seconds after which the job of a worker that is gone is given to another. */
  stalledAfter: number;
  /** Does a job. What it throws lets the job be tried again, if `last` is not true; what it returns is kept. */
  handle(job: { id: string; data: Json; last: boolean }): Promise<string>;
  /** `failed`: given up. `trouble`: with the queue itself. */
  on(what: "done" | "again" | "failed" | "stalled" | "trouble", text: string): void;
}

export interface Working {
  counts(): Promise<JobCounts>;
  /** Takes no more jobs, and comes back when those at hand are done. */
  drain(): Promise<void>;
}

/** Begins to work. Throws UsageError when the place cannot be reached. */
export async function startWorker(place: QueuePlace, work: Work): Promise<Working> {
  const redis = await connected(place);
  const { bullmq } = await libraries();
  const patience = Math.round(work.stalledAfter * 1000);
  const process = async (job: Job): Promise<string> => {
    const last = job.attemptsMade + 1 >= triesMax || job.attemptsStarted >= triesMax;
    return work.handle({ id: job.id ?? "", data: job.data, last });
  };
  const worker: Worker = new bullmq.Worker(place.name, process, {
    connection: redis,
    prefix,
    concurrency: work.concurrency,
    lockDuration: patience,
    stalledInterval: patience,
    // A job that ends its worker ends three of them at most.
    maxStalledCount: triesMax - 1,
    maxStartedAttempts: triesMax,
  });
  worker.on("completed", (job) => work.on("done", job.id ?? ""));
  worker.on("failed", (job, error) => {
    const over = job === undefined || job.attemptsMade >= triesMax || (job.finishedOn ?? 0) > 0;
    work.on(over ? "failed" : "again", error.message);
  });
  worker.on("stalled", (id) => work.on("stalled", id));
  worker.on("error", (error) => work.on("trouble", reason(error)));
  const queue = new bullmq.Queue(place.name, { connection: redis, prefix });
  queue.on("error", () => {});
  return {
    counts: () => countsOf(queue),
    async drain() {
      await worker.close();
      await queue.close();
      redis.disconnect();
    },
  };
}
