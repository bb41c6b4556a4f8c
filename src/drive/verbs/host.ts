// Verbs that host a module's code in a child process of its own: `host` starts it, the others operate it.
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import type { Json, Observation } from "../../base/types.ts";
import { fillPlaceholders, mapStrings } from "../../contract/placeholders.ts";
import { json } from "../../contract/shape.ts";
import { type HostingPlan, openHosting } from "../../drivers/host/hosting.ts";
import { SpawnFailure } from "../../drivers/process/spawn-failure.ts";
import { duration } from "./fields.ts";
import { gated, type Hosted, hostedIn, noteLastWords, notHosted, observe, setHosted } from "./hosting.ts";
import { neighbourFolder } from "./neighbours.ts";
import { tokenOf } from "./state.ts";
import type { Verb, World } from "./verb.ts";

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
type HostArg = z.infer<typeof hostShape>;

/** The observation is {ok, notes, unread: compiler options that could not be read, unsupported: one that the loader has not}; `skipped` steps of the scenario follow a skipped `host`. */
export const host: Verb<HostArg> = {
  name: "host",
  about: "Starts a child process that can load the module's code, in a staged copy of its folder and a sandbox.",
  schema: hostShape,
  targets: ["folder"],
  primary: "at",
  async run(arg, world) {
    const hosted: Partial<Hosted> = { watching: arg.watching, told: 0, lastWords: [] };
    try {
      const hosting = await openHosting(await planOf(arg, world, hosted));
      setHosted(world, Object.assign(hosted, { hosting }) as Hosted);
      world.processes.set("main", hosting.host.process);
      world.onEnd(async () => void (await hosting.host.end()));
      const { notes, unread, unsupported } = hosting;
      return {
        ok: true,
        notes,
        ...(unread === undefined ? {} : { unread }),
        ...(unsupported === undefined ? {} : { unsupported }),
      };
    } catch (error) {
      if (!(error instanceof SpawnFailure)) throw error;
      return { ok: false, problem: error.code, detail: error.message };
    }
  },
};

async function planOf(arg: HostArg, world: World, hosted: Partial<Hosted>): Promise<HostingPlan> {
  const { folder } = world.target;
  if (folder === undefined) throw new ContractError("only a folder can be hosted");
  const beside = Array.isArray(arg.beside) ? arg.beside : [];
  const others = beside.map(({ key, at }) => ({ folder: neighbourFolder(world, key), at }));
  const stage = { at: arg.at ?? "", files: arg.files ?? {}, others };
  const env = Object.fromEntries(
    Object.entries({ ...arg.env, ...world.env }).map(([name, value]) => [name, String(value)]),
  );
  return {
    folder,
    ...(arg.at === undefined ? {} : { stage }),
    ...(arg.project ? { project: arg.project } : {}),
    ...(arg.aliases === undefined ? {} : { aliases: arg.aliases }),
    folders: arg.folders ?? {},
    env,
    workFolder: await world.folder(),
    token: tokenOf(world),
    limits: world.limits,
    onLine: ({ json: _, ...line }) => {
      const tidy = hosted.hosting?.host.tidy(line.text ?? "") ?? line.text ?? "";
      if (line.stream === "stderr" && hosted.hosting !== undefined)
        noteLastWords(hosted as Hosted, hosted.hosting.host, tidy);
      world.record("line", { ...line, text: tidy }, "main");
    },
    onLimit: (limit) => void world.record("limit", limit, "main"),
    onExit: (exit) => void world.record("exit", exit, "main"),
    onIncident: (incident) => void world.record("incident", incident, "main"),
  };
}

const importShape = z.strictObject({
  file: z.string(),
  as: z.string().optional().describe("name of the slot that keeps the namespace; default `module`"),
  within: duration.optional(),
  gate: z
    .boolean()
    .optional()
    .describe("done first by one scenario of the run; if it hangs there, the others do not try"),
});

/** The observation is {ok, outcome, ms, exports: [{key, type, ...}], error, files, printed, resources, added, handles, incidents}. */
export const importFile: Verb<z.infer<typeof importShape>> = {
  name: "import",
  about: "Imports a file of the module in the child.",
  schema: importShape,
  targets: ["folder"],
  primary: "file",
  run(arg, world) {
    const withinMs = world.deadline(arg.within, "15s");
    const work = (): Promise<Observation> => {
      const hosting = hostedIn(world)?.hosting;
      if (hosting === undefined) return Promise.resolve(notHosted(world));
      const file = hosting.fileIn(arg.file);
      const command = { do: "import", file, as: arg.as ?? "module", withinMs } as const;
      return observe(world, command, { withinMs, since: "start" }).then(async (seen) => ({
        ...seen,
        files: await hosting.files(),
      }));
    };
    return arg.gate === true && hostedIn(world) !== undefined ? gated(world, `import ${arg.file}`, work) : work();
  },
};

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
export const find: Verb<z.infer<typeof findShape>> = {
  name: "find",
  about: "Finds the export that is meant, by rules tried in order.",
  schema: findShape,
  targets: ["folder"],
  primary: "in",
  run: (arg, world) =>
    observe(
      world,
      { do: "find", in: arg.in ?? "module", rules: arg.rules, as: arg.as ?? "found" },
      { withinMs: 5_000 },
    ),
};

