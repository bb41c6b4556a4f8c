// `conform metrics`: checks one exposition from a file, a URL or standard input, without a contract.
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { didYouMean, UnreachableError, UsageError } from "../../base/errors.ts";
import { CATALOGUE, idsOf } from "../../formats/exposition/catalogue.ts";
import {
  type Format,
  formatOf,
  lint,
  mediaTypeFormat,
  parseExposition,
  validate,
} from "../../formats/exposition/exposition.ts";
import { type Checked, type Reporter, render, reporters } from "../metrics-report.ts";
import { print } from "../terminal.ts";

/** Flags of the command, as commander gives them. */
export interface MetricsFlags {
  /** auto, prometheus or openmetrics. */
  format?: string;
  /** all, none, or ids with commas. */
  lint?: string;
  extended?: boolean;
  /** text, json or junit. */
  reporter?: string;
  /** Warnings make the exit code 1 too. */
  strict?: boolean;
  /** `Name: value`, for URLs. */
  header?: string[];
  /** Seconds to wait for a URL. */
  timeout?: number;
  /** Longer bodies are cut there. */
  maxBytes?: number;
}

const URL_BODY_BYTES = 64 << 20;
const FILE_BODY_BYTES = 1 << 30;

/** One body to check, with where it came from. */
interface Body {
  source: string;
  bytes: Buffer;
  contentType?: string;
  cut: boolean;
  notes: string[];
}

/**
 * Checks the target and prints the report on standard output. Exit code: 0 clean (or warnings only), 1 errors (with
 * --strict also warnings). Throws UsageError (missing file, bad flag) and UnreachableError (URL without an answer).
 */
export async function metrics(target: string | undefined, flags: MetricsFlags): Promise<number> {
  const format = choice("--format", flags.format ?? "auto", ["auto", "prometheus", "openmetrics"] as const);
  const reporter: Reporter = choice("--reporter", flags.reporter ?? "text", reporters);
  const ids = lintIds(flags.lint ?? "all");
  const bodies = await bodiesOf(target, { ...flags, format });
  const checked = bodies.map((body): Checked => {
    const { source, bytes, contentType, cut, notes } = body;
    const exposition = parseExposition(bytes, { format, cut, ...(contentType !== undefined && { contentType }) });
    const lints = ids.length === 0 ? [] : lint(exposition, ids);
    return { source, notes, exposition, findings: [...validate(exposition), ...lints] };
  });
  const { text, failed } = render(checked, {
    reporter,
    strict: flags.strict === true,
    extended: flags.extended === true,
    lint: ids,
  });
  await print(text);
  return failed ? 1 : 0;
}

function choice<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((word) => word === value);
  if (found === undefined)
    throw new UsageError(`${flag}: ${value} is none of ${known.join(", ")}${didYouMean(value, known)}`);
  return found;
}

function lintIds(value: string): string[] {
  const known = idsOf("lint");
  if (value === "all") return known;
  if (value === "none") return [];
  const ids = value
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
  for (const id of ids) {
    if (known.includes(id)) continue;
    const other = CATALOGUE.find((entry) => entry.id === id);
    if (other !== undefined) throw new UsageError(`--lint: ${id} is no lint rule; it is always checked`);
    throw new UsageError(`--lint: no rule ${id}${didYouMean(id, known)}; known are all, none, ${known.join(", ")}`);
  }
  return ids;
}

type Wanted = MetricsFlags & { format: "auto" | Format };

async function bodiesOf(target: string | undefined, flags: Wanted): Promise<Body[]> {
  if (target !== undefined && /^https?:\/\//i.test(target)) return fetchBodies(target, flags);
  const max = flags.maxBytes ?? FILE_BODY_BYTES;
  if (target === undefined || target === "-") {
    if (target === undefined && process.stdin.isTTY)
      throw new UsageError("give a file, a URL, or - for standard input; see conform metrics --help");
    return [await fromInput(max)];
  }
  return [opened({ source: target, bytes: fileBytes(target), cut: false, notes: [] }, max)];
}

function fileBytes(path: string): Buffer {
  try {
    if (statSync(path).isDirectory()) throw new UsageError(`${path} is a folder; give a file, a URL or -`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(code === "ENOENT" ? `no file ${path}` : `cannot read ${path}: ${code}`);
  }
}

async function fromInput(max: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const piece = Buffer.from(chunk);
    chunks.push(piece);
    bytes += piece.length;
    if (bytes > max) break;
  }
  return opened({ source: "-", bytes: Buffer.concat(chunks), cut: false, notes: [] }, max);
}

/** Undoes gzip and cuts at the limit. */
function opened(body: Body, max: number): Body {
  let { bytes } = body;
  const notes = [...body.notes];
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: max });
      notes.push("gzip undone");
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (code === "ERR_BUFFER_TOO_LARGE")
        throw new UsageError(`${body.source} is longer than ${max} bytes when gzip is undone`);
      notes.push("looks like gzip, but cannot be undone");
    }
  }
  return bytes.length > max ? { ...body, notes, bytes: bytes.subarray(0, max), cut: true } : { ...body, notes, bytes };
}

const ACCEPT: { [format in Format]: string } = {
  prometheus: "text/plain;version=1.0.0;escaping=allow-utf-8,text/plain;version=0.0.4;q=0.9,*/*;q=0.1",
  openmetrics: "application/openmetrics-text;version=1.0.0,*/*;q=0.1",
};

/** Asks for each format; an answer in a format that is there already is not checked twice. */
async function fetchBodies(url: string, flags: Wanted): Promise<Body[]> {
  const formats: Format[] = flags.format === "auto" ? ["prometheus", "openmetrics"] : [flags.format];
  const bodies: Body[] = [];
  const seen = new Set<Format>();
  for (const wanted of formats) {
    const body = await fetchBody(url, wanted, flags);
    const { contentType = "" } = body;
    const got = mediaTypeFormat(contentType) ?? formatOf(body.bytes, {});
    if (seen.has(got)) continue;
    seen.add(got);
    bodies.push(body);
  }
  return bodies;
}

async function fetchBody(url: string, wanted: Format, flags: Wanted): Promise<Body> {
  const { exchange } = await import("../../drivers/net/http.ts");
  const max = flags.maxBytes ?? URL_BODY_BYTES;
  const answer = await exchange({
    method: "GET",
    url,
    headers: { accept: ACCEPT[wanted], ...headersOf(flags.header ?? []) },
    deadlineMs: (flags.timeout ?? 10) * 1000,
    bodyBytesMax: max,
    headerBytesMax: 65_536,
    gunzipBytesMax: max,
  });
  if (!answer.ok) throw new UnreachableError(`${answer.url}: ${answer.problem}: ${answer.detail}`);
  if (answer.status !== 200)
    throw new UnreachableError(`${answer.url} answered ${answer.status}, not 200; nothing was checked`);
  const bytes = answer.body_b64 === undefined ? Buffer.from(answer.body ?? "") : Buffer.from(answer.body_b64, "base64");
  return {
    source: answer.url,
    bytes,
    contentType: answer.headers.find(([name]) => name === "content-type")?.[1] ?? "",
    cut: answer.truncated,
    notes: answer.decoded === undefined ? [] : [`${answer.decoded} undone, although identity was asked for`],
  };
}

function headersOf(list: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of list) {
    const colon = text.indexOf(":");
    if (colon <= 0) throw new UsageError(`--header: ${text} is not Name: value`);
    headers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  return headers;
}
