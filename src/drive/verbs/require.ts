// `require`: a gate. The scenario goes on only when the condition holds.
import * as z from "zod";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({ holds: z.string().describe("CEL condition") });

/** The observation is {ok: did it hold}. */
export const requireVerb: Verb<z.infer<typeof shape>> = {
  name: "require",
  about: "Stops the scenario unless a condition holds.",
  schema: shape,
  primary: "holds",
  raw: true,
  targets: ["command", "folder", "url"],
  run: (arg, world, extra) => Promise.resolve({ ok: world.evaluate(arg.holds, extra) === true }),
};
