// Fields shared by the arguments and observations of verbs: numbers and durations may be `${...}` templates, which are values by the time a verb runs.
import * as z from "zod";
import { durationShape } from "../shape.ts";

const template = z.string().includes("${");

/** A number, or a template of one. */
export const number = z.union([z.number(), template]).transform(Number);
/** `5s`, milliseconds, or a template of either. */
export const durationField = z.union([z.number().min(0), durationShape, template]);
/** Name of a process of the scenario; default the module itself. */
export const procName = z.string().optional().describe("process of the scenario; default `main`");

/** What steps observe that wait, as types of the contract language. */
export const waitedSeen = "waited_ms: number";
/** What steps observe that see a process end. */
export const endSeen = "exited: bool, code: dyn, signal: dyn, by: dyn";
