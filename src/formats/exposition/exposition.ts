// The exposition engine in one door: parse, validate, lint, list. Knows nothing of contracts; pure.
import { Buffer, isUtf8 } from "node:buffer";
import { CATALOGUE, type Format, idsOf } from "./catalogue.ts";
import { type Finding, Findings, LISTED_MAX } from "./findings.ts";
import { lintModel } from "./lint.ts";
import { type FamilyType, Model } from "./model.ts";
import { LF } from "./numbers.ts";
import { readOpenMetrics } from "./openmetrics.ts";
import { readPrometheus } from "./prometheus.ts";
import { Scanner } from "./scanner.ts";
import { reportInvalidUtf8 } from "./utf8.ts";
import { validateModel } from "./validate.ts";

export type { Format } from "./catalogue.ts";
export type { Finding } from "./findings.ts";
export type { FamilyType } from "./model.ts";

export interface ParseOptions {
  /** `auto`: by `contentType`, else by the text. */
  format?: "auto" | Format;
  contentType?: string;
  /** The body was longer than a limit and is cut: its last line is left out, a missing end is no problem. */
  cut?: boolean;
}

/** A parsed body. Columns stay in `model`; the functions below make plain objects of them. */
export interface Exposition {
  format: Format;
  model: Model;
  contentType?: string;
  cut: boolean;
}

/** A family as expectations and expressions see it. */
export interface FamilyView {
  name: string;
  type: FamilyType;
  /** Was the type written? */
  typed: boolean;
  help?: string;
  unit?: string;
  line: number;
  samples: number;
}

/** A sample as expectations and expressions see it. */
export interface SampleView {
  name: string;
  family: string;
  type: FamilyType;
  labels: { [name: string]: string };
  value: number;
  /** Milliseconds in Prometheus text, seconds in OpenMetrics. */
  timestamp?: number;
  series: string;
  line: number;
}

/** Parses a body; problems are kept, nothing throws. Linear in the number of bytes. */
export function parseExposition(bytes: Uint8Array, options: ParseOptions = {}): Exposition {
  const { contentType, cut = false } = options;
  const format = formatOf(bytes, options);
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const model = new Model(cut ? whole.subarray(0, whole.lastIndexOf(LF) + 1) : whole, format);
  const scanner = new Scanner(model, LISTED_MAX);
  if (format === "openmetrics") readOpenMetrics(scanner);
  else readPrometheus(scanner);
  if (!isUtf8(bytes)) reportInvalidUtf8(model, LISTED_MAX);
  if (cut) model.problemCounts.delete("eof");
  return { format, model, cut, ...(contentType !== undefined && { contentType }) };
}

/** The format by the content type, else by its last line: OpenMetrics ends with `# EOF`. */
export function formatOf(bytes: Uint8Array, { format = "auto", contentType }: ParseOptions): Format {
  if (format !== "auto") return format;
  const negotiated = contentType === undefined ? undefined : mediaTypeFormat(contentType);
  if (negotiated !== undefined) return negotiated;
  const tail = new TextDecoder("latin1").decode(bytes.subarray(Math.max(0, bytes.length - 200))).trimEnd();
  return /(?:^|\n)# EOF$/.test(tail) ? "openmetrics" : "prometheus";
}

/** The format that a content type names. */
export function mediaTypeFormat(contentType: string): Format | undefined {
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase();
  if (mediaType === "application/openmetrics-text") return "openmetrics";
  return mediaType === "text/plain" ? "prometheus" : undefined;
}

/** Does the body follow the grammar? */
export function parses(exposition: Exposition): boolean {
  return exposition.model.problemCounts.size === 0;
}

/** Findings of the grammar and of the validity pass, by line. `ids`: only these. */
export function validate(exposition: Exposition, ids?: Iterable<string>): Finding[] {
  const { model } = exposition;
  const findings = new Findings(model.format);
  aboutBody(exposition, findings);
  for (const problem of model.problems) {
    if (!model.problemCounts.has(problem.id)) continue;
    const { id, line, column, expected, found, text } = problem;
    findings.add(id, () => ({
      line,
      column,
      message: `expected ${expected}, found ${found}`,
      expected,
      actual: found,
      text,
    }));
  }
  for (const [id, count] of model.problemCounts) findings.addUnlisted(id, count - LISTED_MAX);
  validateModel(model, findings);
  return only(findings.sorted(), ids);
}

/** Findings of the lint pass, by line. `ids`: only these. */
export function lint(exposition: Exposition, ids: Iterable<string> = idsOf("lint")): Finding[] {
  const findings = new Findings(exposition.format);
  lintModel(exposition.model, findings, new Set(ids));
  return findings.sorted();
}

/** What is wrong with the body as a whole, before its first line. */
function aboutBody({ model, contentType, cut }: Exposition, findings: Findings): void {
  if (contentType !== undefined && mediaTypeFormat(contentType) === undefined)
    findings.add("content-type", () => ({
      message: `the content type is ${contentType === "" ? "missing" : contentType}`,
      expected: "text/plain or application/openmetrics-text",
      actual: contentType,
    }));
  if (cut)
    findings.add("body-cut", () => ({
      line: model.lines,
      message: `the body is longer than the limit; checked up to line ${model.lines}`,
      expected: "a shorter body",
      actual: `more than ${model.bytes.length} bytes`,
    }));
}

function only(findings: Finding[], ids: Iterable<string> | undefined): Finding[] {
  if (ids === undefined) return findings;
  const wanted = new Set(ids);
  return findings.filter(({ id }) => wanted.has(id));
}

/** All ids of findings of a single body, for messages and completion. */
export function findingIds(): string[] {
  return CATALOGUE.map(({ id }) => id);
}

export function families({ model }: Exposition): FamilyView[] {
  return model.families.map((family) => {
    const help = model.help(family);
    return {
      name: model.names.text(family.nameId),
      type: family.type,
      typed: family.typed,
      ...(help !== undefined && { help }),
      ...(family.unit !== "" && { unit: family.unit }),
      line: family.line,
      samples: family.samples,
    };
  });
}

export function* samples({ model }: Exposition): Generator<SampleView> {
  for (let i = 0; i < model.samples.count; i++) yield sampleAt(model, i);
}

/** Sample `i` as a plain object. */
export function sampleAt(model: Model, i: number): SampleView {
  const family = model.family(i);
  const timestamp = model.samples.time[i] ?? Number.NaN;
  return {
    name: model.name(i),
    family: model.familyName(family),
    type: model.families[family]?.type ?? "unknown",
    labels: Object.fromEntries(model.labels(i).map(({ name, value }) => [name, value])),
    value: model.samples.value[i] ?? Number.NaN,
    ...(!Number.isNaN(timestamp) && { timestamp }),
    series: model.series(i),
    line: model.samples.line[i] ?? 0,
  };
}
