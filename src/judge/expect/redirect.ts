// Redirects: what leads where, in words.
import { headerOf } from "../../base/headers.ts";
import { isObject } from "../../base/json.ts";
import type { Observation } from "../../base/types.ts";

/** An answer that leads elsewhere. */
export interface Redirect {
  status: number;
  /** Path that was asked. */
  from: string;
  /** Path on the same service, else a URL. */
  to: string;
  /** Of one that was followed: the status behind it. */
  behind?: number;
  /** What was demanded is there, behind it. */
  met: boolean;
}

/** Statuses that name another place in Location (RFC 9110, section 15.4). */
const moved = [300, 301, 302, 303, 307, 308];

/** Where an answer leads: shown as it came, or followed. */
export function redirectOf(answer: Observation): Redirect | undefined {
  const { status, url, path } = answer;
  const [first] = Array.isArray(answer.redirects) ? answer.redirects : [];
  if (isObject(first) && typeof first.status === "number" && typeof status === "number") {
    return { status: first.status, from: String(first.path), to: String(first.to), behind: status, met: false };
  }
  const location = headerOf(answer.headers, "location");
  if (typeof status !== "number" || !moved.includes(status) || location === undefined) return undefined;
  return { status, from: String(path ?? ""), to: placeOf(location, url), met: false };
}

/** `307, a redirect to /health/`, with what is there when it was followed. */
export function redirectWords({ status, to, behind }: Redirect): string {
  const there = behind === undefined ? "" : `, where the answer is ${behind}`;
  return `${status}, a redirect to ${to}${there}`;
}

/** A path on the same service, else the URL without user and password. */
function placeOf(location: string, url: unknown): string {
  if (typeof url !== "string" || !URL.canParse(location, url)) return location;
  const target = new URL(location, url);
  if (target.origin === new URL(url).origin) return `${target.pathname}${target.search}`;
  return `${target.protocol}//${target.host}${target.pathname}${target.search}`;
}
