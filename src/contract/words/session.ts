// Words of a contract: a whole short life of a child in one step. What they do: drive/verbs/session.ts.
import * as z from "zod";
import { json } from "../shape.ts";
import { lastsMs, says, type VerbWords } from "../vocabulary.ts";

const shape = z.strictObject({
  of: json.optional().describe("kept in the observation, to know which element this was"),
  steps: z
    .array(z.record(z.string(), z.record(z.string(), json)))
    .min(1)
    .describe("as in a scenario, with `optional: true` where a step may fail"),
});

/** `hosted`: words of the verbs that it may do. The observation is {ok, of, <step>: its observation}; steps after one that failed are absent. */
export const sessionWords = (hosted: ReadonlyMap<string, VerbWords>) =>
  says({
    name: "session",
    about: "Does several steps with a child of their own, and ends it.",
    schema: shape,
    targets: ["folder"],
    lasts: ({ steps }) =>
      steps
        .flatMap((step) => Object.values(step).flatMap((body) => Object.entries(body)))
        .reduce((sum, [verb, arg]) => sum + lastsMs(hosted.get(verb), arg), 0),
  });
