// What a stand-in is told to be: the shape of its description, and which answer a request gets. Pure.

import * as z from "zod";
import type { Duration } from "../../base/duration.ts";
import { type Note, type PeerRequest, standInModes } from "../../base/events.ts";
import { globPattern } from "../../base/glob.ts";
import { isObject } from "../../base/json.ts";
import type { Limits } from "../../base/limits.ts";
import type { Json } from "../../base/types.ts";

const json: z.ZodType<Json> = z.json();
const duration = z.union([z.string(), z.number().nonnegative()]);

/** One answer. Strings may hold `${...}`; `request` is in scope. */
const answerSchema = z.strictObject({
  status: z.union([z.int().min(100).max(599), z.string()]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  json: json.optional(),
  text: z.string().optional(),
  delay: duration.optional(),
});

/** What a peer does with requests; `closed` refuses connections, `silent` accepts and never answers, `brake` holds answers. */
const routeSchema = z.strictObject({
  method: z.union([z.string(), z.array(z.string())]).optional(),
  /** Exact path, or a glob. */
  path: z.string().optional(),
  /** Key or keys that the request's JSON object must have. */
  has: z.union([z.string(), z.array(z.string())]).optional(),
  /** CEL over `request`. */
  when: z.string().optional(),
  answer: answerSchema,
});

/** The YAML value below `stand-ins: <name>`. */
export const standInSchema = z.strictObject({
  about: z.string().optional(),
  mode: z.enum(standInModes).default("up"),
  /** Added before each answer. */
  delay: duration.optional(),
  /** Which requests the brake holds, CEL over `request`; default all. */
  hold: z.string().optional(),
  routes: z.array(routeSchema).default([]),
  /** For requests that no route takes; default 404. */
  otherwise: answerSchema.optional(),
});

export type StandInSpec = z.infer<typeof standInSchema>;
export type StandInAnswer = z.infer<typeof answerSchema>;

/** What a stand-in needs of the scenario that it plays in. */
export interface Stage {
  readonly limits: Pick<Limits, "bodyBytesMax">;
  /** Seconds since the run's start. */
  now(): number;
  /** Milliseconds of a delay. */
  pause(duration: Duration | undefined, fallback: Duration): number;
  /** Appends an event and returns its number. */
  record: Note;
  /** Value of an expression; `extra` holds the request. */
  evaluate(expression: string, extra: Record<string, unknown>): unknown;
  /** The value with its templates filled in; `extra` holds the request. Throws ContractError. */
  fill(value: Json, extra: Record<string, unknown>): unknown;
}

/** Evaluates a CEL condition with the given names in scope. */
export type Evaluate = (expression: string, extra: Record<string, unknown>) => unknown;

/** The answer of the first route that takes the request, else `otherwise`, else 404. */
export function answerFor(spec: StandInSpec, request: PeerRequest, evaluate: Evaluate): StandInAnswer {
  for (const route of spec.routes) {
    if (route.method !== undefined && ![route.method].flat().some((method) => sameMethod(method, request.method)))
      continue;
    if (route.path !== undefined && !globPattern(route.path).test(request.path.replace(/^\/+/, ""))) continue;
    if (route.has !== undefined && !hasKeys(request.json, [route.has].flat())) continue;
    if (route.when !== undefined && !holds(route.when, request, evaluate)) continue;
    return route.answer;
  }
  return spec.otherwise ?? { status: 404, json: { detail: "Not Found" } };
}

/** Is the condition true of the request? A condition that cannot be evaluated (a key is missing) is not. */
export function holds(condition: string, request: PeerRequest, evaluate: Evaluate): boolean {
  try {
    return evaluate(condition, { request }) === true;
  } catch {
    return false;
  }
}

function sameMethod(wanted: string, actual: string): boolean {
  return wanted === "*" || wanted.toUpperCase() === actual.toUpperCase();
}

function hasKeys(value: Json | undefined, keys: string[]): boolean {
  return isObject(value) && keys.every((key) => key in value);
}

/** Status, headers and body of an answer with its templates filled in. Throws what `fill` throws. */
export function renderAnswer(answer: StandInAnswer, fill: (value: Json) => unknown) {
  const plainText = answer.json === undefined;
  const body = plainText ? String(fill(answer.text ?? "")) : JSON.stringify(fill(answer.json ?? null));
  const headers: { [name: string]: string } = {
    "content-type": plainText ? "text/plain; charset=utf-8" : "application/json",
  };
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = String(fill(value));
  return { status: Number(fill(answer.status ?? 200)), headers, body };
}

/** What the mode `error` answers. */
export const errorAnswer: StandInAnswer = { status: 500, json: { detail: "this peer answers errors only" } };
/** What the mode `html` answers. */
export const htmlAnswer: StandInAnswer = {
  headers: { "content-type": "text/html" },
  text: "<!doctype html><title>Welcome</title><p>It works",
};
