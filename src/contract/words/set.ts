// Words of a contract: a value worked out from observations. What they do: drive/verbs/set.ts.
import * as z from "zod";
import { json } from "../shape.ts";
import { says } from "../vocabulary.ts";

const shape = z.looseObject({ value: json });

/** The observation is {ok: true, value}. */
export const setWords = says({
  name: "set",
  about: "Names a value computed from earlier observations; found later as `run.<step>.value`.",
  schema: shape,
  primary: "value",
  targets: ["command", "folder", "url"],
  sees: "value: dyn",
});
