// Words of a contract: hosting a module's code in a child process. What they do: drive/verbs/host.ts.
import * as z from "zod";
import { json } from "../shape.ts";
import { says } from "../vocabulary.ts";
import { durationField } from "./fields.ts";

const texts = z.record(z.string(), z.string());

const place = z.strictObject({ key: z.string(), at: z.string() });

const hostShape = z.strictObject({
  at: z
    .string()
    .optional()
    .describe("where the copy of the module's folder goes in the stage; without it the module runs in place"),
  files: texts.optional().describe("further files of the stage: path -> text; what the module brings itself stays"),
  beside: z
    .union([z.array(place), z.string().includes("${")])
    .optional()
    .describe("neighbours copied into the stage as well"),
  project: z
    .string()
    .nullable()
    .optional()
    .describe("folder of the project that the module is part of; default: the one that encloses it"),
  aliases: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe("`paths` for a project whose compiler options have none"),
  folders: texts.optional().describe("environment variable -> folder made for it in the sandbox"),
  env: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  watching: z
    .strictObject({ on: z.string(), members: z.array(z.string()) })
    .optional()
    .describe("members that every observation shows under `seen`, once the object is there"),
});

/** The observation is {ok, notes, unread: compiler options that could not be read, unsupported: one that the loader has not}; `skipped` steps of the scenario follow a skipped `host`. */
export const hostWords = says({
  name: "host",
  about: "Starts a child process that can load the module's code, in a staged copy of its folder and a sandbox.",
  schema: hostShape,
  targets: ["folder"],
  primary: "at",
});

const gate = z
  .boolean()
  .optional()
  .describe("done first by one scenario of the run; if it hangs there, the others do not try");

const marks = {
  mark: z.string().optional().describe("remember the open resources under this name"),
  since: z
    .string()
    .optional()
    .describe("`added` counts from this mark, and the step waits a moment for it to become empty"),
};

const importShape = z.strictObject({
  file: z.string(),
  as: z.string().optional().describe("name of the slot that keeps the namespace; default `module`"),
  within: durationField.optional(),
  gate,
});

/** The observation is {ok, outcome, ms, exports: [{key, type, ...}], error, files, printed, resources, added, handles, incidents}. */
export const importFileWords = says({
  name: "import",
  about: "Imports a file of the module in the child.",
  schema: importShape,
  targets: ["folder"],
  primary: "file",
});

const rule = z.strictObject({
  keys: z.string().describe("regular expression over export names"),
  kind: z.enum(["class", "function", "object", "any"]),
  members: texts.optional().describe("member -> typeof, all of which it must have"),
  prefer: z.string().optional().describe("the export to take when several match"),
  first: z.boolean().optional().describe("several matches: take the first; default: ambiguous"),
});

export const rules = z.array(rule).min(1);

const findShape = z.strictObject({ in: z.string().optional(), rules, as: z.string().optional() });

/** The observation is {ok, key, rule, kind, candidates, exports} or {ok: false, problem: none | ambiguous, nearest}. */
export const findWords = says({
  name: "find",
  about: "Finds the export that is meant, by rules tried in order.",
  schema: findShape,
  targets: ["folder"],
  primary: "in",
});

const constructShape = z.strictObject({
  from: z.string().optional(),
  args: z.array(json).optional(),
  as: z.string().optional(),
  placeholders: z
    .boolean()
    .optional()
    .describe("`${NAME}` and `${NAME:-default}` in `args` are replaced from the child's environment"),
  within: durationField.optional(),
  ...marks,
});

/** The observation is {ok, outcome, value, error, ms, unresolved, ...} as for `call`. */
export const constructWords = says({
  name: "construct",
  about: "Makes an instance: `new` of a class, a call of a function, or the object itself.",
  schema: constructShape,
  targets: ["folder"],
  primary: "from",
});

const callShape = z.strictObject({
  member: z.string(),
  on: z.string().optional().describe("slot of the object; default `it`"),
  args: z
    .array(json)
    .optional()
    .describe(
      "JSON, or {$slot: name}, {$env: true}, {$cwd: true}, {$poison: text}, {$stub: [names]}, {$anything: true}",
    ),
  as: z.string().optional().describe("slot that keeps the result"),
  within: durationField.optional(),
  ...marks,
  gate,
});

/**
 * The observation is {ok, outcome: returned | resolved | threw | rejected | pending | absent | not-function | stuck | exited, thenable,
 * value, error, ms, resources, added, handles, hits, seen, incidents, member}.
 */
export const callWords = says({
  name: "call",
  about: "Calls a member of an object and waits for its promise; tells how that ended and what it left open.",
  schema: callShape,
  targets: ["folder"],
  primary: "member",
});

const membersShape = z.strictObject({ names: z.array(z.string()).min(1), on: z.string().optional() });

/** The observation is {ok, members: {name: {present, type, json, ...}}}. */
export const membersWords = says({
  name: "members",
  about: "Reads members of an object without calling them.",
  schema: membersShape,
  targets: ["folder"],
  primary: "names",
});

const faultShape = z.strictObject({ kind: z.enum(["write", "connect"]), code: z.string() });

/** Later observations count in `hits` how often the fault was met. */
export const faultWords = says({
  name: "fault",
  about: "From now on writing files, or connecting, fails in the child with an error code.",
  schema: faultShape,
  targets: ["folder"],
  primary: "kind",
});

const letBeShape = z.strictObject({ for: durationField, mark: z.string().optional(), since: z.string().optional() });

/** The observation shows what happened meanwhile, as for `call`. */
export const letBeWords = says({
  name: "let-be",
  about: "Lets time pass in the child.",
  schema: letBeShape,
  targets: ["folder"],
  primary: "for",
  lasts: (arg) => arg.for,
});
