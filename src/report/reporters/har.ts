// HAR 1.2 of every HTTP exchange in the transcripts, for a browser's network panel.

import type { TranscriptEvent } from "../../base/events.ts";
import { headerOf } from "../../base/headers.ts";
import { fieldsOf, isScalar } from "../../base/json.ts";
import type { Transcript } from "../../base/transcript.ts";
import type { Json } from "../../base/types.ts";
import { visibleJson } from "../../base/visible.ts";
import type { ModuleReport, Report } from "../types.ts";
import type { RenderOptions, Reporter } from "./reporter.ts";

export const reporter: Reporter = { name: "har", fileName: "exchanges.har", render };

type Fields = { [key: string]: Json };

function render(report: Report, options: RenderOptions): string {
  const entries: object[] = [];
  const pages: object[] = [];
  for (const module of report.modules) {
    const transcripts = options.transcripts ?? {};
    const transcript = Object.hasOwn(transcripts, module.name) ? transcripts[module.name] : undefined;
    if (transcript !== undefined) addModule(module, transcript, { pages, entries });
  }
  const comment = pages.length === 0 ? { comment: "no transcript was given, so no exchange is known" } : {};
  const log = {
    version: "1.2",
    creator: { name: report.tool.name, version: report.tool.version },
    pages,
    entries,
    ...comment,
  };
  return `${visibleJson(JSON.stringify({ log }, null, 1))}\n`;
}

/** One page per scenario. */
function addModule(module: ModuleReport, transcript: Transcript, log: { pages: object[]; entries: object[] }): void {
  const started = Date.parse(transcript.header.started) || 0;
  const known = new Map<string, string>();
  for (const event of transcript.events) {
    for (const exchange of exchanges(event.data, 0)) {
      const id = known.get(event.scenario) ?? `page_${log.pages.length + 1}`;
      if (!known.has(event.scenario)) {
        known.set(event.scenario, id);
        const title = `${module.name} ${event.scenario}`;
        log.pages.push({ startedDateTime: iso(started + event.t * 1000), id, title, pageTimings: {} });
      }
      log.entries.push(entry(exchange, { event, started, pageref: id }));
    }
  }
}

/** Everything in the value that is one HTTP exchange: it has a method, a URL, and a status or a problem. */
function exchanges(value: Json, depth: number): Fields[] {
  if (isScalar(value) || depth > 6) return [];
  if (Array.isArray(value)) return value.flatMap((item) => exchanges(item, depth + 1));
  const whole = typeof value.status === "number" || typeof value.problem === "string";
  if (typeof value.method === "string" && typeof value.url === "string" && whole) return [value];
  return Object.values(value).flatMap((item) => exchanges(item, depth + 1));
}

function entry(exchange: Fields, frame: { event: TranscriptEvent; started: number; pageref: string }): object {
  const url = text(exchange.url);
  const total = number(exchange.ms);
  const connect = number(exchange.connect_ms);
  const first = number(exchange.ttfb_ms);
  const wait = Math.max(0, first - connect);
  const sent = fieldsOf(exchange.sent) ?? {};
  const body =
    typeof sent.body === "string" ? sent.body : typeof sent.body_b64 === "string" ? sent.body_b64 : undefined;
  const headers = [...hostOf(url), ...pairs(sent.headers ?? null)].filter(({ value }) => value !== "");
  const problem =
    typeof exchange.problem === "string" ? { _error: `${exchange.problem}: ${text(exchange.detail)}` } : {};
  return {
    pageref: frame.pageref,
    startedDateTime: iso(frame.started + frame.event.t * 1000 - total),
    time: total,
    request: {
      method: text(exchange.method),
      url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers,
      queryString: query(url),
      headersSize: -1,
      bodySize: bodySize(sent),
      ...(body === undefined ? {} : { postData: postData(headers, body, sent) }),
    },
    response: response(fieldsOf(exchange.partial) ?? exchange),
    cache: {},
    timings: { connect, send: 0, wait, receive: Math.max(0, total - connect - wait) },
    comment: `event ${frame.event.n}, ${frame.event.scenario}.${frame.event.step ?? ""}`,
    ...problem,
  };
}

/** Bytes are base64; the format has no word for that, so a comment says it. */
function postData(headers: { name: string; value: string }[], body: string, { body_b64 }: Fields): object {
  const mimeType = headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "";
  return { mimeType, text: body, ...(body_b64 === undefined ? {} : { comment: "base64" }) };
}

/** Of a body too long to be kept only the size is known; without one it is 0. */
function bodySize({ body, body_b64, bytes }: Fields): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (typeof body_b64 === "string") return Buffer.from(body_b64, "base64").length;
  return number(bytes);
}

function hostOf(url: string): { name: string; value: string }[] {
  return URL.canParse(url) ? [{ name: "host", value: new URL(url).host }] : [];
}

/** Status 0 when there was no answer. */
function response(message: Fields): object {
  const headers = pairs(message.headers ?? null);
  const named = headers.map(({ name, value }) => [name, value]);
  const type = headerOf(named, "content-type") ?? "";
  const body = typeof message.body === "string" ? message.body : undefined;
  const base64 = typeof message.body_b64 === "string" ? message.body_b64 : undefined;
  const size =
    body !== undefined ? Buffer.byteLength(body) : base64 !== undefined ? Math.floor((base64.length * 3) / 4) : 0;
  return {
    status: number(message.status),
    statusText: text(message.reason),
    httpVersion: `HTTP/${text(message.http) || "1.1"}`,
    cookies: [],
    headers,
    content: {
      size,
      mimeType: type,
      ...(body === undefined ? {} : { text: body }),
      ...(base64 === undefined ? {} : { text: base64, encoding: "base64" }),
      ...(message.truncated === true ? { comment: "cut at the body limit" } : {}),
    },
    redirectURL: headerOf(named, "location") ?? "",
    headersSize: -1,
    bodySize: size,
  };
}

function pairs(value: Json): { name: string; value: string }[] {
  if (Array.isArray(value))
    return value.flatMap((pair) => (Array.isArray(pair) ? [{ name: text(pair[0]), value: text(pair[1]) }] : []));
  if (isScalar(value)) return [];
  return Object.entries(value).map(([name, item]) => ({ name, value: text(item) }));
}

function query(url: string): { name: string; value: string }[] {
  if (!URL.canParse(url)) return [];
  return [...new URL(url).searchParams].map(([name, value]) => ({ name, value }));
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

function number(value: Json | undefined): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

function iso(ms: number): string {
  return new Date(Number.isFinite(ms) && Math.abs(ms) < 8e15 ? ms : 0).toISOString();
}
