// Words of a contract: who listens on which port. What they do: drive/verbs/listeners.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField, number, procName } from "./fields.ts";

const watchShape = z.strictObject({ for: durationField, of: procName });

/**
 * The observation is {ok: it was looked at closely, or listened, ports, waited_ms, blind_ms: the longest time between two looks}, and `blind: true`
 * where conform itself had no time to look; it ends with the process.
 */
export const watchListenersWords = says({
  name: "watch-listeners",
  about: "Watches for a time, or until the process ends, which TCP ports the process listens on.",
  schema: watchShape,
  primary: "for",
  targets: ["command", "folder"],
  lasts: (arg) => arg.for,
});

const freeShape = z.strictObject({
  port: number,
  within: durationField.optional(),
  of: procName.describe("a process that has ended: a port that somebody else has taken since then counts as free"),
});

/** The observation is {ok: it became free, port, waited_ms}, and `left`: names of processes that the ended one left behind, where there are any. */
export const awaitFreePortWords = says({
  name: "await-free-port",
  about: "Waits until a port of the loopback address can be bound again.",
  schema: freeShape,
  primary: "port",
  targets: ["command", "folder"],
});

const takenShape = z.strictObject({ from: number, to: number });

/** The observation is {ok: true, taken: [port, ...]}. */
export const takenPortsWords = says({
  name: "taken-ports",
  about: "Tells which TCP ports of a range somebody listens on.",
  schema: takenShape,
  targets: ["command", "folder"],
  sees: "taken: list<int>",
});
