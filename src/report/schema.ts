// Reads a report back: its shape as zod, from which reports/report.schema.json is generated too.

import * as z from "zod";
import { hasParts } from "../base/json.ts";
import type { Json } from "../base/types.ts";

const level = z.enum(["MUST", "SHOULD", "MAY"]);
const whole = z.int().min(0);
const seconds = z.number().describe("Seconds since the run's start.");
const targetKind = z.enum(["command", "folder", "url"]);

/** Not zod's own: that drops the key `__proto__`, which a module may well have sent. */
const json = z.custom<Json>(isJson, "not a JSON value");

const counts = z
  .object({ pass: whole, fail: whole, blocked: whole, skipped: whole, error: whole })
  .meta({ id: "counts", description: "Results by outcome." });

const verdict = z
  .object({
    kind: z
      .enum(["conformant", "partial", "nonconformant", "inconclusive"])
      .describe("partial: nothing failed, but not everything that may bind was judged."),
    exit: z.int().describe("The exit code of a run that ends with this verdict."),
    reasons: z.array(z.string()).describe("Most important first."),
    counts,
    levels: z.object({ MUST: counts, SHOULD: counts, MAY: counts }),
    baselined: whole.describe("Failures that a valid baseline entry excuses."),
  })
  .meta({ id: "verdict" });

const finding = z
  .object({
    at: z.string().describe("What is concerned: a step, a pointer into a document, a series."),
    expected: json,
    actual: json,
    events: z.array(whole).describe("Numbers of the transcript's events that show it."),
    place: z
      .object({ file: z.string(), line: z.int().exactOptional(), column: z.int().exactOptional() })
      .exactOptional()
      .describe("Place in a file of the module, 1-based, path relative to the module's folder."),
  })
  .meta({ id: "finding", description: "One contradiction between the sentence and what was seen." });

const outcome = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("pass"), events: z.array(whole) }),
    z.object({
      kind: z.literal("fail"),
      findings: z.tuple([finding], finding),
      omitted: whole.exactOptional().describe("Findings that were counted but not kept."),
    }),
    z.object({
      kind: z.literal("blocked"),
      by: z.string().describe("The requirement or the step it waits for."),
      reason: z.string().exactOptional(),
    }),
    z.object({
      kind: z.literal("skipped"),
      reason: z.string(),
      left_out: z
        .enum(["selection", "target"])
        .exactOptional()
        .describe("It may apply, but the user did not select it, or this kind of target hides it."),
    }),
    z.object({ kind: z.literal("error"), message: z.string().describe("Why conform could not tell.") }),
  ])
  .meta({ id: "outcome" });

const evidence = z
  .object({ event: whole, t: seconds, scenario: z.string(), step: z.string().exactOptional(), text: z.string() })
  .meta({ id: "evidence", description: "An event of the transcript in words." });

const result = z
  .object({
    id: z.string(),
    area: z.string(),
    level,
    text: z.string(),
    sources: z.array(z.string()),
    outcome,
    binding: z.boolean().describe("A failure counts for the verdict."),
    baseline: z
      .object({
        owner: z.string().exactOptional(),
        reason: z.string(),
        issue: z.string().exactOptional(),
        expires: z.string().exactOptional(),
      })
      .exactOptional(),
    why: z.string().exactOptional(),
    hint: z.string().exactOptional(),
    evidence: z.array(evidence),
    repeat: z.array(z.string()).describe("Commands that repeat the observation."),
    scenarios: z.array(z.string()),
    duration_ms: whole.exactOptional().describe("How long the steps took that it was judged from."),
    flaky: z.literal(true).exactOptional().describe("It failed at first and passed at the second look."),
  })
  .meta({ id: "result", description: "A requirement with its outcome and everything a reader needs to act." });

const scenario = z
  .object({
    name: z.string(),
    title: z.string().exactOptional(),
    status: z.enum(["ran", "stopped", "skipped", "error"]),
    reason: z.string().exactOptional(),
    from: seconds,
    to: seconds,
    steps: z.array(
      z.object({
        name: z.string(),
        from: seconds,
        to: seconds,
        status: z.enum(["done", "failed", "skipped", "not-run"]),
      }),
    ),
  })
  .meta({ id: "scenario" });

export const moduleShape = z
  .object({
    name: z.string(),
    target: z.object({
      kind: targetKind,
      label: z.string(),
      digest: z
        .string()
        .exactOptional()
        .describe("sha256:<hex> of a binary, dirHash:<hex> of a folder, before the run."),
      program: z
        .string()
        .exactOptional()
        .describe("sha256:<hex> of the started program, where the digest leaves it out."),
      changed: z.string().exactOptional().describe("The digest after the run, where it is another."),
    }),
    contract: z.object({ name: z.string(), version: z.string(), title: z.string(), digest: z.string() }),
    asked: z
      .string()
      .exactOptional()
      .describe("sha256 of what else was asked of the run: selection, parameters, baseline."),
    machine: z.string().exactOptional().describe("Kind of machine that judged."),
    started: z.string(),
    duration_ms: z.number(),
    profile: z.string().exactOptional(),
    strict: z.boolean(),
    unsafe_probes: z.boolean().exactOptional().describe("Requests that may change what the module keeps were allowed."),
    filtered: z.string().exactOptional().describe("What was left out on the command line."),
    partial: z.string().exactOptional().describe("Why the run did not come to its end."),
    verdict,
    results: z.array(result).describe("In contract order."),
    scenarios: z.array(scenario),
    notes: z.array(z.string()),
    baseline: z
      .object({ file: z.string(), entries: whole })
      .exactOptional()
      .describe("The file of known failures that the run was judged with; with entries it earns no badge."),
    staleBaseline: z.array(z.string()).exactOptional(),
  })
  .meta({ id: "module", description: "One judged module." });

/** The shape of report.json. Keys it does not know are allowed and dropped: a newer conform may add some. */
export const reportShape = z
  .object({
    format: z.literal(1),
    tool: z.object({ name: z.string(), version: z.string() }),
    started: z.string().describe("ISO 8601, UTC."),
    duration_ms: z.number(),
    verdict,
    modules: z.array(moduleShape),
  })
  .meta({ title: "conform report", description: "The result of a run of conform, format 1." });

/** The published JSON Schema (2020-12). */
export function reportJsonSchema(): object {
  return z.toJSONSchema(reportShape, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return hasParts(value) && Object.values(value).every(isJson);
}
