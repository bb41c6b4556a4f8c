// The report of `conform metrics`: text, JSON, or the JUnit reporter fed with one result per rule. Pure.

import type { Counts, Result, Verdict } from "../base/judged.ts";
import type { Json, Level } from "../base/types.ts";
import { version } from "../base/version.ts";
import { harmless, visible, visibleJson } from "../base/visible.ts";
import { cardinality, type FamilyCardinality } from "../formats/exposition/cardinality.ts";
import { CATALOGUE, type CatalogueEntry, catalogued, levelOf } from "../formats/exposition/catalogue.ts";
import { type Exposition, type Finding, parses } from "../formats/exposition/exposition.ts";
import { reporter as junit } from "../report/reporters/junit.ts";
import type { ModuleReport, Report } from "../report/types.ts";

export const reporters = ["text", "json", "junit"] as const;
export type Reporter = (typeof reporters)[number];

export interface Checked {
  /** File, URL or `-`. */
  source: string;
  notes: string[];
  exposition: Exposition;
  findings: Finding[];
}

export interface RenderOptions {
  reporter: Reporter;
  strict: boolean;
  extended: boolean;
  /** Lint rules that were checked. */
  lint: readonly string[];
}

export function render(checked: Checked[], options: RenderOptions): { text: string; failed: boolean } {
  const failed = checked.some(({ findings }) => findings.some((finding) => binds(finding.level, options.strict)));
  const text =
    options.reporter === "text"
      ? checked.map((one) => textOf(one, options)).join("\n")
      : options.reporter === "json"
        ? `${visibleJson(JSON.stringify(jsonOf(checked, options, failed), null, 2))}\n`
        : junit.render(reportOf(checked, options, failed), {});
  return { text, failed };
}

function binds(level: Level, strict: boolean): boolean {
  return level === "MUST" || (strict && level === "SHOULD");
}

const WORDS: { [level in Level]: string } = { MUST: "error", SHOULD: "warning", MAY: "note" };

function totals(findings: Finding[], level: Level): number {
  return findings.reduce((sum, finding) => sum + (finding.level === level ? 1 + (finding.more ?? 0) : 0), 0);
}

