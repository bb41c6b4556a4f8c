// Scrapes over connections of their own, several at once: whichever process answers, counters tell of the whole module. Pure.
import type { Exposition } from "./exposition.ts";
import { Findings, type MetricsFinding } from "./findings.ts";
import { type Index, indexOf, isCounter, metricKey } from "./scrapes.ts";

/** The greatest value of a series so far, and the connection (from 1) that saw it. */
interface Peak {
  value: number;
  connection: number;
  created: number | undefined;
}

/**
 * Counters that a later connection saw lower than an earlier one. `batches`: the scrapes of one are under way at once, in no order that counts;
 * each batch began when the one before had ended. One finding per series, the first.
 */
export function fallsAcross(batches: readonly (readonly Exposition[])[]): MetricsFinding[] {
  const peaks = new Map<string, Peak>();
  const fallen = new Set<string>();
  const found: MetricsFinding[] = [];
  let connection = 0;
  for (const batch of batches) {
    const seen: [string, Peak][] = [];
    for (const { model } of batch) {
      connection++;
      const index = indexOf(model);
      const findings = new Findings(model.format);
      for (const [key, row] of index.rows) {
        // A name alone makes no counter that could be wrong.
        const typed = model.families[model.family(row)]?.type !== "unknown";
        if (!typed || !isCounter(model, row) || fallen.has(key)) continue;
        const now = peakAt(index, row, connection);
        const peak = peaks.get(key);
        if (peak !== undefined && now.value < peak.value && !restarted(peak, now)) {
          fallen.add(key);
          addFall(findings, index, { row, peak, now });
        } else seen.push([key, now]);
      }
      const scrape = connection - 1;
      found.push(...findings.sorted().map((finding) => ({ ...finding, scrape })));
    }
    for (const [key, now] of seen) {
      const peak = peaks.get(key);
      if (peak === undefined || now.value > peak.value || restarted(peak, now)) peaks.set(key, now);
    }
  }
  return found;
}

function peakAt({ model, created }: Index, row: number, connection: number): Peak {
  return { value: model.samples.value[row] ?? Number.NaN, connection, created: created.get(metricKey(model, row)) };
}

function restarted(before: Peak, after: Peak): boolean {
  return before.created !== undefined && after.created !== undefined && after.created > before.created;
}

function addFall(
  findings: Findings,
  { model }: Index,
  { row, peak, now }: { row: number; peak: Peak; now: Peak },
): void {
  const series = model.series(row);
  findings.add("counter-fell", () => ({
    line: model.samples.line[row] ?? 0,
    series,
    family: model.familyName(model.family(row)),
    message: `${series} was ${peak.value} on connection ${peak.connection} and is ${now.value} on connection ${now.connection}`,
    expected: `at least ${peak.value}, which connection ${peak.connection} saw before`,
    actual: `${now.value} on connection ${now.connection}`,
  }));
}
