// `tcp`: raw bytes to the module's port, for what no HTTP client would send.
import { within } from "../../base/deadline.ts";
import { ContractError } from "../../base/errors.ts";
import type { Observation } from "../../base/types.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { tcpWords } from "../../contract/words/tcp.ts";
import { type TcpRequest, talk } from "../../drivers/net/raw-tcp.ts";
import type { Verb, World } from "./verb.ts";

export const tcp: Verb<ArgOf<typeof tcpWords>> = {
  ...tcpWords,
  run(arg, world) {
    const peer = peerOf(arg, world);
    if ("skipped" in peer) return Promise.resolve({ ok: false, skipped: peer.skipped });
    return arg.background ? inBackground(arg, peer, world) : talk(requestOf(arg, peer, world, world.signal));
  },
};

type Peer = { host: string; port: number };

/** Loopback for a module that conform started, the URL's own host and port for a service. */
function peerOf(arg: ArgOf<typeof tcpWords>, world: World): Peer | { skipped: string } {
  const host = arg.host ?? "127.0.0.1";
  if (world.target.url === undefined) {
    if (!/^(127\.\d+\.\d+\.\d+|::1)$/.test(host)) throw new ContractError(`tcp: ${host} is not a loopback address`);
    return { host, port: arg.port };
  }
  if (!world.unsafeProbes) return { skipped: "raw bytes could disturb a running service; --unsafe-probes allows them" };
  const url = new URL(world.target.url);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
  };
}

function requestOf(arg: ArgOf<typeof tcpWords>, peer: Peer, world: World, signal: AbortSignal): TcpRequest {
  const bytes = arg.base64 === undefined ? Buffer.from(arg.text ?? "") : Buffer.from(arg.base64, "base64");
  const size = Math.max(1, Math.ceil(bytes.length / Math.max(1, arg.pieces ?? 1)));
  const send: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) send.push(bytes.subarray(at, at + size));
  const silent = send.length === 0 && arg.hold === undefined;
  return {
    ...peer,
    send,
    gapMs: world.pause(arg.gap, 0),
    holdMs: world.pause(arg.hold, 0),
    finish: arg.finish ?? (silent ? "reset" : "wait"),
    readBytesMax: 64 * 1024,
    deadlineMs: world.deadline(arg.within, "2s"),
    signal,
  };
}

/** The observation is {ok, connected}; the connection is closed at the scenario's end. */
async function inBackground(arg: ArgOf<typeof tcpWords>, peer: Peer, world: World): Promise<Observation> {
  const end = new AbortController();
  world.onEnd(() => end.abort());
  const request = requestOf(arg, peer, world, end.signal);
  const begun = new Promise<Observation>((resolve) => {
    const sent = (): void => resolve({ ok: true, connected: true });
    void talk({ ...request, deadlineMs: 600_000, onSent: sent }).then(resolve);
  });
  return (await within(begun, request.deadlineMs)) ?? { ok: false, connected: false, problem: "ETIMEDOUT" };
}
