// Timestamps and durations: their texts, and the fields of a timestamp in a time zone.
import { celDuration, celTimestamp } from "./operators.ts";
import type { Definition } from "./types.ts";
import { type CelDuration, fault, type Timestamp } from "./values.ts";

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** RFC 3339. Throws EvalFault for other texts and for dates that do not exist, such as 30 February. */
export function timestampOf(text: string): Timestamp {
  const match = rfc3339.exec(text);
  const wrong = fault(`not a timestamp: ${JSON.stringify(text)} (such as 2026-01-31T12:00:00Z)`);
  if (match === null) throw wrong;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59 || Number(match[9] ?? 0) > 23 || Number(match[10] ?? 0) > 59)
    throw wrong;
  const zone = (match[8] === "-" ? -60 : 60) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - zone;
  return celTimestamp(BigInt(seconds) * 1_000_000_000n + BigInt((match[7] ?? "").padEnd(9, "0") || "0"));
}

const units: Record<string, number> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, μs: 1e3, ns: 1 };
const span = /(\d+)?(?:\.(\d+))?(ns|us|µs|μs|ms|h|m|s)/y;

/** `1h30m`, `-1.5s`, `100ms`. Throws EvalFault for other texts. */
export function durationOf(text: string): CelDuration {
  const wrong = fault(`not a duration: ${JSON.stringify(text)} (such as 1h30m or 1.5s)`);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  if (text.slice(sign.length) === "0") return celDuration(0n);
  let ns = 0n;
  let at = sign.length;
  if (at >= text.length) throw wrong;
  while (at < text.length) {
    span.lastIndex = at;
    const match = span.exec(text);
    if (match === null || (match[1] === undefined && match[2] === undefined)) throw wrong;
    const unit = BigInt(units[match[3] ?? ""] ?? 1);
    const part = (match[2] ?? "").slice(0, 18);
    ns += BigInt(match[1] ?? 0) * unit + (part === "" ? 0n : (BigInt(part) * unit) / 10n ** BigInt(part.length));
    at += match[0].length;
  }
  return celDuration(sign === "-" ? -ns : ns);
}

/** The wall clock of a zone: an IANA name, or an offset such as `+01:00`. Milliseconds since 1970 as if it were UTC. */
function wallClock({ ns }: Timestamp, zone: string): Date {
  const ms = Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const offset = /^([+-]?)(\d\d?):(\d\d)$/.exec(zone);
  if (offset !== null)
    return new Date(ms + (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000);
  if (zone === "UTC" || zone === "") return new Date(ms);
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(ms);
  } catch {
    throw fault(`unknown time zone: ${JSON.stringify(zone)}`);
  }
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = new Date(0);
  wall.setUTCFullYear(at("year"), at("month") - 1, at("day"));
  wall.setUTCHours(at("hour"), at("minute"), at("second"), ((ms % 1000) + 1000) % 1000);
  return wall;
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

const fields: Record<string, (date: Date) => number> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const inUnits: Record<string, bigint> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
};

export const times: Definition[] = [
  ...Object.entries(fields).flatMap(([name, read]): Definition[] => [
    [`timestamp.${name}(): int`, "", (at: Timestamp) => read(wallClock(at, "UTC"))],
    [`timestamp.${name}(string): int`, "", (at: Timestamp, zone: string) => read(wallClock(at, zone))],
  ]),
  ...Object.entries(inUnits).map(
    ([name, unit]): Definition => [`duration.${name}(): int`, "", ({ ns }: CelDuration) => Number(ns / unit)],
  ),
  ["duration.getMilliseconds(): int", "", ({ ns }: CelDuration) => Number((ns % 1_000_000_000n) / 1_000_000n)],
];
