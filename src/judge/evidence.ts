// The slice of the transcript behind a finding, in words.

import type { ExitInfo, StepData, TranscriptEvent } from "../base/events.ts";
import { inWords } from "../base/in-words.ts";
import { isObject } from "../base/json.ts";
import type { Evidence, Finding } from "../base/judged.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Json } from "../base/types.ts";
import { requestOf } from "./repeat.ts";

type Fields = { [key: string]: Json };

const evidenceMax = 12;
const textMax = 900;
/** Characters of a body, and lines of one that a finding speaks of. */
const bodyMax = 300;
const tellingMax = 4;

/** Events named by the findings, in order, each in one line of words. */
export function evidenceOf(findings: readonly Finding[], { events }: Pick<Transcript, "events">): Evidence[] {
  const numbers = [...new Set(findings.flatMap((finding) => finding.events))].sort((a, b) => a - b);
  return numbers.slice(0, evidenceMax).flatMap((number): Evidence[] => {
    const event = events[number - 1];
    if (event === undefined || event.n !== number) return [];
    return [
      {
        event: number,
        t: event.t,
        scenario: event.scenario,
        ...(event.step === undefined ? {} : { step: event.step }),
        text: cut(eventWords(event, wantedIn(number, findings), namedIn(number, findings)), textMax),
      },
    ];
  });
}

/** Names that the findings of an event speak of; of a long body, the lines with them are worth showing. */
function wantedIn(event: number, findings: readonly Finding[]): string[] {
  const own = findings.filter(({ events }) => events.includes(event)).slice(0, 20);
  const words = own.flatMap(({ at, expected, actual }) =>
    [at, expected, actual].flatMap((part) =>
      typeof part === "string" ? (part.match(/[A-Za-z_:][\w:.-]{3,}/g) ?? []) : [],
    ),
  );
  return [...new Set(words)];
}

/** Where the findings of an event were made; an answer of many is named there by its request. */
function namedIn(event: number, findings: readonly Finding[]): string[] {
  return findings.filter(({ events }) => events.includes(event)).map(({ at }) => at);
}

/** One event as a person would tell it. */
export function eventWords(
  event: TranscriptEvent,
  wanted: readonly string[] = [],
  named: readonly string[] = [],
): string {
  const { kind, data, proc } = event;
  const who = proc === undefined || proc === "main" ? "module" : proc;
  if (kind === "line")
    return `${who} ${data.stream}: ${data.text ?? data.b64 ?? ""}${data.problem === undefined ? "" : ` (${data.problem})`}`;
  if (kind === "exit") return `${who} ended: ${exitWords(data)}`;
  if (kind === "sent") return `conform wrote to stdin: ${JSON.stringify(data.json)}`;
  if (kind === "limit") return `limit ${data.limit}: bound ${data.bound}, seen ${data.seen}`;
  if (kind === "request") return `${who} was asked: ${data.method} ${data.path}`;
  if (kind === "spawn") return `conform started: ${data.argv.join(" ")}`;
  if (kind === "step") return stepWords(data, wanted, named);
  return `${kind}: ${String(inWords(data))}`;
}

function exitWords({ code, signal }: ExitInfo): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function stepWords({ status, value }: StepData, wanted: readonly string[], named: readonly string[]): string {
  if (value === undefined) return status;
  if (Array.isArray(value.all)) {
    const meant = value.all.filter((answer) => named.includes(requestOf(answer)));
    if (meant.length === 0)
      return `${value.all.length} times; last: ${observationWords(value.all.at(-1) ?? null, wanted)}`;
    const more = meant.length > 3 ? [`… ${meant.length - 3} more such answers`] : [];
    return [...meant.slice(0, 3).map((answer) => observationWords(answer, wanted)), ...more].join("\n");
  }
  return observationWords(value, wanted);
}

/** What a step saw, in one line or a few. */
export function observationWords(value: Json, wanted: readonly string[]): string {
  if (!isObject(value)) return String(inWords(value));
  if (typeof value.method === "string" && typeof value.path === "string") return exchangeWords(value, wanted);
  const { ok, problem, detail, waited_ms, text, ...rest } = value;
  const problems = [problem, detail].filter((part) => typeof part === "string").join(": ");
  const waited = typeof waited_ms === "number" && waited_ms >= 1 ? `after ${Math.round(waited_ms)} ms` : "";
  const shown = typeof text === "string" ? text : factsOf(rest);
  const words = [problems, shown, waited].filter((part) => part !== "").join(" ");
  return words === "" ? (ok === true ? "done" : "failed") : words;
}

function exchangeWords(value: Fields, wanted: readonly string[]): string {
  const request = `${String(value.method)} ${String(value.path)}`;
  const ms = typeof value.ms === "number" ? `${Math.round(value.ms)} ms` : "? ms";
  if (value.ok !== true) return `${request} -> ${String(value.problem)} ${String(value.detail ?? "")} after ${ms}`;
  const body = typeof value.body === "string" ? value.body : "";
  const status = [value.status, value.reason].filter((part) => part !== undefined && part !== "").join(" ");
  const head = `${request} -> ${status} in ${ms}, ${String(value.bytes ?? body.length)} bytes ${contentType(value)}`;
  if (body === "") return head.trimEnd();
  const lines = body.trimEnd().split("\n");
  if (lines.length === 1) return `${head.trimEnd()}: ${cut(body, bodyMax)}`;
  const telling = lines.flatMap((line, i) =>
    wanted.some((word) => line.includes(word)) ? [`line ${i + 1}: ${line}`] : [],
  );
  if (body.length <= bodyMax || telling.length === 0 || telling.length > lines.length / 2)
    return `${head.trimEnd()}:\n${cut(body, bodyMax)}`;
  const more = telling.length > tellingMax ? `\n… ${telling.length - tellingMax} more such lines` : "";
  return `${head.trimEnd()}; of its ${lines.length} lines:\n${telling
    .slice(0, tellingMax)
    .map((line) => cut(line, 200))
    .join("\n")}${more}`;
}

function contentType({ headers }: Fields): string {
  if (!Array.isArray(headers)) return "";
  const type = headers.find((pair) => Array.isArray(pair) && pair[0] === "content-type");
  return Array.isArray(type) ? String(type[1]) : "";
}

/** `exited true, code 1`; what is empty, long or told elsewhere is left out. */
function factsOf(value: Fields): string {
  const told = ["json", "data", "positions", "headers", "line", "t", "n", "sha256"];
  const facts = Object.entries(value).filter(([key, item]) => !told.includes(key) && item !== null && item !== "");
  return facts.map(([key, item]) => `${key} ${String(inWords(item ?? null))}`).join(", ");
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`;
}
