// Verbs that host a module's code in a child process of its own: `host` starts it, the others operate it.
import { ContractError } from "../../base/errors.ts";
import type { Json, Observation } from "../../base/types.ts";
import { fillPlaceholders, mapStrings } from "../../contract/placeholders.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import {
  callWords,
  constructWords,
  faultWords,
  findWords,
  hostWords,
  importFileWords,
  letBeWords,
  membersWords,
} from "../../contract/words/host.ts";
import { type HostingPlan, openHosting } from "../../drivers/host/hosting.ts";
import { SpawnFailure } from "../../drivers/process/spawn-failure.ts";
import { gated, type Hosted, hostedIn, noteLastWords, notHosted, observe, setHosted } from "./hosting.ts";
import { neighbourFolder } from "./neighbours.ts";
import { tokenOf } from "./state.ts";
import type { Verb, World } from "./verb.ts";

export const host: Verb<ArgOf<typeof hostWords>> = {
  ...hostWords,
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

async function planOf(arg: ArgOf<typeof hostWords>, world: World, hosted: Partial<Hosted>): Promise<HostingPlan> {
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

export const importFile: Verb<ArgOf<typeof importFileWords>> = {
  ...importFileWords,
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

export const find: Verb<ArgOf<typeof findWords>> = {
  ...findWords,
  run: (arg, world) =>
    observe(
      world,
      { do: "find", in: arg.in ?? "module", rules: arg.rules, as: arg.as ?? "found" },
      { withinMs: 5_000 },
    ),
};

export const construct: Verb<ArgOf<typeof constructWords>> = {
  ...constructWords,
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

export const call: Verb<ArgOf<typeof callWords>> = {
  ...callWords,
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

export const members: Verb<ArgOf<typeof membersWords>> = {
  ...membersWords,
  run: (arg, world) => observe(world, { do: "read", on: arg.on ?? "it", members: arg.names }, { withinMs: 5_000 }),
};

export const faultVerb: Verb<ArgOf<typeof faultWords>> = {
  ...faultWords,
  run: (arg, world) => observe(world, { do: "fault", fault: arg.kind, code: arg.code }, { withinMs: 5_000 }),
};

export const letBe: Verb<ArgOf<typeof letBeWords>> = {
  ...letBeWords,
  run(arg, world) {
    const ms = world.pause(arg.for, "300ms");
    return observe(world, { do: "wait", ms }, { withinMs: ms + 1_000, mark: arg.mark, since: arg.since });
  },
};