const constructShape = z.strictObject({
  from: z.string().optional(),
  args: z.array(json).optional(),
  as: z.string().optional(),
  placeholders: z
    .boolean()
    .optional()
    .describe("`${NAME}` and `${NAME:-default}` in `args` are replaced from the child's environment"),
  within: duration.optional(),
  mark: z.string().optional().describe("remember the open resources under this name"),
  since: z
    .string()
    .optional()
    .describe("`added` counts from this mark, and the step waits a moment for it to become empty"),
});

/** The observation is {ok, outcome, value, error, ms, unresolved, ...} as for `call`. */
export const construct: Verb<z.infer<typeof constructShape>> = {
  name: "construct",
  about: "Makes an instance: `new` of a class, a call of a function, or the object itself.",
  schema: constructShape,
  targets: ["folder"],
  primary: "from",
  async run({ args = [], ...arg }, world) {
    const hosting = hostedIn(world)?.hosting;
    if (hosting === undefined) return notHosted(world);
    const filled = arg.placeholders === true ? fillPlaceholders(args, hosting.env) : { value: args, unresolved: [] };
    const given = mapStrings(filled.value, hosting.reroot) as Json[];
    const withinMs = world.deadline(arg.within, "2s");
    const command = { do: "construct", from: arg.from ?? "found", args: given, as: arg.as ?? "it", withinMs } as const;
    const seen = await observe(world, command, { withinMs, mark: arg.mark, since: arg.since });
    return filled.unresolved.length === 0 ? seen : { ...seen, unresolved: filled.unresolved };
  },
};

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
  within: duration.optional(),
  mark: z.string().optional().describe("remember the open resources under this name"),
  since: z
    .string()
    .optional()
    .describe("`added` counts from this mark, and the step waits a moment for it to become empty"),
  gate: z
    .boolean()
    .optional()
    .describe("done first by one scenario of the run; if it hangs there, the others do not try"),
});

/**
 * The observation is {ok, outcome: returned | resolved | threw | rejected | pending | absent | not-function | stuck | exited, thenable,
 * value, error, ms, resources, added, handles, hits, seen, incidents, member}.
 */
export const call: Verb<z.infer<typeof callShape>> = {
  name: "call",
  about: "Calls a member of an object and waits for its promise; tells how that ended and what it left open.",
  schema: callShape,
  targets: ["folder"],
  primary: "member",
  run({ args = [], ...arg }, world) {
    const withinMs = world.deadline(arg.within, "10s");
    const command = { do: "call", on: arg.on ?? "it", member: arg.member, args, as: arg.as, withinMs } as const;
    const work = async () => ({
      // Unless the child tells otherwise: it ended, or does not answer.
      ...{ member: "unknown", thenable: false },
      ...(await observe(world, command, { withinMs, mark: arg.mark, since: arg.since })),
    });
    return arg.gate === true && hostedIn(world) !== undefined ? gated(world, `call ${arg.member}`, work) : work();
  },
};

const membersShape = z.strictObject({ names: z.array(z.string()).min(1), on: z.string().optional() });

/** The observation is {ok, members: {name: {present, type, json, ...}}}. */
export const members: Verb<z.infer<typeof membersShape>> = {
  name: "members",
  about: "Reads members of an object without calling them.",
  schema: membersShape,
  targets: ["folder"],
  primary: "names",
  run: (arg, world) => observe(world, { do: "read", on: arg.on ?? "it", members: arg.names }, { withinMs: 5_000 }),
};

const faultShape = z.strictObject({ kind: z.enum(["write", "connect"]), code: z.string() });

/** Later observations count in `hits` how often the fault was met. */
export const fault: Verb<z.infer<typeof faultShape>> = {
  name: "fault",
  about: "From now on writing files, or connecting, fails in the child with an error code.",
  schema: faultShape,
  targets: ["folder"],
  primary: "kind",
  run: (arg, world) => observe(world, { do: "fault", fault: arg.kind, code: arg.code }, { withinMs: 5_000 }),
};

const letBeShape = z.strictObject({ for: duration, mark: z.string().optional(), since: z.string().optional() });

/** The observation shows what happened meanwhile, as for `call`. */
export const letBe: Verb<z.infer<typeof letBeShape>> = {
  name: "let-be",
  about: "Lets time pass in the child.",
  schema: letBeShape,
  targets: ["folder"],
  primary: "for",
  lasts: (arg) => arg.for,
  run(arg, world) {
    const ms = world.pause(arg.for, "300ms");
    return observe(world, { do: "wait", ms }, { withinMs: ms + 1_000, mark: arg.mark, since: arg.since });
  },
};
