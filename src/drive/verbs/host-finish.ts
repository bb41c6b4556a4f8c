// The last step of a hosted scenario: nothing more is asked of the child, and it must end by itself.
import { within } from "../../base/deadline.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { finishWords } from "../../contract/words/host-finish.ts";
import { WRITTEN_WITHIN_MS } from "../../drivers/host/protocol.ts";
import { hostedIn, notHosted, observe } from "./hosting.ts";
import type { Verb } from "./verb.ts";

export const finish: Verb<ArgOf<typeof finishWords>> = {
  ...finishWords,
  async run(arg, world) {
    const hosted = hostedIn(world);
    if (hosted === undefined) return notHosted(world);
    const { host } = hosted.hosting;
    const graceMs = world.deadline(arg.within, "2s");
    const settleMs = world.pause(arg.settle, "50ms");
    const body = await observe(
      world,
      { do: "finish", settleMs, graceMs: Math.round(graceMs * 0.8) },
      { withinMs: settleMs + WRITTEN_WITHIN_MS + 1_000 },
    );
    const ended = (await within(host.exited, body.outcome === undefined ? graceMs : 0)) !== undefined;
    const remains = await hosted.hosting.remains();
    const alive = host.incidents.findLast(({ kind }) => kind === "alive");
    const exiting = host.incidents.some(({ kind }) => kind === "exiting");
    const exit = await host.exited;
    const exited = ended && exit.by === "module";
    return {
      ...body,
      ...exitFacts(exited, exit),
      ok: exited && exit.code === 0 && body.ok === true,
      ...(exited ? {} : { held_by: heldBy(alive, body, exiting) }),
      ...remains,
    } as Observation;
  },
};

function exitFacts(exited: boolean, exit: { code: number | null; signal: string | null }): Record<string, Json> {
  return exited ? { exited, code: exit.code, signal: exit.signal } : { exited, problem: "still running" };
}

/** What the child named shortly before the grace time ended, else when it was asked to finish. One that began to end holds itself. */
function heldBy(alive: Record<string, Json> | undefined, body: Observation, exiting: boolean): Json {
  if (exiting && alive === undefined) return [{ type: 'a listener of the process event "exit"' }];
  const handles = alive?.handles ?? body.handles;
  return Array.isArray(handles) ? handles.slice(0, 50) : [];
}
