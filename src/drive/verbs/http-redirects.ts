// Following redirects within a service, as clients do: what they lead to is the answer, and each is kept beside it.
import { headerOf } from "../../base/headers.ts";
import type { Json } from "../../base/types.ts";
import type { HttpAnswer, HttpObservation, HttpRequest } from "../../drivers/net/http-types.ts";
import type { World } from "./verb.ts";

/** An answer behind redirects: still of the method, URL and path that were asked first. */
export type Followed = HttpObservation & { redirects?: { [key: string]: Json }[] };

type Ask = (request: HttpRequest, world: World) => Promise<HttpObservation>;

const hopsMax = 5;
/** Fields that say what a body is; they go with it. */
const bodyFields = ["content-type", "content-length", "content-encoding"];

/** Asks, and follows redirects to other paths of the same origin within the one deadline. What leads elsewhere is shown as it came. */
export async function following(request: HttpRequest, world: World, ask: Ask): Promise<Followed> {
  const first = await ask(request, world);
  const redirects: { [key: string]: Json }[] = [];
  let asked = request;
  let answer = first;
  let ms = first.ms;
  while (answer.ok && redirects.length < hopsMax) {
    const next = nextOf(asked, answer);
    if (next === undefined || (world.budget !== undefined && --world.budget.left < 0)) break;
    const { pathname, search } = new URL(next.url);
    redirects.push({ method: answer.method, path: answer.path, status: answer.status, to: `${pathname}${search}` });
    asked = { ...next, deadlineMs: Math.max(1, request.deadlineMs - ms) };
    answer = await ask(asked, world);
    ms += answer.ms;
  }
  if (redirects.length === 0) return first;
  return { ...answer, method: first.method, url: first.url, path: first.path, ms, redirects };
}

/** The request that a client makes next (RFC 9110, 15.4; the Fetch standard for POST): undefined when the answer leads nowhere, or elsewhere. */
function nextOf(request: HttpRequest, answer: HttpAnswer): HttpRequest | undefined {
  const location = headerOf(answer.headers, "location");
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return undefined;
  if (!URL.canParse(location, request.url)) return undefined;
  const url = new URL(location, request.url);
  if (url.origin !== new URL(request.url).origin || url.username !== "" || url.href === request.url) return undefined;
  url.hash = "";
  const { method } = answer;
  const asGet = answer.status === 303 ? method !== "HEAD" : answer.status < 303 && method === "POST";
  if (!asGet) return { ...request, url: url.href };
  const { body: _, headers = {}, ...rest } = request;
  const kept = Object.entries(headers).filter(([name]) => !bodyFields.includes(name));
  return { ...rest, headers: Object.fromEntries(kept), method: "GET", url: url.href };
}
