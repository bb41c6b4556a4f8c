// The lines of a transcript file as zod, from which reports/transcript.schema.json is generated too.

import * as z from "zod";
import { type EventKind, standInModes } from "../base/events.ts";
import { isObject } from "../base/json.ts";
import type { Asked } from "../base/transcript.ts";
import type { Json } from "../base/types.ts";

const whole = z.int().min(0);
const text = z.string();
const object = z.custom<{ [key: string]: Json }>(isObject, "not an object").meta({ type: "object" });

/** Keys that it does not know are dropped: a newer conform may add some. */
export const headerShape = z
  .object({
    kind: z.literal("header"),
    format: z.literal(1),
    tool: z.object({ name: text, version: text }),
    machine: text.exactOptional().describe("Kind of machine that judged."),
    contract: z.object({ name: text, version: text, digest: text.describe("sha256 over the contract's files.") }),
    target: z.object({
      kind: z.enum(["command", "folder", "url"]),
      label: text,
      home: text.exactOptional().describe("Folder of the module, where it was found above the program."),
      digest: text.exactOptional().describe("sha256:<hex> of a binary, dirHash:<hex> of a folder, before the run."),
      program: text.exactOptional().describe("sha256:<hex> of the started program, where the digest leaves it out."),
    }),
    started: text.describe("ISO 8601, UTC."),
    params: object.describe("Parameters given by the user."),
    asked: z
      .custom<Asked>(isObject, "not an object")
      .meta({ type: "object" })
      .exactOptional()
      .describe("Flags that a repetition needs; values of secrets are names of variables."),
    profile: text.exactOptional(),
    strict: z.boolean().exactOptional(),
    unsafe_probes: z.boolean().exactOptional().describe("Requests that may change what the module keeps were allowed."),
    second_look: z
      .literal(false)
      .exactOptional()
      .describe("Failures were taken as they are, however late the module was."),
    time_scale: z.number().exactOptional().describe("Factor on all deadlines, when it is not 1."),
    filtered: text.exactOptional().describe("What was left out on the command line, in words."),
    plan: z
      .object({ scenarios: z.array(text), requirements: z.array(text) })
      .describe("What was to be driven and judged."),
  })
  .meta({ id: "header", description: "The first line." });

const frame = {
  n: z.int().min(1).describe("1, 2, 3, ... in the order of the file."),
  t: z.number().describe("Seconds since the run's start."),
  scenario: text,
  step: text.exactOptional().describe("During which it was seen."),
  proc: text.exactOptional().describe("The process or peer it concerns."),
};
const json = z.custom<Json>(() => true).meta({});

/** One kind of event: its data may hold more than is said here, but nothing else under these names. */
function kind<K extends EventKind, S extends z.ZodRawShape>(name: K, about: string, data: S) {
  return z
    .object({ ...frame, kind: z.literal(name), data: z.object(data).catchall(json) })
    .meta({ description: about });
}

export const eventShape = z
  .discriminatedUnion(
    "kind",
    [
      kind("line", "A line of output.", {
        stream: z.enum(["stdout", "stderr"]),
        text: text.exactOptional(),
        b64: text.exactOptional().describe("The bytes, when they are not UTF-8."),
        problem: z
          .enum(["too-long", "not-utf8", "unterminated", "bom", "too-deep", "not-json", "not-finite", "crlf"])
          .exactOptional(),
        bytes: whole.describe("Of the whole line, without its line feed."),
        late: z.literal(true).exactOptional().describe("Told at the end of a stream that was over its limit."),
      }),
      kind("spawn", "A process was started.", { pid: whole, argv: z.array(text) }),
      kind("exit", "A process ended.", {
        code: z.int().nullable(),
        signal: text.nullable(),
        ms: z.number().describe("Milliseconds since it was started."),
        by: z.enum(["module", "conform"]).describe("conform: after conform signalled it or began to end it."),
        reason: text.exactOptional().describe("What conform did last that may have caused it."),
      }),
      kind("sent", "An automatic reply was written to standard input.", {
        json,
        ok: z.boolean(),
        problem: text.exactOptional(),
        answer: whole.describe("Index of the rule in the scenario's answers."),
      }),
      kind("limit", "A bound was crossed, and something was cut there.", {
        limit: text,
        bound: z.number(),
        seen: z.number(),
        stream: text.exactOptional(),
        file: text.exactOptional(),
        method: text.exactOptional(),
        url: text.exactOptional(),
        peer: text.exactOptional(),
      }),
      kind("request", "A stand-in was asked.", {
        peer: text,
        index: whole.describe("Counts the peer's requests from 1."),
        method: text,
        path: text,
        query: text,
        headers: z.record(text, text),
        text,
        json: json.exactOptional(),
        mode: z.enum(standInModes).describe("The stand-in's, when it came."),
        t: z.number(),
        at: z.number().describe("Time of day, seconds since 1970."),
      }),
      kind("incident", "Hosted code did something beside what it was asked.", { kind: text }),
      kind("note", "conform remarks on its own doing.", { text }),
      kind("step", "A step came to its end; every step leaves exactly one.", {
        verb: text,
        status: z.enum(["done", "failed", "skipped", "not-run"]),
        reason: text.exactOptional().describe("Why it was skipped or not run."),
        from: z.number().describe("When it began, seconds since the run's start."),
        stalled_ms: z.number().exactOptional().describe("How long the module, or conform, had no CPU meanwhile."),
        value: object.exactOptional().describe("What it observed."),
      }),
      kind("scenario", "A scenario ended.", {
        status: z.enum(["ran", "stopped", "skipped", "error"]),
        reason: text.exactOptional(),
        step: text.exactOptional().describe("The step that ended it."),
        from: z.number(),
      }),
      kind("again", "A second look begins: the scenario's events before it count no longer.", {
        reason: text,
        requirements: z.array(text).describe("Ids that asked for it."),
        patience: z.number().exactOptional().describe("Factor on the deadlines of this look."),
      }),
    ],
    { error: ({ code }) => (code === "invalid_union" ? "not a kind of event that this conform knows" : undefined) },
  )
  .meta({ id: "event", description: "One observation. Secrets are ‹secret:name› or ‹secret:name:encoding›." });

export const footerShape = z
  .object({
    kind: z.literal("footer"),
    events: whole.describe("How many lines stand between header and footer."),
    duration_ms: z.number(),
    interrupted: text.exactOptional().describe("Why the run did not come to its end."),
    changed: text.exactOptional().describe("The target's digest after the run, where it is another."),
    sha256: text.regex(/^[0-9a-f]{64}$/).describe("Of all bytes of the file before this line."),
  })
  .meta({ id: "footer", description: "The last line. Without it the run was cut off." });

/** The published JSON Schema (2020-12): of each line of the file. */
export function transcriptJsonSchema(): object {
  const line = z
    .union([headerShape, footerShape, eventShape])
    .meta({ title: "conform transcript", description: "One line of a transcript (NDJSON), format 1." });
  return z.toJSONSchema(line, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
}
