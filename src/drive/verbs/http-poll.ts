// Asking over HTTP: only the module itself, and again and again until a condition holds.
import { pause } from "../../base/deadline.ts";
import { ContractError } from "../../base/errors.ts";
import { parseJson } from "../../base/json.ts";
import type { Json, Observation } from "../../base/types.ts";
import { compile } from "../../contract/cel.ts";
import { exchange } from "../../drivers/net/http.ts";
import type { HttpObservation, HttpRequest } from "../../drivers/net/http-types.ts";
import { type Followed, following } from "./http-redirects.ts";
import type { World } from "./verb.ts";

/** Problems that an exited module explains. */
const lostConnection = ["refused", "reset", "closed", "timeout"];

/** What of a verb's argument concerns repetition. */
export interface Polling {
  until?: string | undefined;
  every?: string | number | undefined;
  "try-within"?: string | number | undefined;
  collect?: string | undefined;
}

/** Asks once, as the contract says of redirects. */
export function answerTo(request: HttpRequest, world: World): Promise<Followed> {
  return world.scenario.follows === true ? following(request, world, guarded) : guarded(request, world);
}

/** Asks, unless somebody else than the module listens there: nothing is sent to a stranger, and no stranger is judged. */
async function guarded(request: HttpRequest, world: World): Promise<HttpObservation> {
  const url = new URL(request.url);
  const stranger = isOwn(url, world) ? world.impostor(Number(url.port || 80)) : undefined;
  if (stranger === undefined) return exchange(request);
  const { method } = request;
  const path = `${url.pathname}${url.search}`;
  return {
    ok: false,
    method,
    url: request.url,
    path,
    problem: "not-owned",
    detail: stranger,
    phase: "connect",
    bytes: 0,
    ms: 0,
  };
}

function isOwn(url: URL, world: World): boolean {
  try {
    return url.origin === new URL(world.base()).origin;
  } catch {
    return false;
  }
}

/** Asks until the condition holds, time is up or the module is gone. The observation is that of the last try. */
export async function poll(request: HttpRequest, arg: Polling, world: World): Promise<Observation> {
  const condition = arg.until ?? "true";
  compile(condition); // A mistake in the expression is the contract's; a condition that is not true yet is not.
  const every = world.pause(arg.every, "100ms");
  const tryMs = arg["try-within"] === undefined ? request.deadlineMs : world.deadline(arg["try-within"], "5s");
  const start = world.now();
  const waited = () => Math.round((world.now() - start) * 1e6) / 1000;
  let firstOk: number | undefined;
  let last: Followed | undefined;
  const collected = new Map<string, Json>();
  let slowest = 0;
  for (let tries = 1; ; tries++) {
    const began = waited();
    const left = Math.max(1, request.deadlineMs - began);
    const answer = await answerTo({ ...request, deadlineMs: Math.min(tryMs, left) }, world);
    if (answer.ok) firstOk ??= waited();
    slowest = Math.max(slowest, answer.ms);
    const held = holds(condition, answer, world);
    if (arg.collect !== undefined) collect(collected, valueIn(arg.collect, answer, world));
    // A try that the overall deadline cut short says less than the one before it.
    const cut = !answer.ok && answer.problem === "timeout" && left < Math.max(every, 250);
    if (!cut || last === undefined) last = answer;
    const common = {
      ...(arg.collect === undefined ? {} : { collected: [...collected.values()] }),
      tries,
      waited_ms: waited(),
      slowest_ms: slowest,
      ...(firstOk === undefined ? {} : { first_ok_ms: firstOk }),
    };
    if (held === true) return { ...answer, ...common, ok: true };
    if (world.budget !== undefined) world.budget.left--;
    const next = Math.max(began + every, waited());
    const why = whyStop(answer, world, next >= request.deadlineMs);
    if (why !== undefined) {
      return { ...notMet(last, condition, why), ...common, ...(held === false ? {} : { condition_error: held }) };
    }
    await pause(next - waited(), world.signal);
  }
}

function whyStop(answer: HttpObservation, world: World, late: boolean): string | undefined {
  if (world.signal.aborted) return "the run was interrupted";
  const processes = [...world.processes.values()];
  const gone = processes.length > 0 && processes.every(({ alive }) => !alive);
  if (gone && !answer.ok && lostConnection.includes(answer.problem)) return "the module has exited";
  return late ? "time is up" : undefined;
}

/** The last try, marked as not having come to its good end. */
function notMet(answer: HttpObservation, condition: string, why: string): Observation {
  if (!answer.ok) return { ...answer, condition, stopped: why };
  return {
    ...answer,
    ok: false,
    problem: "condition",
    detail: `\`${condition}\` did not become true: ${why}`,
    condition,
    stopped: why,
  };
}

const collectedMax = 100;

function collect(values: Map<string, Json>, value: Json | undefined): void {
  if (value !== undefined && values.size < collectedMax) values.set(JSON.stringify(value), value);
}

/** Undefined when it cannot be evaluated: no answer, or not what was expected in it. */
function valueIn(expression: string, answer: HttpObservation, world: World): Json | undefined {
  try {
    const value = world.evaluate(expression, { it: withJson(answer) });
    return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}

function withJson(answer: HttpObservation): HttpObservation | (HttpObservation & { json: Json }) {
  const json = answer.ok && answer.body !== undefined ? parseJson(answer.body).value : undefined;
  return json === undefined ? answer : { ...answer, json };
}

/** True, false, or why the condition could not be evaluated. */
function holds(condition: string, answer: HttpObservation, world: World): boolean | string {
  try {
    return world.evaluate(condition, { it: withJson(answer) }) === true;
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
}
