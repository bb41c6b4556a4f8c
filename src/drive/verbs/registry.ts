// What all step verbs do, by name. Their words: contract/words/verbs.ts.
import type { Json, Observation } from "../../base/types.ts";
import { jitless, type VerbWords } from "../../contract/vocabulary.ts";
import { session } from "../../contract/words/verbs.ts";
import { assemble, bringDown, bringUp } from "./assembly.ts";
import { copy, write } from "./copy.ts";
import { dockerfile } from "./dockerfile.ts";
import { grepVerb, listVerb, readVerb } from "./files.ts";
import { call, construct, faultVerb, find, host, importFile, letBe, members } from "./host.ts";
import { finish } from "./host-finish.ts";
import { httpVerbs } from "./http.ts";
import { imports } from "./imports.ts";
import { awaitLine, watchVerb } from "./lines.ts";
import { awaitFreePort, takenPortsVerb, watchListeners } from "./listeners.ts";
import { neighbours } from "./neighbours.ts";
import { noteVerb } from "./note.ts";
import { parseVerb } from "./parse.ts";
import { choosePort, listening } from "./port.ts";
import { holdPortVerb, lockVerb, pickPortVerb, releasePortVerb, unlockVerb } from "./ports.ts";
import { closeStdin, end, exit, pauseOutput, sendVerb, signal, spawn } from "./process.ts";
import { requireVerb } from "./require.ts";
import { sessionVerb } from "./session.ts";
import { set } from "./set.ts";
import { awaitRequestVerb, peerVerb, releaseVerb } from "./stand-in.ts";
import { syntaxCheck } from "./syntax-check.ts";
import { tcp } from "./tcp.ts";
import type { Verb, World } from "./verb.ts";
import { wait } from "./wait.ts";

/** A verb whose argument has been hidden behind its schema, so that all fit in one map. */
export interface AnyVerb extends Pick<VerbWords, "name" | "targets"> {
  raw: boolean;
  /** `extra` holds the names of a repetition (`each`, `index`), for raw verbs. */
  run(arg: Json, world: World, extra?: Record<string, unknown>): Promise<Observation>;
}

function entry<A>({ name, targets, schema, raw = false, run }: Verb<A>): [string, AnyVerb] {
  return [name, { name, targets, raw, run: (arg, world, extra) => run(schema.parse(arg, jitless), world, extra) }];
}

/** Verbs that operate a hosted child; a session may do all of them. */
const hosted: [string, AnyVerb][] = [
  entry(host),
  entry(importFile),
  entry(find),
  entry(construct),
  entry(call),
  entry(members),
  entry(faultVerb),
  entry(letBe),
  entry(finish),
  entry(assemble),
  entry(bringUp),
  entry(bringDown),
];

export const verbs: ReadonlyMap<string, AnyVerb> = new Map([
  entry(spawn),
  entry(sendVerb),
  entry(awaitLine),
  entry(watchVerb),
  entry(exit),
  entry(closeStdin),
  entry(signal),
  entry(wait),
  entry(noteVerb),
  entry(pauseOutput),
  entry(end),
  entry(set),
  ...httpVerbs.map(entry),
  entry(peerVerb),
  entry(releaseVerb),
  entry(awaitRequestVerb),
  entry(readVerb),
  entry(copy),
  entry(write),
  entry(dockerfile),
  entry(syntaxCheck),
  entry(choosePort),
  entry(listening),
  entry(listVerb),
  entry(grepVerb),
  entry(requireVerb),
  entry(parseVerb),
  entry(pickPortVerb),
  entry(holdPortVerb),
  entry(releasePortVerb),
  entry(lockVerb),
  entry(unlockVerb),
  entry(tcp),
  entry(watchListeners),
  entry(takenPortsVerb),
  entry(awaitFreePort),
  ...hosted,
  entry(neighbours),
  entry(imports),
  entry(sessionVerb(session, new Map(hosted))),
]);
