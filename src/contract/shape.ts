// The shape of contract.yaml in zod: what the loader checks first and what specs/contract.schema.json is generated from.
import * as z from "zod";
import type { Json } from "../base/types.ts";
import type { PlacedYaml } from "./places.ts";

export const json: z.ZodType<Json> = z.json() as unknown as z.ZodType<Json>;
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "must be lower-case words joined by '-' or '_'");
const text = z.string().trim().min(1, "must not be empty");
const targetKind = z.enum(["command", "folder", "url"]);
export const level = z.enum(["MUST", "SHOULD", "MAY"]);
/** `250ms`, `5s`, `2m`, or milliseconds as a number. */
export const durationShape = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'must be a duration such as "250ms", "5s" or "2m"');
const count = z.union([z.number().int().min(0), z.string().includes("${")]);
const pause = z.union([z.number().min(0), durationShape, z.string().includes("${")]);

const source = z.strictObject({ title: text, url: z.string().optional(), note: z.string().optional() });

/** A step is a map with one verb and modifiers; verbs are checked later, against the verb registry. */
const step = z.looseObject({
  if: z.string().optional().describe("CEL condition; false skips the step"),
  because: z.string().optional().describe("what to tell when `if` is false"),
  otherwise: z
    .enum(["stop", "go-on"])
    .optional()
    .describe("when the step does not come to its good end: stop the scenario (default) or go on"),
  times: count.optional().describe("repeat so many times, one after another; the observation is {ok, count, all}"),
  "repeat-every": pause.optional().describe("pause between repetitions"),
  parallel: count.optional().describe("with times or each: so many at once"),
  apart: pause.optional().describe("with parallel: from the start of one to the start of the next"),
  each: z.string().optional().describe("CEL list; the step runs once per element, named `each` in templates"),
  targets: z.array(targetKind).optional(),
});
const steps = z.array(z.record(z.string(), z.union([step, z.string()])));

const answer = z.strictObject({
  when: text.describe("CEL over `line`, a parsed line of the module's standard output"),
  send: json.describe("JSON value written to standard input as one line; `line` is in scope of its templates"),
  after: z.union([z.number(), durationShape]).optional(),
  limit: z.number().int().min(1).optional(),
});

const scenario = z.strictObject({
  title: z.string().optional(),
  targets: z.array(targetKind).optional().describe("kinds of target it runs on; default command and folder"),
  if: z.string().optional(),
  because: z.string().optional().describe("what to tell when `if` is false"),
  vars: z.record(z.string(), json).optional(),
  answers: z.array(answer).optional().describe("automatic replies; default those of the contract"),
  "stand-ins": z.record(z.string(), json).optional(),
  base: z.string().optional(),
  steps,
});

const condition = z.union([text, z.strictObject({ if: text, because: text })]);
const expectations = z.union([z.record(z.string(), json), z.array(z.record(z.string(), json))]);

const requirementShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, "must be area/short-slug in lower case"),
  level,
  text: text.describe("one testable sentence in the contract's own words"),
  source: z.union([text, z.array(text).min(1)]).describe("document#section, documents are keys of `sources`"),
  aliases: z.array(z.string()).optional(),
  needs: z.array(z.string()).optional(),
  when: condition.optional().describe("CEL; false means it does not apply to this module"),
  on: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe("scenario.step whose observation is `it`"),
  expect: expectations.optional(),
  why: z.string().optional(),
  hint: z.string().optional(),
  mutant: slug.optional(),
  untested: z.string().optional(),
  targets: z.array(targetKind).optional(),
});

const profile = z.strictObject({
  description: z.string().optional(),
  without: z.array(z.string()).optional().describe("globs of scenarios left out"),
  levels: z.record(z.string(), level).optional(),
});

const parts = {
  areas: z.record(slug, text).optional(),
  vars: z.record(z.string(), json).optional(),
  define: z.record(z.string().regex(/^[a-z][A-Za-z0-9_]*$/), text).optional(),
  fragments: z.record(slug, steps).optional(),
  scenarios: z.record(slug, scenario).optional(),
  requirements: z.array(requirementShape).optional(),
};

/** A file named by `include`. */
export const partShape = z.strictObject(parts);

export const contractShape = z.strictObject({
  contract: slug,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be a version such as 1.0.0"),
  title: text,
  description: z.string().optional(),
  sources: z.record(z.string(), source),
  detect: z.strictObject({ files: z.array(text).min(1) }).optional(),
  targets: z.array(targetKind).min(1),
  launch: z
    .array(z.strictObject({ file: text, run: z.array(text).min(1), build: z.array(text).min(1).optional() }))
    .optional(),
  params: z
    .record(
      z.string(),
      z.strictObject({
        description: text,
        default: json.optional(),
        secret: z.boolean().optional().describe("its value is never shown, and is looked for like a canary"),
      }),
    )
    .optional(),
  canaries: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/)).optional(),
  profiles: z.record(slug, profile).optional(),
  base: z.string().optional().describe("base URL of HTTP steps when conform starts the module"),
  redirects: z
    .enum(["show", "follow"])
    .optional()
    .describe(
      "what HTTP steps do with a redirect to another path of the same service: show it (default); or follow it, so that what it leads to is judged, and the redirect is one failure",
    ),
  answers: z.array(answer).optional(),
  "stand-ins": z.record(z.string(), json).optional(),
  include: z
    .array(z.string())
    .optional()
    .describe("further files of this folder with areas, scenarios, requirements, ..."),
  ...parts,
});

export type ContractYaml = z.infer<typeof contractShape>;
export type PartYaml = z.infer<typeof partShape>;
export type ScenarioYaml = z.infer<typeof scenario>;
export type RequirementYaml = z.infer<typeof requirementShape>;

/** One YAML file of the contract with its checked value. */
export interface Part {
  yaml: PlacedYaml;
  value: PartYaml;
}
