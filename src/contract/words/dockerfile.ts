// Words of a contract: what a Dockerfile says. What they do: drive/verbs/dockerfile.ts.
import * as z from "zod";
import { says } from "../vocabulary.ts";

const shape = z.strictObject({ file: z.string().min(1).describe("path below the module's folder") });

/**
 * The observation is {ok: it was read and a builder would take it, exists, file, instructions, problems, stages, expose, sources, ignore_file,
 * ignore_problem, positions}; `expose`: the ports of the final image; `sources`: what COPY and ADD take from the folder by its name, `there` and not `hidden` by
 * the file of ignored paths; absent when the folder holds too much to tell; `ignore_problem`: why that file ends the build,
 * {line, message}; `positions`: pointers `/<line>` for findings.
 */
export const dockerfileWords = says({
  name: "dockerfile",
  about: "Reads a Dockerfile as BuildKit does: its instructions with line numbers, and what a builder would refuse.",
  schema: shape,
  primary: "file",
  targets: ["folder"],
});
