// Verbs that ask over HTTP: one method each, and `request` for any; once, or until a condition holds.
import { ContractError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";
import type { Json, Observation } from "../../base/types.ts";
import { type HttpArg, methodWords, requestWords } from "../../contract/words/http.ts";
import type { HttpRequest } from "../../drivers/net/http-types.ts";
import { answerTo, poll } from "./http-poll.ts";
import type { Verb, World } from "./verb.ts";

const safeMethods = ["GET", "HEAD", "OPTIONS", "TRACE"];

/** `get`, `head`, `post`, `put`, `patch`, `delete`, `options`, `request`. */
export const httpVerbs: Verb<HttpArg>[] = [
  ...methodWords.map(
    (words): Verb<HttpArg> => ({ ...words, run: (arg, world) => ask({ ...arg, method: words.name }, world) }),
  ),
  { ...requestWords, run: ask },
];

async function ask(arg: HttpArg, world: World): Promise<Observation> {
  const method = (arg.method ?? "GET").toUpperCase();
  if (world.target.kind === "url" && !safeMethods.includes(method) && !world.unsafeProbes) {
    return { ok: false, skipped: `${method} could change a running service; --unsafe-probes allows it` };
  }
  if (world.budget !== undefined && --world.budget.left < 0)
    return { ok: false, skipped: `${world.limits.serviceRequestsMax} requests to a running service are enough` };
  const url = requestUrl(arg, world);
  if (typeof url === "string") return { ok: false, method, url, problem: "no-url", detail: `"${url}" is no URL` };
  const request = { method, url: url.href, ...outgoing(arg, world, url), ...bounds(arg, world), ...peer(world, url) };
  const observation = arg.until === undefined ? await once(request, arg, world) : await poll(request, arg, world);
  if (observation.problem === "body-overflow") {
    const bound = request.bodyBytesMax;
    world.record("limit", { limit: "bodyBytesMax", bound, seen: bound + 1, method, url: String(observation.url) });
  }
  return { ...observation, ...sent(arg, request) };
}

/** The text where it is no URL: what the module announced is in it. */
function requestUrl(arg: HttpArg, world: World): URL | string {
  const path = arg.path ?? "/";
  const text = arg.url ?? `${world.base()}${path.startsWith("/") ? "" : "/"}${path}`;
  // `http:///health` would be the host "health".
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  for (const [name, value] of Object.entries(arg.query ?? {})) {
    if (value !== null) url.searchParams.append(name, String(value));
  }
  return url;
}

/** A started module, and whatever is not the target, is asked on loopback only. */
function peer(world: World, url: URL): Pick<HttpRequest, "loopbackOnly" | "connectTo"> {
  const { target } = world;
  if (target.url !== undefined && new URL(target.url).hostname === url.hostname) return {};
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (url.hostname === "0.0.0.0") return { loopbackOnly: true, connectTo: { host: "127.0.0.1", port } };
  if (url.hostname === "[::]") return { loopbackOnly: true, connectTo: { host: "::1", port } };
  // `localhost` never leaves the machine (RFC 6761), and its module may listen on either loopback address.
  return url.hostname === "localhost" ? {} : { loopbackOnly: true };
}

function bounds(arg: HttpArg, world: World) {
  const { limits, signal } = world;
  const bodyBytesMax = arg["body-max"] === undefined ? limits.bodyBytesMax : Number(arg["body-max"]);
  return {
    deadlineMs: world.deadline(arg.within, "5s"),
    bodyBytesMax,
    headerBytesMax: limits.headerBytesMax,
    signal,
    ...(arg.gzip ? { gunzipBytesMax: bodyBytesMax } : {}),
    ...(arg["expect-continue"] ? { expectContinueMs: 1000 } : {}),
    ...(arg.settle === undefined ? {} : { settleMs: world.pause(arg.settle, 25) }),
  };
}

type Outgoing = { headers: Record<string, string | null>; body?: string | Uint8Array };

function outgoing(arg: HttpArg, world: World, url: URL): Outgoing {
  const headers: Record<string, string | null> = {};
  const set = (more: Record<string, Json>) => {
    for (const [name, value] of Object.entries(more))
      headers[name.toLowerCase()] = value === null ? null : String(value);
  };
  // What the user gave (authorization!) goes to the target alone, never to a stand-in or another host.
  if (arg.anonymous !== true && url.origin === ownOrigin(arg, world)) set(world.headers);
  const [body, type] = bodyOf(arg);
  if (type !== undefined) set({ "content-type": type });
  if (arg.gzip) set({ "accept-encoding": "gzip" });
  if (isObject(arg.headers)) set(arg.headers);
  return { headers, ...(body === undefined ? {} : { body }) };
}

function ownOrigin(arg: HttpArg, world: World): string | undefined {
  if (world.target.url !== undefined) return new URL(world.target.url).origin;
  try {
    const base = world.base();
    return URL.canParse(base) ? new URL(base).origin : undefined;
  } catch (error) {
    // An absolute URL may be asked before the module has told its own.
    if (arg.url !== undefined && error instanceof ContractError) return undefined;
    throw error;
  }
}

function bodyOf(arg: HttpArg): [body: string | Uint8Array | undefined, type: string | undefined] {
  const given = [arg.json, arg.form, arg.body, arg["body-b64"]].filter((body) => body !== undefined);
  if (given.length > 1) throw new ContractError("a request has one of `json`, `form`, `body`, `body-b64`");
  if (arg.json !== undefined) return [JSON.stringify(arg.json), "application/json"];
  if (arg.form !== undefined) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(arg.form)) if (value !== null) form.append(name, String(value));
    return [form.toString(), "application/x-www-form-urlencoded"];
  }
  if (arg["body-b64"] !== undefined) return [Buffer.from(arg["body-b64"], "base64"), undefined];
  return [arg.body, undefined];
}

/** What was sent beyond conform's own headers: enough to repeat the request by hand. */
function sent(arg: HttpArg, request: HttpRequest): { sent?: { [key: string]: Json } } {
  const { headers = {}, body } = request;
  if (Object.keys(headers).length === 0 && body === undefined) return {};
  const bytes = body === undefined ? 0 : Buffer.byteLength(body);
  const shown = arg["body-b64"] ?? (typeof body === "string" ? body : undefined);
  const key = arg["body-b64"] === undefined ? "body" : "body_b64";
  return { sent: { headers, ...(shown === undefined || bytes > 4096 ? { bytes } : { [key]: shown }) } };
}

async function once(request: HttpRequest, arg: HttpArg, world: World): Promise<Observation> {
  if (arg.every !== undefined || arg["try-within"] !== undefined || arg.collect !== undefined) {
    throw new ContractError("`every`, `try-within` and `collect` go with `until`");
  }
  return answerTo(request, world);
}
