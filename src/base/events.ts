// What a transcript holds between header and footer: a union by `kind`, each with its own data. Types, and which of it are conform's own words.
import type { Json, StepStatus } from "./types.ts";

/** Standard output or standard error. */
export type StreamName = "stdout" | "stderr";

/**
 * What is wrong with a line; the gravest only, in this order. `unterminated`: the stream ended without a newline. `crlf`: ended with
 * `\r\n`. `bom`: begins with a byte order mark. `not-json` is said of stdout lines only; `not-finite`: JSON with a number like 1e400.
 */
export type LineProblem =
  | "too-long"
  | "not-utf8"
  | "unterminated"
  | "bom"
  | "too-deep"
  | "not-json"
  | "not-finite"
  | "crlf";

/** One line as it was seen, without its line end. */
export type LineData = {
  stream: StreamName;
  /** Absent when the bytes are not UTF-8. Cut to `lineBytesMax` when too long. */
  text?: string;
  /** The bytes (cut likewise) when they are not UTF-8. */
  b64?: string;
  problem?: LineProblem;
  /** Bytes of the whole line without its newline (a `\r` counts), also of what was cut. */
  bytes: number;
  /** True on the last lines of a stream that went over its limit: they are delivered at its end. */
  late?: true;
};

/** A process was started. */
export type SpawnData = {
  /** Always 0: process ids differ from run to run. */
  pid: number;
  /** Program and arguments, secrets and private folders replaced by their names. */
  argv: string[];
};

/** How a process ended. */
export type ExitInfo = {
  /** Exit code; null when it died of a signal. */
  code: number | null;
  /** `SIGTERM`, ... when it died of a signal. */
  signal: string | null;
  /** Milliseconds since the spawn. */
  ms: number;
  /** `conform`: after conform signalled it, killed it or began to end it. */
  by: "module" | "conform";
  /** What conform did last that may have caused it: `SIGTERM`, `end: stdin closed`, `limit: memoryBytesMax`, `stdin closed`. */
  reason?: string;
};

/** An automatic reply, written to standard input. */
export type SentData = {
  json: Json;
  ok: boolean;
  /** Why it could not be written. */
  problem?: string;
  /** Index of the rule of the scenario's `answers`. */
  answer: number;
};

/** A bound was crossed: `seen` is the amount at that moment (for streams: the first byte or line that went over). */
export type LimitSeen = {
  /** Its name, which says the unit: `bodyBytesMax`, `memoryBytesMax`, `max-entries`. */
  limit: string;
  /** In the limit's unit. */
  bound: number;
  /** In the limit's unit. */
  seen: number;
  /** What was cut, where there are several: a stream, a file, an exchange, a peer. */
  stream?: string;
  file?: string;
  method?: string;
  url?: string;
  peer?: string;
};

/** How a stand-in behaves. */
export const standInModes = ["up", "closed", "error", "html", "silent", "brake"] as const;

/** One of `standInModes`. */
export type StandInMode = (typeof standInModes)[number];

/** One request that a stand-in was asked. */
export type PeerRequest = {
  peer: string;
  /** Counts the peer's requests from 1. */
  index: number;
  method: string;
  path: string;
  query: string;
  headers: { [name: string]: string };
  /** The body as UTF-8. */
  text: string;
  /** The body's value, where it is JSON. */
  json?: Json;
  /** Mode of the peer when it came. */
  mode: StandInMode;
  /** Seconds since the run's start. */
  t: number;
  /** Time of day, seconds since 1970. */
  at: number;
};

/** What hosted code did beside what it was asked: an exit, a rejection nobody handles, a write outside. `kind` says which. */
export type IncidentData = {
  kind: string;
  [detail: string]: Json;
};

/** A remark of conform about its own doing. */
export type NoteData = {
  text: string;
  [detail: string]: Json;
};

