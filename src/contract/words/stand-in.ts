// Words of a contract: the peers that conform plays. What they do: drive/verbs/stand-in.ts.
import * as z from "zod";
import { standInModes } from "../../base/events.ts";
import { says } from "../vocabulary.ts";

const duration = z.union([z.string(), z.number()]);

const peerArg = z.strictObject({
  name: z.string(),
  mode: z.enum(standInModes),
  /** Before each answer from now on. */
  delay: duration.optional(),
  /** With `brake`: CEL over `request`, which requests are held. */
  hold: z.string().optional(),
});

export const peerWords = says({
  name: "peer",
  about: "Changes what a stand-in does from now on: up, closed, error, html, silent or brake.",
  schema: peerArg,
  targets: ["command", "folder"],
});

const releaseArg = z.union([z.string(), z.strictObject({ name: z.string() })]);

export const releaseWords = says({
  name: "release",
  about: "Answers all requests that a stand-in's brake holds and lifts the brake.",
  schema: releaseArg,
  primary: "name",
  targets: ["command", "folder"],
});

const awaitRequestArg = z.strictObject({
  /** One stand-in; default all. */
  peer: z.string().optional(),
  /** CEL over `request` (`method`, `path`, `query`, `headers`, `text`, `json`, `index`); default any. */
  where: z.string().optional(),
  /** So many since the scenario's start. */
  count: z.union([z.int().positive(), z.string()]).optional(),
  within: duration.optional(),
  /** Then go on until no further one came for this long. */
  settle: duration.optional(),
});

export const awaitRequestWords = says({
  name: "await-request",
  about: "Waits until the stand-ins were asked what the condition says (requests that came earlier count).",
  schema: awaitRequestArg,
  targets: ["command", "folder"],
});
