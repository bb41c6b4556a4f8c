// The peers of a scenario that conform plays: started with it, found by name, seen by expressions, ended with it.
import type { Json } from "../../base/types.ts";
import { expand } from "../../contract/template.ts";
import { type StandIn, startStandIn } from "../../drivers/net/stand-in.ts";
import { state } from "./state.ts";
import type { World } from "./verb.ts";

/** What expressions and templates see as `peers`. */
export interface PeerPlace {
  /** `127.0.0.1:port`. */
  address: string;
  host: string;
  port: number;
  url: string;
}

/** Starts the scenario's stand-ins; they end with the scenario. */
export async function startStandIns(world: World): Promise<void> {
  const stage = {
    limits: world.limits,
    now: world.now,
    pause: world.pause,
    record: world.record,
    evaluate: world.evaluate,
    fill: (value: Json, extra: Record<string, unknown>) => expand(value, (code) => world.evaluate(code, extra)),
  };
  for (const [name, value] of Object.entries(world.scenario.standIns)) {
    const peer = await startStandIn(name, value, stage);
    world.onEnd(() => peer.end());
    standIns(world).set(name, peer);
    peersScope(world)[name] = { address: peer.address, host: "127.0.0.1", port: peer.port, url: peer.url };
  }
}

/** The scenario's stand-ins by name. */
export const standIns = state(() => new Map<string, StandIn>());

/** The name `peers` of expressions and templates; filled when the stand-ins start. */
export const peersScope = state((): { [name: string]: PeerPlace } => ({}));
