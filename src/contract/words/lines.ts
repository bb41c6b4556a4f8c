// Words of a contract: waiting for lines of output. What they do: drive/verbs/lines.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField, endSeen, number, procName, waitedSeen } from "./fields.ts";

const awaitShape = z.strictObject({
  line: z.string().describe("CEL over `line`: {n, t, stream, text, json, problem}"),
  stream: z.enum(["stdout", "stderr", "any"]).optional().describe("default stdout"),
  within: durationField,
  since: z.string().optional().describe("only lines that came after this step began"),
  joined: z.boolean().optional().describe("an object spread over several lines counts too"),
  of: procName,
});

/** The observation is {ok, text, json, line: event number, t, waited_ms, joined} or {ok: false, problem: timeout | exited}. */
export const awaitLineWords = says({
  name: "await",
  about: "Waits for a line of output that meets a condition.",
  schema: awaitShape,
  primary: "line",
  targets: ["command", "folder"],
  sees: `text: string, json: dyn, line: int, t: number, ${waitedSeen}, joined: dyn, stream: string, seen: dyn, last: dyn, exited: dyn, code: dyn, signal: dyn`,
});

const watchShape = z.strictObject({
  for: durationField,
  line: z.string().optional().describe("CEL over `line`; default every line"),
  stream: z.enum(["stdout", "stderr", "any"]).optional(),
  since: z
    .string()
    .optional()
    .describe("count lines from the beginning of this step; default from the process's start"),
  stop: number.optional().describe("stop early after so many matching lines"),
  settle: durationField
    .optional()
    .describe("the time begins once the process is at rest and waits for something, after so long at the latest"),
  joined: z.boolean().optional().describe("an object spread over several lines counts too"),
  "until-exit": z.boolean().optional().describe("stop early when the process ends; default true"),
  of: procName,
});

/** The observation is {ok: true, count, seen: [{n, text}], exited, code, signal, waited_ms}. */
export const watchWords = says({
  name: "watch",
  about: "Watches the output for a time and counts the lines that meet a condition.",
  schema: watchShape,
  lasts: (arg) => arg.for,
  primary: "for",
  targets: ["command", "folder"],
  sees: `count: int, seen: list<dyn>, ${endSeen}, ${waitedSeen}`,
});
