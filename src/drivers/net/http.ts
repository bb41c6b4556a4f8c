// One HTTP/1.1 exchange over undici: one fresh connection, one total deadline, every byte bounded, every failure a value.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { ResourceError } from "../../base/errors.ts";
import { version } from "../../base/version.ts";
import { literalLoopback, messageOf } from "./connect.ts";
import { Talk, type TalkEnd } from "./http-talk.ts";
import type { HttpFailure, HttpMessage, HttpObservation, HttpProblem, HttpRequest } from "./http-types.ts";

/** Of a broken answer's body so much is kept. */
const partialBodyBytes = 4096;

/** Asks once. Throws ResourceError when conform's own machine has not enough to ask; else never throws, never follows a redirect, never reuses a connection. */
export async function exchange(request: HttpRequest): Promise<HttpObservation> {
  const start = performance.now();
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  const method = request.method.toUpperCase();
  const about = {
    method,
    url: url === undefined ? request.url : shownUrl(url),
    path: url ? url.pathname + url.search : "",
  };
  const refuse = (problem: HttpProblem, detail: string): HttpFailure => ({
    ...about,
    ok: false,
    problem,
    detail,
    phase: "connect",
    bytes: 0,
    ms: since(start),
  });
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return refuse("bad-request", `not an http or https URL: ${request.url}`);
  }
  if (request.loopbackOnly && !literalLoopback(request.connectTo?.host ?? request.url)) {
    const host = request.connectTo?.host ?? /\/\/([^/?#]*)/.exec(request.url)?.[1];
    return refuse("not-loopback", `${host} is no literal loopback address; nothing was sent`);
  }
  if (request.signal?.aborted) return refuse("aborted", "the run was interrupted");
  const { default: Client } = await import("undici/lib/dispatcher/client.js");
  const tls = url.protocol === "https:" ? await import("node:tls") : undefined;
  const talk = new Talk(request, start);
  const outcome = await new Promise<TalkEnd>((resolve) => {
    talk.settle = resolve;
    const client = new Client(url.origin, {
      maxHeaderSize: Math.max(request.headerBytesMax, 1),
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      connect: (_options, callback) => talk.connect({ url, to: request.connectTo, tls }, callback),
    });
    talk.end = () => client.destroy().catch(() => undefined);
    try {
      const { body = null } = request;
      const headers = requestHeaders(request, url);
      client.dispatch({ method, path: about.path, headers, body, reset: true }, talk.handler());
    } catch (error) {
      resolve({ problem: "bad-request", detail: messageOf(error) });
    }
  });
  talk.finishedAt = performance.now();
  if (outcome === "answered") await talk.settled(request.settleMs ?? 25);
  talk.close();
  return conclude(request, talk, outcome, about);
}

type About = Pick<HttpFailure, "method" | "url" | "path">;

async function conclude(request: HttpRequest, talk: Talk, outcome: TalkEnd, about: About): Promise<HttpObservation> {
  const ms = since(talk.start, talk.finishedAt);
  const bytes = talk.wire?.bytes ?? 0;
  const fail = (problem: HttpProblem, detail: string, phase = talk.phase): HttpFailure => ({
    ...about,
    ok: false,
    problem,
    detail,
    phase,
    bytes,
    ms,
    ...(talk.status === undefined
      ? {}
      : { partial: message(talk, Buffer.concat(talk.body).subarray(0, partialBodyBytes)) }),
  });
  if (outcome !== "answered" && outcome.problem === "no-resources")
    throw new ResourceError(`conform could not ask: ${outcome.detail}`);
  if (outcome !== "answered") return fail(outcome.problem, outcome.detail);
  const codings = talk.header("transfer-encoding")?.toLowerCase() ?? "chunked";
  if (codings !== "chunked" && codings !== "identity") {
    return fail("framing", `Transfer-Encoding: ${codings}, which was not asked for`, "body");
  }
  const extra = talk.truncated ? 0 : ((talk.bodiless ? talk.wire?.tailBytes : talk.wire?.extraBytes) ?? 0);
  if (extra > 0) return fail("extra-bytes", extraBytesDetail(talk, about.method, extra), "body");
  const decoded = await decode(talk, request.gunzipBytesMax);
  if ("detail" in decoded) return fail("encoding", decoded.detail, "body");
  return {
    ok: true,
    ...about,
    ...message(talk, decoded.body),
    bytes: decoded.body.length,
    truncated: talk.truncated,
    ...(talk.truncated ? {} : { sha256: createHash("sha256").update(decoded.body).digest("hex") }),
    ...(decoded.encoding === undefined ? {} : { decoded: decoded.encoding }),
    connect_ms: since(talk.start, talk.connectedAt),
    ttfb_ms: since(talk.start, talk.wire?.firstByteAt),
    ms,
  };
}

function message(talk: Talk, body: Buffer): HttpMessage {
  const line = talk.wire?.final;
  const interim = talk.wire?.interim ?? [];
  return {
    status: talk.status ?? 0,
    ...(line?.reason ? { reason: line.reason } : {}),
    http: line?.version ?? "1.1",
    headers: talk.headers,
    ...(isUtf8(body) ? { body: body.toString("utf8") } : { body_b64: body.toString("base64") }),
    ...(talk.trailers.length > 0 ? { trailers: talk.trailers } : {}),
    ...(interim.length > 0 ? { interim } : {}),
  };
}

function extraBytesDetail(talk: Talk, method: string, extra: number): string {
  const status = talk.status ?? 0;
  if (method === "HEAD") return `${extra} bytes of body in the answer to HEAD`;
  if (status === 204 || status === 304)
    return `${extra} bytes of body in an answer with status ${status}, which has none`;
  return `${extra} bytes after the end of the answer`;
}

type Decoded = { body: Buffer; encoding?: string } | { detail: string };

async function decode(talk: Talk, bytesMax: number | undefined): Promise<Decoded> {
  const body = Buffer.concat(talk.body);
  const encoding = talk.header("content-encoding")?.toLowerCase();
  if (bytesMax === undefined || talk.truncated || (encoding !== "gzip" && encoding !== "x-gzip")) return { body };
  const { gunzip } = await import("node:zlib");
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength: bytesMax }, (error, inflated) => {
      if (error === null) resolve({ body: inflated, encoding: "gzip" });
      else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
        resolve({ detail: `the gzip body of ${body.length} bytes grows beyond ${bytesMax} bytes` });
      } else resolve({ detail: `the body is no gzip stream: ${error.message}` });
    });
  });
}

/** The URL without user, password and fragment. */
function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}

function requestHeaders(request: HttpRequest, url: URL): Record<string, string> {
  const headers: Record<string, string> = {
    "user-agent": `conform/${version}`,
    accept: "*/*",
    "accept-encoding": "identity",
  };
  if (url.username !== "" || url.password !== "") {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value === null) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Milliseconds with three decimals. */
function since(start: number, end = performance.now()): number {
  return Math.round((end - start) * 1000) / 1000;
}
