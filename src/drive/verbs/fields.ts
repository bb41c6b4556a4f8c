// Field shapes shared by verbs: numbers and durations may be `${...}` templates, which are values by the time a verb runs.
import * as z from "zod";

const template = z.string().includes("${");

/** A number, or a template of one. */
export const number = z.union([z.number(), template]).transform(Number);
/** `5s`, milliseconds, or a template of either. */
export const duration = z.union([
  z.number().min(0),
  z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'must be a duration such as "250ms", "5s" or "2m"'),
  template,
]);
/** Name of a process of the scenario; default the module itself. */
export const procName = z.string().optional().describe("process of the scenario; default `main`");
