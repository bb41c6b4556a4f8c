// Metrics of a worker: what it did, and how its queue stands. No module is named: a registry has too many.
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { version } from "../../base/version.ts";

export type JobEnd = "done" | "again" | "failed" | "stalled";

export interface WorkerMetrics {
  ended(how: JobEnd): void;
  /** Seconds that judging one module took, and its verdict. */
  judged(seconds: number, verdict: string): void;
  /** Modules being judged now. */
  active(n: number): void;
  text(): Promise<string>;
  contentType: string;
}

/** `counts`: jobs of the queue by state, asked for at each scrape. */
export function workerMetrics(counts: () => Promise<{ [state: string]: number }>): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "conform_build_info",
    help: "Version of conform; always 1.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  const jobs = new Counter({
    name: "conform_worker_jobs_total",
    help: "Jobs of this worker by how they ended: done, again (to be tried again), failed (given up), stalled (of a worker that is gone).",
    labelNames: ["result"],
    registers,
  });
  for (const result of ["done", "again", "failed", "stalled"]) jobs.inc({ result }, 0);
  const verdicts = new Counter({
    name: "conform_worker_verdicts_total",
    help: "Modules that this worker judged, by verdict.",
    labelNames: ["verdict"],
    registers,
  });
  for (const verdict of ["conformant", "partial", "nonconformant", "inconclusive"]) verdicts.inc({ verdict }, 0);
  const seconds = new Histogram({
    name: "conform_worker_module_duration_seconds",
    help: "How long judging one module took.",
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600],
    registers,
  });
  const active = new Gauge({
    name: "conform_worker_active_modules",
    help: "Modules that this worker is judging now.",
    registers,
  });
  new Gauge({
    name: "conform_queue_jobs",
    help: "Jobs of the queue by state.",
    labelNames: ["state"],
    registers,
    async collect() {
      for (const [state, n] of Object.entries(await counts())) this.set({ state }, n);
    },
  });
  return {
    ended: (result) => jobs.inc({ result }),
    judged(took, verdict) {
      seconds.observe(took);
      verdicts.inc({ verdict });
    },
    active: (n) => active.set(n),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
