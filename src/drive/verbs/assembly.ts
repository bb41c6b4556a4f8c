// Verbs for several modules in one child, kept by a registry: `assemble`, `bring-up`, `bring-down`.
import type { Json } from "../../base/types.ts";
import { fillPlaceholders, mapStrings } from "../../contract/placeholders.ts";
import type { ArgOf, VerbWords } from "../../contract/vocabulary.ts";
import { assembleWords, bringDownWords, bringUpWords } from "../../contract/words/assembly.ts";
import type { SetMember } from "../../drivers/host/protocol.ts";
import { hostedIn, notHosted, observe } from "./hosting.ts";
import { neighbourFolder } from "./neighbours.ts";
import type { Verb, World } from "./verb.ts";

export const assemble: Verb<ArgOf<typeof assembleWords>> = {
  ...assembleWords,
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

type Bring = ArgOf<typeof bringUpWords>;

const bring = (words: VerbWords<Bring>, command: "set-up" | "set-down"): Verb<Bring> => ({
  ...words,
  run(arg, world: World) {
    const withinMs = world.deadline(arg.within, "60s");
    return observe(world, { do: command, withinMs }, { withinMs });
  },
});

export const bringUp = bring(bringUpWords, "set-up");
export const bringDown = bring(bringDownWords, "set-down");
