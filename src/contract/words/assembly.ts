// Words of a contract: several modules in one child, kept by a registry. What they do: drive/verbs/assembly.ts.
import * as z from "zod";
import { json } from "../shape.ts";
import { says } from "../vocabulary.ts";
import { durationField } from "./fields.ts";
import { rules } from "./host.ts";

const member = z.strictObject({
  key: z.string().describe("a neighbour, or empty for the module itself"),
  name: z.string(),
  requires: z.array(z.string()),
  args: z.array(json),
});

const assembleShape = z.strictObject({
  members: z.union([z.array(member), z.string().includes("${")]).describe("in order of registration"),
  file: z.string().describe("what is imported of each"),
  rules,
  up: z.string(),
  down: z.string(),
  stub: z.record(z.string(), json).describe("stands for a required module that is not among the members"),
  within: durationField.optional().describe("deadline of each import and call"),
});

/** The observation is {ok: all were loaded and registered, loaded: [{name, ok, stub, error}], failed}. */
export const assembleWords = says({
  name: "assemble",
  about: "Loads several modules into one child and registers them; names must be unique.",
  schema: assembleShape,
  targets: ["folder"],
});

const bringShape = z.strictObject({ within: durationField.optional().describe("deadline of all calls together") });

const bring = (name: "bring-up" | "bring-down", about: string) =>
  says({ name, about, schema: bringShape, targets: ["folder"], primary: "within" });

/** The observation is {ok, error, failing: the first module that failed, calls: [{name, member}] in order, unspied: names whose calls could not be seen}. */
export const bringUpWords = bring(
  "bring-up",
  "Initializes the assembled modules one after another, each after what it requires; on a failure takes down those that are up.",
);
export const bringDownWords = bring(
  "bring-down",
  "Shuts the assembled modules down in reverse order; errors are collected.",
);
