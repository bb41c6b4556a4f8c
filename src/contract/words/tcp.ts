// Words of a contract: raw bytes to a port. What they do: drive/verbs/tcp.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField, number } from "./fields.ts";

const shape = z.strictObject({
  host: z.string().optional().describe("a loopback address; default 127.0.0.1"),
  port: number,
  text: z.string().optional(),
  base64: z.string().optional(),
  pieces: number.optional().describe("send it in so many pieces"),
  gap: durationField.optional(),
  hold: durationField.optional().describe("keep the connection open so long after sending"),
  finish: z.enum(["wait", "end", "reset"]).optional().describe("default: wait for the peer to close"),
  background: z.boolean().optional().describe("go on once it is sent; the connection stays open to the scenario's end"),
  within: durationField.optional(),
});

/** The observation is {ok, connected, problem, received, bytes, closed_by, ms}. */
export const tcpWords = says({
  name: "tcp",
  about:
    "Opens a TCP connection to the module, sends bytes, and tells what came back; to a running service only with --unsafe-probes.",
  schema: shape,
  primary: "port",
  targets: ["command", "folder", "url"],
});
