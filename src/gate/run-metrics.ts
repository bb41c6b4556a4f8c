// Metrics of conform itself: what it judged, how it ended, how long it took. Nothing of the module's own metrics is in them.
import { Counter, Gauge, Registry } from "prom-client";
import type { Counts, VerdictKind } from "../base/judged.ts";
import type { Level } from "../base/types.ts";
import { version } from "../base/version.ts";
import { visible } from "../base/visible.ts";
import type { ModuleReport } from "../report/types.ts";

const levels: Level[] = ["MUST", "SHOULD", "MAY"];
const verdicts: VerdictKind[] = ["conformant", "partial", "nonconformant", "inconclusive"];
const outcomes: (keyof Counts)[] = ["pass", "fail", "blocked", "skipped", "error"];
const own = ["module", "contract", "contract_version"] as const;

/** A registry that modules are set in as they are judged. */
export interface RunMetrics {
  set(report: ModuleReport): void;
  /** Text exposition format 0.0.4. */
  text(): Promise<string>;
  contentType: string;
}

/** `now`: milliseconds since 1970; given for a service that goes on, which counts runs and tells their age. */
export function runMetrics(now?: () => number): RunMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labels: readonly L[]) =>
    new Gauge({ name, help, labelNames: [...labels], registers });
  gauge("conform_build_info", "Version of conform; always 1.", ["version"]).set({ version }, 1);
  const conformant = gauge(
    "conform_module_conformant",
    "1 when the last run of the module ended conformant, else 0.",
    own,
  );
  const passing = gauge(
    "conform_module_passing",
    "1 when the last run found no failure and could tell: conformant, or partly judged.",
    own,
  );
  const verdict = gauge("conform_module_verdict", "1 for the verdict of the module's last run, 0 for the others.", [
    ...own,
    "verdict",
  ]);
  const results = gauge("conform_module_requirements", "Requirements by level and outcome in the module's last run.", [
    ...own,
    "level",
    "outcome",
  ]);
  const flaky = gauge(
    "conform_module_flaky_requirements",
    "What failed at first and passed at the second look in the last run.",
    own,
  );
  const known = gauge("conform_module_known_failures", "Failures that the baseline excused in the last run.", own);
  const duration = gauge("conform_module_run_duration_seconds", "How long the module's last run took.", own);
  const last = gauge("conform_module_last_run_timestamp_seconds", "When the module's last run began.", own);
  const service = now === undefined ? undefined : serviceMetrics(registry, now);
  return {
    set(report) {
      const { contract, verdict: found } = report;
      const labels = { module: visible(report.name), contract: contract.name, contract_version: contract.version };
      conformant.set(labels, found.kind === "conformant" ? 1 : 0);
      passing.set(labels, found.kind === "conformant" || found.kind === "partial" ? 1 : 0);
      for (const kind of verdicts) verdict.set({ ...labels, verdict: kind }, kind === found.kind ? 1 : 0);
      for (const level of levels)
        for (const outcome of outcomes) results.set({ ...labels, level, outcome }, found.levels[level][outcome]);
      flaky.set(labels, report.results.filter((result) => result.flaky === true).length);
      known.set(labels, found.baselined);
      duration.set(labels, report.duration_ms / 1000);
      last.set(labels, Date.parse(report.started) / 1000);
      service?.(labels, report);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type Own = { [L in (typeof own)[number]]: string };

function serviceMetrics(registry: Registry, now: () => number): (labels: Own, report: ModuleReport) => void {
  const registers = [registry];
  const runs = new Counter({
    name: "conform_module_runs_total",
    help: "Runs of the module by verdict since the monitor started.",
    labelNames: [...own, "verdict"],
    registers,
  });
  const ends = new Map<string, { labels: Own; at: number }>();
  new Gauge({
    name: "conform_module_last_run_age_seconds",
    help: "Seconds since the module's last run ended.",
    labelNames: [...own],
    registers,
    collect() {
      for (const { labels, at } of ends.values()) this.set(labels, Math.max(0, (now() - at) / 1000));
    },
  });
  return (labels, { verdict }) => {
    for (const kind of verdicts) runs.inc({ ...labels, verdict: kind }, kind === verdict.kind ? 1 : 0);
    ends.set(labels.module, { labels, at: now() });
  };
}
