// `tcp`: raw bytes to the module's port, for what no HTTP client would send.
import { z } from "zod";
import { talk } from "../drivers/raw-tcp.ts";
import { duration, number } from "./fields.ts";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({
  host: z.string().optional().describe("a loopback address; default 127.0.0.1"),
  port: number,
  text: z.string().optional(),
  base64: z.string().optional(),
  pieces: number.optional().describe("send it in so many pieces"),
  gap: duration.optional(),
  hold: duration.optional().describe("keep the connection open so long after sending"),
  finish: z.enum(["wait", "end", "reset"]).optional().describe("default: wait for the peer to close"),
  within: duration.optional(),
});

/** The observation is {ok, connected, problem, received, bytes, closed_by, ms}. */
export const tcp: Verb<z.infer<typeof shape>> = {
  name: "tcp",
  about: "Opens a TCP connection on loopback, sends bytes, and tells what came back.",
  schema: shape,
  primary: "port",
  targets: ["command", "folder"],
  async run(arg, world) {
    const host = arg.host ?? "127.0.0.1";
    if (!/^(127\.\d+\.\d+\.\d+|::1)$/.test(host))
      return { ok: false, connected: false, problem: "not a loopback address" };
    const bytes = arg.base64 === undefined ? Buffer.from(arg.text ?? "") : Buffer.from(arg.base64, "base64");
    const size = Math.max(1, Math.ceil(bytes.length / Math.max(1, arg.pieces ?? 1)));
    const send: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) send.push(bytes.subarray(at, at + size));
    const deadlineMs = world.deadline(arg.within, "2s");
    const silent = send.length === 0 && arg.hold === undefined;
    return talk({
      host,
      port: arg.port,
      send,
      gapMs: world.pause(arg.gap, 0),
      holdMs: world.pause(arg.hold, 0),
      finish: arg.finish ?? (silent ? "reset" : "wait"),
      readBytesMax: 64 * 1024,
      deadlineMs,
      signal: world.signal,
    });
  },
};
