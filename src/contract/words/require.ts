// Words of a contract: a gate. What they do: drive/verbs/require.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const shape = z.strictObject({ holds: z.string().describe("CEL condition") });

/** The observation is {ok: did it hold}. */
export const requireWords = says({
  name: "require",
  about: "Stops the scenario unless a condition holds.",
  schema: shape,
  primary: "holds",
  targets: ["command", "folder", "url"],
  sees: "holds: dyn",
});
