// The commands that repeat an observation: conform itself, a replay of what was sent, and curl where that is exact.

import type { TranscriptEvent } from "../base/events.ts";
import { fieldsOf } from "../base/json.ts";
import type { Outcome } from "../base/judged.ts";
import { lastLooks } from "../base/looks.ts";
import type { Asked, Transcript } from "../base/transcript.ts";
import type { Contract, Json, Requirement } from "../base/types.ts";

type Fields = { [key: string]: Json };

/** Where the record goes when none was kept. */
const recordName = "run.ndjson";

/** Each can be pasted into a shell as it is; secrets are variables of it. */
export function repeatCommands(
  requirement: Requirement,
  outcome: Outcome,
  contract: Contract,
  transcript: Transcript,
): string[] {
  const step = toReplay(requirement, outcome, transcript);
  const { asked, target } = transcript.header;
  const record = asked?.transcript;
  const conform = conformCommand(requirement, contract, transcript, step !== undefined && record === undefined);
  const replay = step === undefined ? [] : [`conform replay ${quoted(record ?? recordName)} --step ${step}`];
  const curls = target.kind === "url" ? curlsOf(outcome, transcript) : [];
  return [...curls, conform, ...replay];
}

function conformCommand({ id }: Requirement, contract: Contract, { header }: Transcript, recorded: boolean): string {
  const { asked, target } = header;
  const words = [
    ...(asked?.peers ?? []).map(quoted),
    `--contract ${quoted(asked?.contract ?? nameOf(contract))}`,
    ...settings(contract, header.params),
    ...flagsOf(asked),
    ...(header.unsafe_probes ? ["--unsafe-probes"] : []),
    ...(header.profile === undefined ? [] : [`--profile ${quoted(header.profile)}`]),
    ...(header.strict ? ["--strict"] : []),
    ...(header.time_scale === undefined ? [] : [`--time-scale ${header.time_scale}`]),
    ...(recorded ? [`--transcript ${recordName}`] : []),
    `--only '${id}'`,
  ].join(" ");
  if (asked?.command !== undefined) return `conform ${words} -- ${asked.command.map(quoted).join(" ")}`;
  return /\s/.test(target.label) && target.kind === "command" && asked === undefined
    ? `conform ${words} -- ${target.label}`
    : `conform ${quoted(target.label)} ${words}`;
}

function flagsOf(asked: Asked | undefined): string[] {
  if (asked === undefined) return [];
  const { run, build, cwd, folder, env = {}, headers = {} } = asked;
  const line = (command: string | string[]) => (typeof command === "string" ? command : command.map(quoted).join(" "));
  return [
    ...(run === undefined ? [] : [`--run ${quoted(line(run))}`]),
    ...(build === undefined ? [] : [`--build ${quoted(line(build))}`]),
    ...(cwd === undefined ? [] : [`--cwd ${quoted(cwd)}`]),
    ...(folder === undefined ? [] : [`--folder ${quoted(folder)}`]),
    ...Object.entries(env).map(([name, value]) => `--env ${pair(name, "=", value)}`),
    ...Object.entries(headers).map(([name, value]) => `--header ${pair(name, ": ", value)}`),
  ];
}

/** A value that is a variable of the reader's shell stays one. */
function pair(name: string, separator: string, value: string): string {
  return /^\$[A-Z][A-Z0-9_]*$/.test(value) ? `"${name}${separator}${value}"` : quoted(`${name}${separator}${value}`);
}

/** A later generation must be asked for by its version. */
function nameOf({ name, version }: Contract): string {
  const [major = "1"] = version.split(".");
  return Number(major) > 1 ? `${name}@${major}` : name;
}

/** What the user set otherwise than the contract does; secrets are variables, and what does not fit on a command line is left out. */
function settings({ params }: Contract, given: Fields): string[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const known = params[key];
    if (known === undefined || JSON.stringify(value) === JSON.stringify(known.default)) return [];
    if (known.secret === true) return [`--set "${key}=$${key.toUpperCase().replaceAll(/\W/g, "_")}"`];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.search(HIDDEN) >= 0 ? [] : [`--set ${quoted(`${key}=${text}`)}`];
  });
}

/** One word of a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `scenario.step` up to which the record has to be played to a module that conform starts, to see the failure again. */
function toReplay({ on }: Requirement, outcome: Outcome, { header, events }: Transcript): string | undefined {
  if (header.target.kind === "url" || outcome.kind !== "fail") return undefined;
  const [place = ""] = on;
  const [scenario = ""] = place.split(".");
  const own = lastLooks(events).filter((event) => event.scenario === scenario);
  if (!own.some(({ kind }) => kind === "spawn")) return undefined;
  const shown = new Set(outcome.findings.flatMap((finding) => finding.events));
  const steps = own.filter((event) => event.kind === "step" && event.step !== undefined);
  const last =
    steps.filter(({ n }) => shown.has(n)).at(-1) ??
    steps.filter(({ kind, data }) => kind === "step" && data.status !== "not-run").at(-1);
  return last?.step === undefined ? undefined : `${scenario}.${last.step}`;
}

function curlsOf(outcome: Outcome, { events }: Transcript): string[] {
  if (outcome.kind !== "fail") return [];
  const shown = new Set(outcome.findings.flatMap((finding) => finding.events));
  const named = outcome.findings.map(({ at }) => at);
  const seen = events.filter(({ n }) => shown.has(n));
  return [...new Set(seen.flatMap((event) => curlOf(event, named)))].slice(0, 3);
}

function curlOf(event: TranscriptEvent, named: readonly string[]): string[] {
  const value = fieldsOf(event.kind === "step" ? event.data.value : undefined);
  if (value === undefined) return [];
  const all = Array.isArray(value.all) ? value.all : undefined;
  const meant = all?.filter((answer) => named.includes(requestOf(answer))) ?? [];
  const answers = all === undefined ? [value] : meant.length > 0 ? meant : all.slice(0, 1);
  return answers.flatMap((answer) => curlFor(fieldsOf(answer)) ?? []);
}

/** Undefined where curl would send something else: hidden characters, bytes that were not kept, a secret. */
function curlFor(answer: Fields | undefined): string | undefined {
  if (answer === undefined || typeof answer.url !== "string") return undefined;
  const sent = fieldsOf(answer.sent) ?? {};
  if (sent.bytes !== undefined || sent.body_b64 !== undefined) return undefined;
  const headers = Object.entries(fieldsOf(sent.headers) ?? {});
  const body = typeof sent.body === "string" ? sent.body : undefined;
  const parts = [answer.url, body ?? "", ...headers.map(([, value]) => String(value))];
  if (parts.some((part) => part.search(HIDDEN) >= 0 || part.includes("‹secret:"))) return undefined;
  const typed = headers.some(([name]) => name === "content-type");
  const method = typeof answer.method === "string" ? answer.method : "GET";
  return [
    "curl -sS -i --path-as-is",
    ...(method === "HEAD" ? ["--head"] : method === "GET" && body === undefined ? [] : [`-X ${method}`]),
    ...headers.map(([name, value]) => `-H ${quoted(value === null ? `${name}:` : `${name}: ${String(value)}`)}`),
    ...(body === undefined ? [] : [...(typed ? [] : ["-H content-type:"]), `--data-binary ${quoted(body)}`]),
    quoted(answer.url),
  ].join(" ");
}

/** `GET /health`, as a finding names an answer; empty when it is none. */
export function requestOf(answer: Json): string {
  const value = fieldsOf(answer);
  return typeof value?.path === "string" ? `${String(value.method ?? "GET")} ${value.path}` : "";
}

/** What a terminal or a reader would swallow. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
