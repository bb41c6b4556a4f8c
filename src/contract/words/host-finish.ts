// Words of a contract: the last step of a hosted scenario. What they do: drive/verbs/host-finish.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";
import { durationField } from "./fields.ts";

const finishShape = z.strictObject({
  within: durationField.optional().describe("grace; default 2s"),
  settle: durationField.optional().describe("how long to wait for stray rejections before; default 50ms"),
});

/**
 * The observation is {ok: ended by itself with code 0, exited, code, signal, held_by: [{type, where}], args_changed, globals_added,
 * env_changed, cwd_changed, listeners_added, files, changes, survivors, incidents}.
 */
export const finishWords = says({
  name: "finish",
  about: "Asks nothing more of the child and waits for it to end by itself; then tells what it left behind.",
  schema: finishShape,
  targets: ["folder"],
  primary: "within",
});
