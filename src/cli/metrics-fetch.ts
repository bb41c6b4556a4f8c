// Asks a URL for its metrics: one request per format, redirects within the host, what failed told beside what came.
import { UnreachableError, UsageError } from "../base/errors.ts";
import { literalLoopback } from "../drivers/net/connect.ts";
import { exchange } from "../drivers/net/http.ts";
import type { HttpAnswer } from "../drivers/net/http-types.ts";
import { FORMAT_TITLES, type Format } from "../formats/exposition/catalogue.ts";
import { type FormatChoice, namesOpenMetrics } from "../formats/exposition/exposition.ts";

/** One body to check, with where it came from. */
export interface Body {
  source: string;
  bytes: Buffer;
  contentType?: string;
  /** Accept field of the request. */
  asked?: string;
  encoding?: { name: string; undone: boolean };
  cut: boolean;
  notes: string[];
}

/** A format that was asked for and gave no body. */
export interface Unanswered {
  source: string;
  format: Format;
  reason: string;
  /** The server said that it has no such format; then nothing is owed. */
  declined: boolean;
}

/** What Prometheus 3.16 sends, per format: OpenMetrics as by default, the text formats alone, 2.0 as with its feature flag. */
const TEXTS = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3";
const ACCEPT: { readonly [format in Format]: string } = {
  prometheus: TEXTS,
  openmetrics: `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=0.0.1;q=0.6,${TEXTS}`,
  "openmetrics@2":
    "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
};

const REDIRECTS_MAX = 5;

export interface FetchOptions {
  format: FormatChoice;
  headers: Record<string, string>;
  timeoutMs: number;
  bytesMax: number;
}

/** Asks for each format; an answer in a format that is there already is not checked twice. Throws UnreachableError when nothing came. */
export async function fetchBodies(
  url: string,
  options: FetchOptions,
): Promise<{ bodies: Body[]; unanswered: Unanswered[] }> {
  const { format } = options;
  const wanted: Format[] =
    format === "auto" ? ["prometheus", "openmetrics"] : [format === "openmetrics@1" ? "openmetrics" : format];
  const bodies: Body[] = [];
  const unanswered: Unanswered[] = [];
  const seen = new Set<boolean>();
  for (const one of wanted) {
    const body = await fetchBody(url, one, options);
    if ("reason" in body) {
      unanswered.push(body);
      continue;
    }
    const open =
      namesOpenMetrics(body.contentType ?? "") ?? /(?:^|\n)# EOF\n?$/.test(body.bytes.subarray(-10).toString("latin1"));
    if (seen.has(open)) continue;
    seen.add(open);
    bodies.push(body);
  }
  const [first] = unanswered;
  if (bodies.length === 0 && first !== undefined)
    throw new UnreachableError(`${first.source} ${first.reason}; nothing was checked`);
  return { bodies, unanswered };
}

async function fetchBody(url: string, format: Format, options: FetchOptions): Promise<Body | Unanswered> {
  const notes: string[] = [];
  const fail = (source: string, reason: string, declined = false): Unanswered => ({ source, format, reason, declined });
  let at = url;
  for (let followed = 0; ; followed++) {
    const answer = await exchange({
      method: "GET",
      url: at,
      headers: { accept: ACCEPT[format], ...(sameSite(url, at) ? options.headers : {}) },
      deadlineMs: options.timeoutMs,
      bodyBytesMax: options.bytesMax,
      mayCut: true,
      headerBytesMax: 65_536,
    });
    if (!answer.ok) return fail(answer.url, `gave no answer: ${answer.problem}: ${answer.detail}`);
    const location = fieldOf(answer, "location");
    if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
      const to = URL.canParse(location, at) ? new URL(location, at).href : undefined;
      const why =
        to === undefined ? "is no URL" : followed === REDIRECTS_MAX ? "is the sixth redirect" : leaves(at, to);
      if (to === undefined || why !== undefined)
        return fail(
          answer.url,
          `answered ${answer.status} with Location ${location}, which ${why} and was not followed`,
        );
      notes.push(`answered ${answer.status} with Location ${location}; followed`);
      at = to;
    } else if (answer.status !== 200)
      return fail(
        answer.url,
        `answered ${answer.status}, not 200, asked for ${FORMAT_TITLES[format]}`,
        answer.status === 406,
      );
    else return bodyOf(answer, { asked: ACCEPT[format], notes });
  }
}

/** Why a redirect is not followed: it leaves the host, or loopback. */
function leaves(from: string, to: string): string | undefined {
  const [a, b] = [new URL(from), new URL(to)];
  if (b.protocol !== "http:" && b.protocol !== "https:") return "is no http URL";
  const local = literalLoopback(a.hostname) && literalLoopback(b.hostname);
  return a.hostname === b.hostname || local ? undefined : "leads to another host";
}

/** The user's headers may be credentials: they go to the place they were meant for, and to the same host over TLS. */
function sameSite(first: string, now: string): boolean {
  const [a, b] = [first, now].map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  if (a === undefined || b === undefined) return first === now;
  return a.origin === b.origin || (a.hostname === b.hostname && a.protocol === "http:" && b.protocol === "https:");
}

function bodyOf(answer: HttpAnswer, { asked, notes }: { asked: string; notes: string[] }): Body {
  const bytes = answer.body_b64 === undefined ? Buffer.from(answer.body ?? "") : Buffer.from(answer.body_b64, "base64");
  const coding = fieldOf(answer, "content-encoding")?.trim().toLowerCase() ?? "";
  const encoded = coding !== "" && coding !== "identity";
  return {
    source: answer.url,
    bytes,
    contentType: fieldOf(answer, "content-type") ?? "",
    asked,
    ...(encoded && { encoding: { name: coding, undone: false } }),
    cut: answer.truncated,
    notes,
  };
}

function fieldOf({ headers }: HttpAnswer, name: string): string | undefined {
  return headers.find(([field]) => field === name)?.[1];
}

/** `Name: value` of each flag. */
export function headersOf(list: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of list) {
    const colon = text.indexOf(":");
    if (colon <= 0) throw new UsageError(`--header: ${text} is not Name: value`);
    headers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  return headers;
}
