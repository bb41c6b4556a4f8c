// `set`: names a value computed from earlier observations.
import * as z from "zod";
import { json } from "../../contract/shape.ts";
import type { Verb } from "./verb.ts";

const shape = z.looseObject({ value: json });

/** The observation is {ok: true, value}. */
export const set: Verb<z.infer<typeof shape>> = {
  name: "set",
  about: "Names a value computed from earlier observations; found later as `run.<step>.value`.",
  schema: shape,
  primary: "value",
  targets: ["command", "folder", "url"],
  run: (arg) => Promise.resolve({ ok: true, value: arg.value }),
};
