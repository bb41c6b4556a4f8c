// Words of a contract: where a module listens. What they do: drive/verbs/port.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { waitedSeen } from "./fields.ts";

const template = z.string().includes("${");

const portNumber = z.union([z.number().int().min(1).max(65_535), template]).transform(Number);

const duration = z.union([z.string(), z.number()]);

const choosePortArg = z.strictObject({
  fixed: portNumber.describe("where the module listens when it does not let others choose"),
  way: z
    .string()
    .optional()
    .describe("how the module is told the port; what it did once in this way, it will do again"),
  told: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      "environment that tells the port, `{port}` in it: while others use the fixed port, a trial start with it shows whether the module needs that port",
    ),
});

/** The observation is {ok, port, fixed, alone, busy}; `busy`: something else holds the fixed port. */
export const choosePortWords = says({
  name: "choose-port",
  about:
    "Chooses a free port for the module. A module that does not take it gets the fixed port, one scenario on this machine at a time.",
  schema: choosePortArg,
  primary: "fixed",
  targets: ["command", "folder"],
  sees: "port: int, fixed: dyn, alone: dyn, busy: dyn, trial: dyn",
});

const listeningArg = z.strictObject({
  ports: z.array(portNumber).min(1).describe("where it is expected, most wanted first"),
  of: z.string().optional().describe("process of the scenario; default `main`"),
  within: duration.optional(),
});

/** The observation is {ok, port, addresses, waited_ms}, or {ok: false, problem: exited | timeout, elsewhere}. */
export const listeningWords = says({
  name: "listening",
  about: "Waits until the module itself listens on one of the ports, and tells on which and on which addresses.",
  schema: listeningArg,
  targets: ["command", "folder"],
  sees: `port: int, ports: dyn, addresses: list<dyn>, ${waitedSeen}, elsewhere: dyn`,
});
