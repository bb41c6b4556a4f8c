// `conform monitor <url...>`: keeps judging deployed modules, politely, and serves metrics about it.

import { pause } from "../../base/deadline.ts";
import { milliseconds } from "../../base/duration.ts";
import { UsageError } from "../../base/errors.ts";
import { wallClock } from "../../base/io.ts";
import type { Verdict } from "../../base/judged.ts";
import { type Slots, slots } from "../../base/slots.ts";
import { visible } from "../../base/visible.ts";
import { parseListen, serveMetrics } from "../../drivers/net/metrics-server.ts";
import { endAll } from "../../drivers/process/live.ts";
import { runMetrics } from "../../gate/run-metrics.ts";
import type { ModuleReport } from "../../report/types.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { judgeModule, type Prepared, prepare, readConfig } from "../../session/session.ts";
import { optionsOf } from "../flags.ts";
import { note } from "../terminal.ts";

const everyLeastMs = 1000;
/** Modules judged at the same moment. */
const atOnce = 2;

/** Runs until SIGINT or SIGTERM, then 0. Throws UsageError before it listens. */
export async function monitor(urls: string[], flags: FlagsOf<"monitor">): Promise<number> {
  const everyMs = interval(flags.every);
  const listen = parseListen(flags.listen);
  const prepared = prepareAll(urls, flags);
  const metrics = runMetrics(() => wallClock().getTime());
  const server = await serveMetrics(listen, metrics);
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => stop.abort(signal);
  process.on("SIGINT", end).on("SIGTERM", end);
  say(
    `judging ${prepared.length === 1 ? "1 module" : `${prepared.length} modules`} every ${flags.every}; metrics at ${server.url}/metrics`,
  );
  const shared = slots(atOnce);
  const before = new Map<string, Verdict["kind"]>();
  const onReport = (report: ModuleReport): void => {
    metrics.set(report);
    const { kind, reasons } = report.verdict;
    const was = before.get(report.name);
    before.set(report.name, kind);
    if (was !== kind)
      say(
        `${visible(report.name)}: ${was === undefined ? "" : `${was} -> `}${kind}${reasons[0] === undefined ? "" : ` (${visible(reasons[0])})`}`,
      );
  };
  try {
    await Promise.all(
      // Starts are spread over the interval, so that many modules are not asked at one moment.
      prepared.map((one, index) =>
        keepJudging(one, {
          everyMs,
          delayMs: (everyMs / prepared.length) * index,
          shared,
          stop: stop.signal,
          onReport,
        }),
      ),
    );
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    await server.close();
    await endAll();
  }
  return 0;
}

function interval(text: string): number {
  const valid = /^\d+(\.\d+)?(ms|s|m|h)$/.test(text);
  const ms = valid ? milliseconds(text) : Number.NaN;
  if (!valid) throw new UsageError(`--every ${text}: expected a duration such as 30s, 5m or 1h`);
  if (ms < everyLeastMs || ms > 7 * 86_400_000) throw new UsageError(`--every ${text}: expected between 1s and 168h`);
  return ms;
}

function prepareAll(urls: readonly string[], flags: FlagsOf<"monitor">): Prepared[] {
  const twice = urls.find((url, index) => urls.indexOf(url) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice`);
  const local = urls.find((url) => !/^https?:\/\//i.test(url));
  if (local !== undefined)
    throw new UsageError(`${local} is no URL; conform monitor judges running services (http://...)`);
  const config = flags.config === undefined ? {} : readConfig(flags.config);
  const options = optionsOf(flags);
  return urls.map((url) => prepare(url, options, config));
}

interface Beat {
  everyMs: number;
  delayMs: number;
  shared: Slots;
  stop: AbortSignal;
  onReport(report: ModuleReport): void;
}

/** One run per interval; a run that takes longer makes the next ones wait, never overlap. */
async function keepJudging(prepared: Prepared, { everyMs, delayMs, shared, stop, onReport }: Beat): Promise<void> {
  await pause(delayMs, stop);
  const timeout = Math.min(prepared.options.timeout ?? 600, Math.max(1, everyMs / 1000));
  const one = { ...prepared, options: { ...prepared.options, timeout } };
  while (!stop.aborted) {
    const from = performance.now();
    await shared.run(async () => {
      if (stop.aborted) return;
      const { report } = await judgeModule(one, {}, { interrupt: stop });
      if (!stop.aborted) onReport(report);
    });
    const spent = performance.now() - from;
    await pause(everyMs - (spent % everyMs), stop);
  }
}

function say(text: string): void {
  note(text, `${wallClock().toISOString()} conform monitor`);
}
