// Verbs over the peers that conform plays: change what a peer does, let held answers go, wait until it was asked something.
import { ContractError, didYouMean } from "../../base/errors.ts";
import type { PeerRequest } from "../../base/events.ts";
import type { Json, Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { awaitRequestWords, peerWords, releaseWords } from "../../contract/words/stand-in.ts";
import type { StandIn } from "../../drivers/net/stand-in.ts";
import { holds } from "../../drivers/net/stand-in-spec.ts";
import { standIns } from "./peers.ts";
import type { Verb, World } from "./verb.ts";

const shownMax = 200;

export const peerVerb: Verb<ArgOf<typeof peerWords>> = {
  ...peerWords,
  raw: true,
  async run({ name, mode, delay, hold }, world) {
    const peer = find(world, name);
    const before = peer.mode;
    await peer.setMode(mode, { ...(delay === undefined ? {} : { delay }), ...(hold === undefined ? {} : { hold }) });
    return { ok: true, peer: name, mode, before };
  },
};

export const releaseVerb: Verb<ArgOf<typeof releaseWords>> = {
  ...releaseWords,
  async run(arg, world) {
    const name = typeof arg === "string" ? arg : arg.name;
    return { ok: true, peer: name, released: await find(world, name).release() };
  },
};

export const awaitRequestVerb: Verb<ArgOf<typeof awaitRequestWords>> = {
  ...awaitRequestWords,
  raw: true,
  async run({ peer, where, count, within, settle }, world) {
    const peers = peer === undefined ? [...standIns(world).values()] : [find(world, peer)];
    const wanted =
      typeof count === "string" ? Number(world.evaluate(count.replace(/^\$\{([^}]*)\}$/, "$1"))) : (count ?? 1);
    const from = world.now();
    const counter = new Counter(peers, (request) => where === undefined || holds(where, request, world.evaluate));
    try {
      const reached = await counter.reach(wanted, world.deadline(within, "5s"), world.signal);
      if (reached && settle !== undefined) await counter.settle(world.pause(settle, 0), world.signal);
      return observation(counter.matched, reached, Math.round((world.now() - from) * 1000));
    } finally {
      counter.stop();
    }
  },
};

/** `requests` holds the first 200; `count` all of them. */
function observation(matched: PeerRequest[], ok: boolean, waitedMs: number): Observation {
  const requests: Json[] = matched.slice(0, shownMax).map((request) => ({ ...request }));
  return { ok, count: matched.length, waited_ms: waitedMs, request: requests[0] ?? null, requests };
}

function find(world: World, name: string): StandIn {
  const peers = standIns(world);
  const peer = peers.get(name);
  if (peer === undefined) throw new ContractError(`no stand-in is called "${name}"${didYouMean(name, peers.keys())}`);
  return peer;
}

/** Counts the requests that match, those already there included. */
class Counter {
  readonly matched: PeerRequest[] = [];
  readonly #stops: (() => void)[];
  #changed: () => void = () => {};

  constructor(peers: StandIn[], matches: (request: PeerRequest) => boolean) {
    const take = (request: PeerRequest) => {
      if (!matches(request)) return;
      this.matched.push(request);
      this.#changed();
    };
    const earlier = peers.flatMap((peer) => peer.requests).toSorted((a, b) => a.t - b.t);
    for (const request of earlier) take(request);
    this.#stops = peers.map((peer) => peer.onRequest(take));
  }

  async reach(count: number, withinMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.matched.length >= count) return true;
    return await this.#until(withinMs, signal, (done) => {
      if (this.matched.length >= count) done(true);
    });
  }

  async settle(quietMs: number, signal: AbortSignal): Promise<void> {
    let more = true;
    while (more && !signal.aborted) more = await this.#until(quietMs, signal, (done) => done(true));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Resolves with what `onChange` says, or with false after the time or on abort. */
  #until(ms: number, signal: AbortSignal, onChange: (done: (value: boolean) => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (value: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
        this.#changed = () => {};
        resolve(value);
      };
      const aborted = () => done(false);
      const timer = setTimeout(() => done(false), ms);
      signal.addEventListener("abort", aborted, { once: true });
      this.#changed = () => onChange(done);
      if (signal.aborted) done(false);
    });
  }
}
