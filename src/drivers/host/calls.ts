// Runs in the hosted child: calls foreign code, waits for its promise within a deadline, and says how that ended.
import type { Json } from "../../base/types.ts";
import { clearTimer, NativePromise, now, setTimer } from "./natives.ts";
import type { CallOutcome } from "./protocol.ts";
import { resources } from "./resources.ts";
import { describe, describeThrown, isThenable } from "./values.ts";

export interface CallEnd {
  outcome: CallOutcome;
  ms: number;
  value?: unknown;
  error?: unknown;
  thenable: boolean;
}

/** Runs `work` and waits for its promise, but not longer than `withinMs`; not by `within`, whose timers and promises foreign code may have replaced. */
export async function settle(work: () => unknown, withinMs: number): Promise<CallEnd> {
  const from = now();
  const passed = () => Math.round((now() - from) * 10) / 10;
  let value: unknown;
  try {
    value = work();
  } catch (error) {
    return { outcome: "threw", ms: passed(), error, thenable: false };
  }
  if (!isThenable(value)) return { outcome: "returned", ms: passed(), value, thenable: false };
  let timer: NodeJS.Timeout | undefined;
  const late = resources.own(
    () =>
      new NativePromise<CallEnd>((resolve) => {
        timer = setTimer(() => resolve({ outcome: "pending", ms: passed(), thenable: true }), withinMs);
      }),
  );
  const settled = NativePromise.resolve(value).then(
    (result): CallEnd => ({ outcome: "resolved", ms: passed(), value: result, thenable: true }),
    (error: unknown): CallEnd => ({ outcome: "rejected", ms: passed(), error, thenable: true }),
  );
  const outcome = await NativePromise.race([settled, late]);
  clearTimer(timer);
  return outcome;
}

/** Something did not settle within its deadline. */
export class Late extends Error {}

/** The value, or a rejection with the fault, or with `Late` when the deadline passed. */
export async function inTime<T>(work: PromiseLike<T> | T, withinMs: number, what: string): Promise<T> {
  const end = await settle(() => NativePromise.resolve(work), withinMs);
  if (end.outcome === "resolved") return end.value as T;
  if (end.outcome === "pending") throw new Late(`${what} did not settle within ${withinMs} ms`);
  throw end.error;
}

export function outcomeJson({ outcome, ms, value, error, thenable }: CallEnd): Record<string, Json> {
  const ok = outcome === "returned" || outcome === "resolved";
  const body: Record<string, Json> = { ok, outcome, ms, thenable };
  if (ok) body.value = { ...describe(value) };
  if (outcome === "threw" || outcome === "rejected") body.error = { ...describeThrown(error) };
  return body;
}