/** The end of a step; every step leaves exactly one. */
export type StepData = {
  verb: string;
  status: StepStatus;
  /** Why it was skipped or not run. */
  reason?: string;
  /** When it began, seconds since the run's start. */
  from: number;
  /** Milliseconds for which the module, or conform itself, had no CPU meanwhile. */
  stalled_ms?: number;
  /** What it observed; `ok` says whether it came to its good end. */
  value?: { [key: string]: Json };
};

/**
 * How a scenario ended. `ran`: to its last step; `stopped`: a step, or the run, ended it; `skipped`: its condition was false; `error`: it could not
 * be driven.
 */
export type ScenarioStatus = "ran" | "stopped" | "skipped" | "error";

/** The end of a scenario. `from`: when it began, seconds since the run's start. */
export type ScenarioData = {
  status: ScenarioStatus;
  reason?: string;
  /** The step that ended it. */
  step?: string;
  from: number;
};

/** A second look begins: the scenario's earlier events say nothing from here on. */
export type AgainData = {
  reason: string;
  /** Ids that asked for it. */
  requirements: string[];
  /** Factor on the deadlines of this look. */
  patience?: number;
};

/** The data of each kind of event. */
export interface EventData {
  line: LineData;
  spawn: SpawnData;
  exit: ExitInfo;
  sent: SentData;
  limit: LimitSeen;
  request: PeerRequest;
  incident: IncidentData;
  note: NoteData;
  step: StepData;
  scenario: ScenarioData;
  again: AgainData;
}

/** `line`, `spawn`, `exit`, `sent`, `limit`, `request`, `incident`, `note`, `step`, `scenario` or `again`. */
export type EventKind = keyof EventData;

/** The kinds of an event and its data, kept together: `switch (event.kind)` tells what `event.data` is. */
type OfKind<K extends EventKind> = { [Kind in K]: { kind: Kind; data: EventData[Kind] } }[K];

/** Where in the run an event belongs. */
export interface EventFrame {
  scenario: string;
  /** Step during which it was seen, if any. */
  step?: string;
  /** Name of the process or peer it concerns. */
  proc?: string;
}

/** An event before it has its number and time. */
export type NewEvent<K extends EventKind = EventKind> = EventFrame & OfKind<K>;

/** One observation in the transcript. `n` counts from 1 in file order, `t` is seconds since the run's start. */
export type TranscriptEvent<K extends EventKind = EventKind> = { n: number; t: number } & NewEvent<K>;

/** Takes down what was seen; the event's number. `proc`: the process or peer it concerns. */
export type Note = <K extends EventKind>(kind: K, data: EventData[K], proc?: string) => number;

/** An event from its parts, fields in the order of the file. */
export function newEvent<K extends EventKind>(frame: EventFrame, kind: K, data: EventData[K]): NewEvent {
  const { scenario, step, proc } = frame;
  const event = {
    scenario,
    ...(step === undefined ? {} : { step }),
    kind,
    ...(proc === undefined ? {} : { proc }),
    data,
  };
  // A kind and its own data; that the two belong together in a union is more than the checker sees of a parameter.
  return event as NewEvent;
}

/** Fields that only conform itself fills, from a closed choice or by counting: a secret that happens to be such a word hides nothing in them. */
const ownFields: { [K in EventKind]: readonly (keyof EventData[K])[] } = {
  line: ["stream", "problem", "bytes", "late"],
  spawn: ["pid"],
  exit: ["code", "signal", "ms", "by", "reason"],
  sent: ["ok", "problem", "answer"],
  limit: ["limit", "bound", "seen", "stream"],
  request: ["index", "mode", "t", "at"],
  incident: ["kind"],
  note: [],
  step: ["verb", "status", "from", "stalled_ms"],
  scenario: ["status", "from"],
  again: ["reason", "requirements", "patience"],
};

/** The event with every value that comes from outside changed by `change`; conform's own words and the names of fields stay. */
export function mapOutside<E extends NewEvent>(event: E, change: (value: Json) => Json): E {
  const own: readonly PropertyKey[] = ownFields[event.kind];
  const entries = Object.entries(event.data).map(([key, value]) => [key, own.includes(key) ? value : change(value)]);
  return { ...event, data: Object.fromEntries(entries) };
}
