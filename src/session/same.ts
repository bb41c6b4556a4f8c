// When an earlier verdict can stand: nothing has changed that it was made of.
import { sha256 } from "../base/io.ts";
import { canonical } from "../base/json.ts";
import type { Json } from "../base/types.ts";
import { dayOf } from "../judge/baseline.ts";
import { type Prepared, readsPeers } from "./session.ts";

/**
 * sha256 over what is asked of a run beside module, contract and version of conform: selection, parameters, how it is started, patience, baseline.
 * Of headers, environment and secret parameters the names alone: a digest of short secrets could be guessed. `today`: since entries of a
 * baseline expire, a run that has one is the same on one day only.
 */
export function askedDigest({ contract, options, baseline, pinned }: Prepared, today: Date): string {
  const { env = {}, headers = {}, params = {}, jobs: _, transcript: _t, contract: _c, baseline: _b, ...rest } = options;
  const open = Object.entries(params).filter(([name]) => contract.params[name]?.secret !== true);
  const words = {
    ...rest,
    env: Object.keys(env).sort(),
    headers: Object.keys(headers).sort(),
    params: Object.fromEntries(open),
    secrets: Object.keys(params).length - open.length,
    pinned: pinned ?? null,
    baseline:
      baseline === undefined || baseline.entries.length === 0 ? null : { ...baseline, day: dayOf(today.toISOString()) },
  };
  return `sha256:${sha256(canonical(JSON.parse(JSON.stringify(words)) as Json))}`;
}

/** Can the verdict on a module outlive its run? Not where it depends on others, whose change nobody would notice. */
export function outlives({ contract, target }: Prepared): boolean {
  return !readsPeers(contract) || (target.peers ?? []).length === 0;
}
