// The exposition engine in one door: parse, validate, lint, list. Knows nothing of contracts; pure.
import { Buffer, isUtf8 } from "node:buffer";
import { about } from "./about.ts";
import { type Format, idsOf, levelOf } from "./catalogue.ts";
import { Findings, LISTED_MAX, type MetricsFinding } from "./findings.ts";
import { lintModel } from "./lint.ts";
import { negotiated, OPENMETRICS, readMediaType } from "./media-type.ts";
import { type FamilyType, Model } from "./model.ts";
import { LF } from "./numbers.ts";
import { readOpenMetrics } from "./openmetrics.ts";
import { readOpenMetrics2 } from "./openmetrics2.ts";
import { readPrometheus } from "./prometheus.ts";
import { Scanner } from "./scanner.ts";
import { reportInvalidUtf8 } from "./utf8.ts";
import { validateModel } from "./validate.ts";

export type { Format } from "./catalogue.ts";
export type { MetricsFinding } from "./findings.ts";
export type { FamilyType } from "./model.ts";

/** What `--format` and expectations may say. `openmetrics`: the version by the content type, else 1.0. */
export const FORMAT_CHOICES = ["auto", "prometheus", "openmetrics", "openmetrics@1", "openmetrics@2"] as const;
export type FormatChoice = (typeof FORMAT_CHOICES)[number];

export interface ParseOptions {
  /** `auto`: by `contentType`, else by the text. */
  format?: FormatChoice;
  contentType?: string;
  /** The Accept field of the request that the body answers. */
  asked?: string;
  /** Content-Encoding of the answer, when something other than identity; `undone`: the body is what came out. */
  encoding?: { name: string; undone: boolean };
  /** The body was longer than a limit and is cut: its last line is left out, a missing end is no problem. */
  cut?: boolean;
}

/** A parsed body. Columns stay in `model`; the functions below make plain objects of them. */
export interface Exposition {
  format: Format;
  model: Model;
  contentType?: string;
  asked?: string;
  encoding?: { name: string; undone: boolean };
  cut: boolean;
  /** Why nothing in the body was checked: its version has no rules here. Such a body neither passes nor fails. */
  unchecked?: string;
  /** Why the body was not read: it is no text. One finding says so. */
  opaque?: string;
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
  const { contentType, asked, encoding, cut = false } = options;
  const { unchecked, opaque = encodedBody(bytes, encoding) } = contentType === undefined ? {} : negotiated(contentType);
  const format = formatOf(bytes, options);
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const readable = unchecked === undefined && opaque === undefined;
  const model = new Model(!readable ? EMPTY : cut ? whole.subarray(0, whole.lastIndexOf(LF) + 1) : whole, format);
  model.cut = cut;
  if (readable) read(model);
  return {
    format,
    model,
    cut,
    ...(contentType !== undefined && { contentType }),
    ...(asked !== undefined && { asked }),
    ...(encoding !== undefined && { encoding }),
    ...(unchecked !== undefined && { unchecked }),
    ...(opaque !== undefined && { opaque }),
  };
}

const EMPTY = Buffer.alloc(0);

function read(model: Model): void {
  const scanner = new Scanner(model, LISTED_MAX);
  if (model.format === "openmetrics") readOpenMetrics(scanner);
  else if (model.format === "openmetrics@2") readOpenMetrics2(scanner);
  else readPrometheus(scanner);
  if (!isUtf8(model.bytes)) reportInvalidUtf8(model, LISTED_MAX);
  if (model.cut) model.problemCounts.delete("eof");
}

/** Is the body still encoded? By its header, else by its first bytes (gzip, zstd). */
function encodedBody(bytes: Uint8Array, encoding: { name: string; undone: boolean } | undefined): string | undefined {
  if (encoding !== undefined && !encoding.undone) return `a body encoded as ${encoding.name}, which was not asked for`;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "a gzip body without Content-Encoding";
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd)
    return "a zstd body without Content-Encoding";
  return undefined;
}

/** The format by the content type, else by its last line: OpenMetrics ends with `# EOF`. */
export function formatOf(bytes: Uint8Array, { format = "auto", contentType }: ParseOptions): Format {
  const told = contentType === undefined ? undefined : negotiated(contentType).format;
  if (format === "prometheus") return format;
  if (format !== "auto") return told !== undefined && told !== "prometheus" ? told : chosen(format);
  if (told !== undefined) return told;
  const tail = new TextDecoder("latin1").decode(bytes.subarray(Math.max(0, bytes.length - 200))).trimEnd();
  return /(?:^|\n)# EOF$/.test(tail) ? "openmetrics" : "prometheus";
}

function chosen(format: FormatChoice): Format {
  return format === "openmetrics@2" ? format : "openmetrics";
}

/** Does a content type name OpenMetrics (true), Prometheus text (false), or neither (undefined)? */
export function namesOpenMetrics(contentType: string): boolean | undefined {
  const read = readMediaType(contentType);
  const type = typeof read === "string" ? (contentType.split(/[;,]/)[0] ?? "").trim().toLowerCase() : read.type;
  return type === OPENMETRICS ? true : type === "text/plain" ? false : undefined;
}

/** Does the body follow the grammar? */
export function parses({ model, format }: Exposition): boolean {
  return ![...model.problemCounts.keys()].some((id) => levelOf(id, format) === "MUST");
}

/** Findings of the grammar and of the validity pass, by line. `ids`: only these. */
export function validate(exposition: Exposition, ids?: Iterable<string>): MetricsFinding[] {
  const { model } = exposition;
  const findings = new Findings(model.format);
  about(exposition, findings);
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
export function lint(exposition: Exposition, ids: Iterable<string> = idsOf("lint")): MetricsFinding[] {
  const findings = new Findings(exposition.format);
  lintModel(exposition.model, findings, new Set(ids));
  return findings.sorted();
}

function only(findings: MetricsFinding[], ids: Iterable<string> | undefined): MetricsFinding[] {
  if (ids === undefined) return findings;
  const wanted = new Set(ids);
  return findings.filter(({ id }) => wanted.has(id));
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
