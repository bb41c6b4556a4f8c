// The lines of a transcript file as zod, from which reports/transcript.schema.json is generated too.

import * as z from "zod";
import { isObject } from "../base/json.ts";
import type { Asked, Json } from "../base/types.ts";

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

export const eventShape = z
  .object({
    n: z.int().min(1).describe("1, 2, 3, ... in the order of the file."),
    t: z.number().describe("Seconds since the run's start."),
    scenario: text,
    step: text.exactOptional().describe("During which it was seen."),
    kind: text.describe("line, spawn, exit, sent, limit, step, scenario, request (at a stand-in), note, ..."),
    proc: text.exactOptional().describe("The process or peer it concerns."),
    data: object.describe("By kind. Of a step: verb, status, reason, from, and as `value` what it observed."),
  })
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
