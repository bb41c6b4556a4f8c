// The hosted child of a scenario: how verbs reach it, and what every answer of it looks like as an observation.

import { ContractError } from "../../base/errors.ts";
import { isObject } from "../../base/json.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { Host, HostAnswer, SeenIncident } from "../../drivers/host/host.ts";
import type { Hosting } from "../../drivers/host/hosting.ts";
import type { Common, HostCommand } from "../../drivers/host/protocol.ts";
import { state } from "./state.ts";
import type { World } from "./verb.ts";

/** A scenario's child with what its steps have in common. */
export interface Hosted {
  hosting: Hosting;
  /** Members read after every command on the object they belong to. */
  watching?: { on: string; members: string[] } | undefined;
  /** Incidents that were already told. */
  told: number;
  /** Lines on standard error that tell why the process died. */
  lastWords: string[];
  /** Why nothing more can be asked of it. */
  stuck?: string;
}

interface Slot {
  hosted?: Hosted;
}

const slotOf = state((): Slot => ({}));

export function setHosted(world: World, hosted: Hosted | undefined): void {
  const slot = slotOf(world);
  if (hosted === undefined) delete slot.hosted;
  else slot.hosted = hosted;
}

/** The child, or why there is none: the step that starts it was skipped. */
export function hostedIn(world: World): Hosted | undefined {
  return slotOf(world).hosted;
}

/** What a step observes that follows a skipped `host`: skipped too, for the same reason. */
export function notHosted(world: World): Observation {
  const skipped = [...world.view.steps.values()].find(({ verb, status }) => verb === "host" && status === "skipped");
  return { ok: false, skipped: skipped?.reason ?? "the module was not hosted in this scenario" };
}

/** Has a command done; whatever becomes of it is an observation. */
export async function observe(
  world: World,
  command: HostCommand,
  options: { withinMs: number } & Omit<Common, "id">,
): Promise<Observation> {
  const hosted = hostedIn(world);
  if (hosted === undefined) return notHosted(world);
  const { withinMs, ...common } = options;
  if (hosted.stuck !== undefined)
    return { ok: false, outcome: "stuck", problem: `since an earlier step ${hosted.stuck}` };
  const watch = hosted.watching === undefined ? {} : { watch: hosted.watching };
  const answer = await hosted.hosting.host.ask(command, withinMs, { ...watch, ...common });
  const body = await answerBody(hosted, answer);
  const trouble = body.trouble;
  if (trouble !== undefined)
    throw new ContractError(`"${command.do}" in scenario "${world.scenario.name}": ${messageOf(trouble)}`);
  return { ...body, ok: body.ok === true, ...incidents(hosted) };
}

function messageOf(trouble: Json): string {
  if (!isObject(trouble)) return "unknown";
  const { message, where } = trouble;
  // Foreign code that runs in the middle of ours: a replaced built-in function, a getter, a proxy.
  const whose = where === undefined ? "" : `the module's code at ${String(where)} got in the way: `;
  return `${whose}${String(message)}`;
}

async function answerBody(hosted: Hosted, answer: HostAnswer): Promise<Record<string, Json>> {
  if (answer.kind === "answer") return answer.body;
  if (answer.kind === "stuck") {
    hosted.stuck = answer.problem;
    await hosted.hosting.host.end();
    return { ok: false, outcome: "stuck", problem: answer.problem };
  }
  const { code, signal, by, reason } = answer.exit;
  const words = hosted.lastWords.slice(-3);
  return {
    ok: false,
    outcome: "exited",
    exit: { code, signal, by, ...(reason === undefined ? {} : { reason }) },
    ...(words.length === 0 ? {} : { last_words: words }),
  };
}

/** Incidents since the last observation. */
function incidents(hosted: Hosted): { incidents?: Json[] } {
  const all: SeenIncident[] = hosted.hosting.host.incidents;
  const fresh = all.slice(hosted.told).filter(({ kind }) => kind !== "exiting" && kind !== "alive");
  hosted.told = all.length;
  return fresh.length === 0 ? {} : { incidents: fresh };
}

/** Output lines that explain a death; everything else on standard error is the module's own affair. */
export function noteLastWords(hosted: Hosted, host: Host, text: string): void {
  if (!/FATAL|Error|error:|out of memory|denied/.test(text)) return;
  hosted.lastWords.push(host.tidy(text).slice(0, 300));
  if (hosted.lastWords.length > 20) hosted.lastWords.shift();
}

/** By the signal that the scenarios of one look share: what was seen in an earlier look, or in an earlier run, is no excuse in this one. */
const gates = new WeakMap<AbortSignal, Map<string, Promise<Observation>>>();

/**
 * The first scenario of a look to come here does the work, the others wait for it. When it never settled there, or ended the process, it
 * would here: they get the same observation at once, so that a module that hangs or fills the heap costs that once and not in every scenario.
 */
export async function gated(world: World, key: string, work: () => Promise<Observation>): Promise<Observation> {
  const known = gates.get(world.signal) ?? new Map<string, Promise<Observation>>();
  gates.set(world.signal, known);
  const first = known.get(key);
  if (first === undefined) {
    const own = work();
    known.set(
      key,
      own.catch(() => ({ ok: true })),
    );
    return own;
  }
  const seen = await first;
  if (seen.outcome !== "pending" && seen.outcome !== "stuck" && seen.outcome !== "exited") return work();
  const hosted = hostedIn(world);
  if (hosted !== undefined) hosted.stuck = "nothing is heard of it";
  await hosted?.hosting.host.end();
  return { ...seen, as_before: true };
}
