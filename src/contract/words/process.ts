// Words of a contract: starting, feeding and ending processes. What they do: drive/verbs/process.ts.
import * as z from "zod";
import type { TargetKind } from "../../base/types.ts";
import { json } from "../shape.ts";
import { says } from "../vocabulary.ts";
import { durationField, endSeen, number, procName, waitedSeen } from "./fields.ts";

const started: TargetKind[] = ["command", "folder"];

const spawnShape = z.strictObject({
  as: z.string().optional(),
  args: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .describe("added to the module's command"),
  env: z.union([z.record(z.string(), z.union([z.string(), z.number()])), z.string().includes("${")]).optional(),
  stdin: z.enum(["pipe", "empty"]).optional().describe("`empty`: closed from the start"),
  cpu: number.optional().describe("pin to this CPU (Linux with taskset)"),
  bare: z.boolean().optional().describe("environment holds PATH only"),
  token: z.string().optional(),
});

/** Starts the module. The observation is {ok, pid} or {ok: false, problem, detail}. */
export const spawnWords = says({
  name: "spawn",
  about: "Starts a fresh process of the module; it is ended with the scenario.",
  schema: spawnShape,
  primary: "as",
  targets: started,
  sees: "pid: int",
});

const sendShape = z.strictObject({
  json: json.optional().describe("one JSON value, written as one line"),
  text: z.string().optional(),
  base64: z.string().optional(),
  lines: z.array(json).optional().describe("several JSON values, one line each, in one write"),
  eol: z.string().optional().describe("after each line; default a line feed, nothing after text and base64"),
  chunks: number.optional().describe("written in so many pieces"),
  gap: durationField.optional().describe("between pieces; default 100 ms"),
  to: procName,
  within: durationField.optional(),
});

/** Writes to standard input. The observation is {ok, bytes} or {ok: false, problem}. */
export const sendWords = says({
  name: "send",
  about: "Writes to the module's standard input.",
  schema: sendShape,
  primary: "json",
  targets: started,
  sees: "bytes: int",
});

const closeShape = z.strictObject({ of: procName });

export const closeStdinWords = says({
  name: "close-stdin",
  about: "Closes the module's standard input.",
  schema: closeShape,
  primary: "of",
  targets: started,
});

const signalShape = z.strictObject({ name: z.string().regex(/^(SIG)?[A-Z0-9]+$/), to: procName });

export const signalWords = says({
  name: "signal",
  about: "Sends a signal (`TERM`, `INT`, `HUP`, ...) to the module's process.",
  schema: signalShape,
  primary: "name",
  targets: started,
  sees: "sent: dyn",
});

const exitShape = z.strictObject({ within: durationField, of: procName });

/** The observation is {ok, exited, code, signal, by, waited_ms}; `waited_ms` counts from this step. */
export const exitWords = says({
  name: "exit",
  about: "Waits for the end of the module's process.",
  schema: exitShape,
  primary: "within",
  targets: started,
  sees: `${endSeen}, ${waitedSeen}`,
});

const pauseShape = z.strictObject({
  stream: z.enum(["stdout", "stderr"]),
  resume: z.boolean().optional(),
  of: procName,
});

export const pauseOutputWords = says({
  name: "pause-output",
  about: "Stops reading a stream of the module (or reads again, with `resume`).",
  schema: pauseShape,
  primary: "stream",
  targets: started,
});

const endShape = z.strictObject({
  of: procName,
  "after-stdin": durationField.optional(),
  "after-term": durationField.optional(),
  "after-exit": durationField.optional().describe("how long what it started may outlive it; default 250ms"),
});

/** Close stdin, TERM, KILL. The observation is the driver's EndReport with `ok`: nothing was left behind. */
export const endWords = says({
  name: "end",
  about: "Ends the module's process: closes stdin, then TERM, then KILL; tells what was needed and what outlived it.",
  schema: endShape,
  primary: "of",
  targets: started,
});