function textOf({ source, notes, exposition, findings }: Checked, options: RenderOptions): string {
  const { model, format } = exposition;
  const name = format === "prometheus" ? "Prometheus text" : "OpenMetrics";
  const lines = [
    `${visible(source)}: ${name}, ${model.families.length} families, ${model.samples.count} samples, ${model.lines} lines`,
    ...notes.map((note) => `note: ${visible(note)}`),
    ...findings.flatMap(findingLines),
  ];
  if (options.extended) lines.push(...extendedLines(cardinality(model)));
  const errors = totals(findings, "MUST");
  const warnings = totals(findings, "SHOULD");
  const failed = findings.some(({ level }) => binds(level, options.strict));
  lines.push(`${failed ? "nonconformant" : "conformant"}: ${plural(errors, "error")}, ${plural(warnings, "warning")}`);
  return `${lines.map((line) => harmless(line)).join("\n")}\n`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function findingLines({ id, level, line, column, family, message, text, more }: Finding): string[] {
  const where = line === undefined ? "" : `${line}${column === undefined ? "" : `:${column}`}`;
  // Lint messages are those of promtool, which names the metric before them.
  const subject = catalogued(id)?.pass === "lint" ? `${family} ` : "";
  const lines = [`${WORDS[level].padEnd(7)} ${where.padEnd(7)} ${id.padEnd(22)} ${visible(subject + message)}`];
  if (text !== undefined && text !== "") lines.push(`${" ".repeat(16)}${visible(text)}`);
  if (more !== undefined) lines.push(`${" ".repeat(16)}and ${more} more ${id}`);
  return lines;
}

function extendedLines(families: FamilyCardinality[]): string[] {
  const width = Math.max(6, ...families.map(({ family }) => visible(family).length));
  return [
    `${"metric".padEnd(width)}  series   share  values per label`,
    ...families.map(({ family, series, share, labels }) => {
      const most = labels.slice(0, 5).map(({ label, values }) => `${visible(label)}=${values}`);
      return `${visible(family).padEnd(width)}  ${String(series).padStart(6)}  ${(share * 100).toFixed(1).padStart(5)}%  ${most.join(" ")}`.trimEnd();
    }),
  ];
}

function jsonOf(checked: Checked[], options: RenderOptions, failed: boolean): unknown {
  return {
    format: 1,
    tool: { name: "conform", version },
    verdict: failed ? "nonconformant" : "conformant",
    strict: options.strict,
    expositions: checked.map(({ source, notes, exposition, findings }) => ({
      source,
      format: exposition.format,
      parses: parses(exposition),
      valid: totals(findings, "MUST") === 0,
      lines: exposition.model.lines,
      families: exposition.model.families.length,
      samples: exposition.model.samples.count,
      errors: totals(findings, "MUST"),
      warnings: totals(findings, "SHOULD"),
      notes,
      findings: findings.map((finding) => ({ ...finding, ...facts(finding) })),
      ...(options.extended && { cardinality: cardinality(exposition.model) }),
    })),
  };
}

/** JSON knows no NaN and no infinities. */
function facts({ expected, actual }: Finding): { expected?: Json; actual?: Json } {
  const json = (value: string | number): Json =>
    typeof value === "number" && !Number.isFinite(value) ? `${value}` : value;
  return {
    ...(expected !== undefined && { expected: json(expected) }),
    ...(actual !== undefined && { actual: json(actual) }),
  };
}

function reportOf(checked: Checked[], options: RenderOptions, failed: boolean): Report {
  const modules = checked.map((one) => moduleOf(one, options));
  const started = "1970-01-01T00:00:00Z";
  return {
    format: 1,
    tool: { name: "conform", version },
    started,
    duration_ms: 0,
    verdict: verdictOf(
      modules.flatMap(({ results }) => results),
      failed,
    ),
    modules,
  };
}

function moduleOf(checked: Checked, options: RenderOptions): ModuleReport {
  const { source, notes, exposition, findings } = checked;
  const { format } = exposition;
  const rules = CATALOGUE.filter(
    (entry) =>
      entry[format] !== undefined &&
      entry.pass !== "scrapes" &&
      (entry.pass !== "lint" || options.lint.includes(entry.id)),
  );
  const results = rules.map((entry) =>
    resultOf(
      entry,
      findings.filter(({ id }) => id === entry.id),
      { ...checked, strict: options.strict },
    ),
  );
  const failed = findings.some(({ level }) => binds(level, options.strict));
  const title = format === "prometheus" ? "Prometheus text format" : "OpenMetrics";
  return {
    name: `${source} ${format}`,
    target: { kind: "url", label: source },
    contract: { name: format, version: format === "prometheus" ? "0.0.4" : "1.0", title, digest: "" },
    started: "1970-01-01T00:00:00Z",
    duration_ms: 0,
    strict: options.strict,
    verdict: verdictOf(results, failed),
    results,
    scenarios: [],
    notes,
  };
}

function resultOf(entry: CatalogueEntry, findings: Finding[], about: Checked & { strict: boolean }): Result {
  const level = levelOf(entry.id, about.exposition.format);
  const [first, ...others] = findings.map((finding) => {
    const { line, column, series, family, message, expected, actual } = { ...finding, ...facts(finding) };
    const place = { file: about.source, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    return {
      at: series ?? family ?? `line ${line ?? 1}`,
      expected: expected ?? entry.text,
      actual: actual ?? message,
      events: [],
      place,
    };
  });
  return {
    id: `${entry.pass}/${entry.id}`,
    area: entry.pass,
    level,
    text: entry.text,
    sources: [],
    outcome: first === undefined ? { kind: "pass", events: [] } : { kind: "fail", findings: [first, ...others] },
    binding: binds(level, about.strict),
    evidence: [],
    repeat: [],
    scenarios: [],
  };
}

function verdictOf(results: Result[], failed: boolean): Verdict {
  const counts = (level?: Level): Counts => {
    const own = results.filter((result) => level === undefined || result.level === level);
    const fail = own.filter(({ outcome }) => outcome.kind === "fail").length;
    return { pass: own.length - fail, fail, blocked: 0, skipped: 0, error: 0 };
  };
  return {
    kind: failed ? "nonconformant" : "conformant",
    exit: failed ? 1 : 0,
    reasons: failed ? ["the exposition has errors"] : [],
    counts: counts(),
    levels: { MUST: counts("MUST"), SHOULD: counts("SHOULD"), MAY: counts("MAY") },
    baselined: 0,
  };
}
