// `conform metrics`: checks one exposition from a file, a URL or standard input, without a contract.
import { readFileSync, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { didYouMean, UsageError } from "../../base/errors.ts";
import { CATALOGUE, idsOf, PROMLINT } from "../../formats/exposition/catalogue.ts";
import {
  FORMAT_CHOICES,
  type FormatChoice,
  lint,
  parseExposition,
  validate,
} from "../../formats/exposition/exposition.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import { type Body, fetchBodies, headersOf, type Unanswered } from "../metrics-fetch.ts";
import { type Checked, type MetricsReporter, renderMetrics, reporters } from "../metrics-report.ts";
import { print } from "../terminal.ts";

const URL_BODY_BYTES = 256 << 20;
const FILE_BODY_BYTES = 1 << 30;

/** Whose rules these are. */
const VERSIONS = `grammar   Prometheus text 0.0.4 and 1.0.0, OpenMetrics 1.0 (and 0.0.1), OpenMetrics 2.0 (release candidate of March 2026)
lint      ${PROMLINT}
requests  as Prometheus 3.16 sends them
`;

/**
 * Checks the target and prints the report on standard output. Exit code: 0 clean (or warnings only), 1 errors (with
 * --strict also warnings), 3 checked in part or not at all. Throws UsageError (missing file, bad flag) and
 * UnreachableError (URL without an answer).
 */
export async function metrics(target: string | undefined, flags: FlagsOf<"metrics">): Promise<number> {
  if (flags.versionInfo === true) {
    await print(VERSIONS);
    return 0;
  }
  const format = choice("--format", flags.format ?? "auto", FORMAT_CHOICES);
  const reporter: MetricsReporter = choice("--reporter", flags.reporter ?? "text", reporters);
  const ids = lintIds(flags.lint ?? "all");
  const { bodies, unanswered } = await bodiesOf(target, { ...flags, format });
  const max = flags.maxBytes ?? (isUrl(target) ? URL_BODY_BYTES : FILE_BODY_BYTES);
  const checked: Checked[] = [];
  for (const came of bodies) checked.push(checkedOf(await opened(came, max), { format, ids, max }));
  const { text, exit } = renderMetrics(checked, {
    reporter,
    strict: flags.strict === true,
    extended: flags.extended === true,
    lint: ids,
    unanswered,
  });
  await print(text);
  return exit;
}

function checkedOf(body: Body, { format, ids, max }: { format: FormatChoice; ids: string[]; max: number }): Checked {
  const { source, bytes, contentType, asked, encoding, cut, notes } = body;
  const exposition = parseExposition(bytes, {
    format,
    cut,
    ...(contentType !== undefined && { contentType }),
    ...(asked !== undefined && { asked }),
    ...(encoding !== undefined && { encoding }),
  });
  const lints = ids.length === 0 ? [] : lint(exposition, ids);
  const part = `checked in part: the body is longer than ${max} bytes; checked up to line ${exposition.model.lines}`;
  const reasons = exposition.unchecked !== undefined ? [`unchecked: ${exposition.unchecked}`] : cut ? [part] : [];
  return { source, notes, reasons, exposition, findings: [...validate(exposition), ...lints] };
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

type Wanted = FlagsOf<"metrics"> & { format: FormatChoice };

function isUrl(target: string | undefined): target is string {
  return target !== undefined && /^https?:\/\//i.test(target);
}

async function bodiesOf(
  target: string | undefined,
  flags: Wanted,
): Promise<{ bodies: Body[]; unanswered: Unanswered[] }> {
  if (isUrl(target))
    return fetchBodies(target, {
      format: flags.format,
      headers: headersOf(flags.header ?? []),
      timeoutMs: (flags.timeout ?? 10) * 1000,
      bytesMax: flags.maxBytes ?? URL_BODY_BYTES,
    });
  if (target === undefined || target === "-") {
    if (target === undefined && process.stdin.isTTY)
      throw new UsageError("give a file, a URL, or - for standard input; see conform metrics --help");
    return { bodies: [await fromInput(flags.maxBytes ?? FILE_BODY_BYTES)], unanswered: [] };
  }
  return { bodies: [{ source: target, bytes: fileBytes(target), cut: false, notes: [] }], unanswered: [] };
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
  return { source: "-", bytes: Buffer.concat(chunks), cut: false, notes: [] };
}

/** Undoes gzip and cuts at the limit. A file may be gzip; an answer says so in its header, or it is a fault of its own. */
async function opened(body: Body, max: number): Promise<Body> {
  const file = body.contentType === undefined;
  const gzip = body.bytes[0] === 0x1f && body.bytes[1] === 0x8b;
  const named = body.encoding?.name === "gzip" || body.encoding?.name === "x-gzip";
  if (gzip && (file || named) && !body.cut) {
    const bytes = await gunzipped(body.bytes, max);
    if (bytes !== undefined)
      return cutAt(
        {
          ...body,
          bytes,
          notes: file ? [...body.notes, "gzip undone"] : body.notes,
          ...(body.encoding !== undefined && { encoding: { ...body.encoding, undone: true } }),
        },
        max,
      );
  }
  return cutAt(body, max);
}

function cutAt(body: Body, max: number): Body {
  return body.bytes.length > max ? { ...body, bytes: body.bytes.subarray(0, max), cut: true } : body;
}

/** What comes out, up to a little over `max` bytes; undefined when it is no gzip after all. */
async function gunzipped(bytes: Buffer, max: number): Promise<Buffer | undefined> {
  const gunzip = createGunzip();
  gunzip.end(bytes);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of gunzip) {
      const piece = Buffer.from(chunk);
      chunks.push(piece);
      length += piece.length;
      if (length > max) break;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
