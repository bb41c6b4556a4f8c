// Verbs for several modules in one child, kept by a registry: `assemble`, `bring-up`, `bring-down`.
import * as z from "zod";
import type { Json } from "../../base/types.ts";
import { fillPlaceholders, mapStrings } from "../../contract/placeholders.ts";
import { json } from "../../contract/shape.ts";
import type { SetMember } from "../../drivers/host/protocol.ts";
import { duration } from "./fields.ts";
import { rules } from "./host.ts";
import { hostedIn, notHosted, observe } from "./hosting.ts";
import { neighbourFolder } from "./neighbours.ts";
import type { Verb, World } from "./verb.ts";

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
  within: duration.optional().describe("deadline of each import and call"),
});

/** The observation is {ok: all were loaded and registered, loaded: [{name, ok, stub, error}], failed}. */
export const assemble: Verb<z.infer<typeof assembleShape>> = {
  name: "assemble",
  about: "Loads several modules into one child and registers them; names must be unique.",
  schema: assembleShape,
  targets: ["folder"],
  async run(arg, world) {
    const hosting = hostedIn(world)?.hosting;
    if (hosting === undefined) return notHosted(world);
    const given = Array.isArray(arg.members) ? arg.members : [];
    const members = given.map(({ key, name, requires, args }): SetMember => {
      const folder = key === "" ? undefined : neighbourFolder(world, key);
      const filled = fillPlaceholders(args, hosting.env).value;
      return {
        name,
        requires,
        file: hosting.fileIn(arg.file, folder),
        args: mapStrings(filled, hosting.reroot) as Json[],
      };
    });
    const names = new Set(members.map(({ name }) => name));
    const absent = new Set(members.flatMap(({ requires }) => requires.filter((name) => !names.has(name))));
    const stubs = [...absent].map((name): SetMember => ({ name, args: [], requires: [], stub: arg.stub }));
    const withinMs = world.deadline(arg.within, "15s");
    return observe(
      world,
      { do: "set", members: [...stubs, ...members], rules: arg.rules, up: arg.up, down: arg.down, withinMs },
      { withinMs: withinMs * (members.length + 1) },
    );
  },
};

const bringShape = z.strictObject({ within: duration.optional().describe("deadline of all calls together") });

const bring = (name: "bring-up" | "bring-down", about: string): Verb<z.infer<typeof bringShape>> => ({
  name,
  about,
  schema: bringShape,
  targets: ["folder"],
  primary: "within",
  run(arg, world: World) {
    const withinMs = world.deadline(arg.within, "60s");
    return observe(world, { do: name === "bring-up" ? "set-up" : "set-down", withinMs }, { withinMs });
  },
});

/** The observation is {ok, error, failing: the first module that failed, calls: [{name, member}] in order, unspied: names whose calls could not be seen}. */
export const bringUp = bring(
  "bring-up",
  "Initializes the assembled modules one after another, each after what it requires; on a failure takes down those that are up.",
);
export const bringDown = bring(
  "bring-down",
  "Shuts the assembled modules down in reverse order; errors are collected.",
);
