// Words of a contract: TCP ports and named locks. What they do: drive/verbs/ports.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField, number } from "./fields.ts";

const pickShape = z.strictObject({
  from: number,
  to: number,
  order: z.enum(["ascending", "random"]).optional().describe("default random"),
  wait: durationField
    .optional()
    .describe(
      "so long for a free port that another run keeps, instead of passing it over: the module itself would take it",
    ),
  reserve: z.boolean().optional().describe("keep it from other runs of conform; default true"),
});

/** The observation is {ok, port, from, to}. */
export const pickPortWords = says({
  name: "pick-port",
  about: "Picks a free TCP port of a range and keeps it from other runs until the scenario ends.",
  schema: pickShape,
  targets: ["command", "folder"],
  sees: "port: int, from: int, to: int",
});

const holdShape = z.strictObject({ port: number });

/** The observation is {ok, port}. */
export const holdPortWords = says({
  name: "hold-port",
  about: "Listens on a port itself, accepts and never answers, until release-port or the scenario's end.",
  schema: holdShape,
  primary: "port",
  targets: ["command", "folder"],
  sees: "port: int",
});

/** The observation is {ok, port, connections}. */
export const releasePortWords = says({
  name: "release-port",
  about: "Gives up a held port and tells how many connections came.",
  schema: holdShape,
  primary: "port",
  targets: ["command", "folder"],
  sees: "port: int, connections: int",
});

const lockShape = z.strictObject({ name: z.string(), within: durationField.optional() });

export const lockWords = says({
  name: "lock",
  about: "Waits for a lock that all runs of conform on this machine share; held until unlock or the scenario's end.",
  schema: lockShape,
  primary: "name",
  targets: ["command", "folder"],
});

export const unlockWords = says({
  name: "unlock",
  about: "Gives up a lock.",
  schema: lockShape,
  primary: "name",
  targets: ["command", "folder"],
});
