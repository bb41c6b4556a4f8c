// Words of a contract: letting time pass. What they do: drive/verbs/wait.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField, endSeen, procName, waitedSeen } from "./fields.ts";

const waitShape = z.strictObject({ for: durationField, of: procName });

/** Lets time pass. The observation is {ok: alive, alive, cpu_ms, busy, waited_ms}; the wait ends early when the process does. `busy`: share of looks at which it had something to do. */
export const waitWords = says({
  name: "wait",
  about: "Lets time pass and tells whether the process still runs and how much CPU time it took.",
  schema: waitShape,
  primary: "for",
  targets: ["command", "folder", "url"],
  lasts: (arg) => arg.for,
  sees: `alive: bool, cpu_ms: number, busy: number, ${waitedSeen}, ${endSeen}`,
});
