// `dockerfile`: what a Dockerfile of the module's folder says, instruction by instruction.
import * as z from "zod";
import { ContractError } from "../../base/errors.ts";
import { readBounded } from "../../drivers/files/files.ts";
import { parseDockerfile } from "../../formats/documents/dockerfile.ts";
import type { Verb } from "./verb.ts";

const shape = z.strictObject({ file: z.string().min(1).describe("path below the module's folder") });

/**
 * The observation is {ok: it was read and a builder would take it, exists, file, instructions, problems, stages, expose, positions}; `expose`:
 * the ports of the last stage; `positions`: pointers `/<line>` for findings.
 */
export const dockerfile: Verb<z.infer<typeof shape>> = {
  name: "dockerfile",
  about: "Reads a Dockerfile: its instructions with line numbers, and what a builder would refuse.",
  schema: shape,
  primary: "file",
  targets: ["folder"],
  async run({ file }, world) {
    const { folder } = world.target;
    if (folder === undefined) throw new ContractError("this target has no folder");
    const read = await readBounded(folder, file, world.limits.fileBytesMax);
    if (!read.ok) return { ok: false, exists: read.kind !== "absent", file, kind: read.kind, problem: read.problem };
    const { instructions, problems, stages } = parseDockerfile(read.bytes.toString("utf8"));
    const last = instructions.filter(({ stage }) => stage === stages);
    const expose = last
      .filter(({ keyword }) => keyword === "EXPOSE")
      .flatMap(({ words }) => words.map((word) => Number(word.split("/")[0])))
      .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
    const lines = [...instructions, ...problems].map(({ line }) => [`/${line}`, [line, 1]]);
    return {
      ok: problems.length === 0,
      exists: true,
      file,
      instructions,
      problems,
      stages,
      expose,
      positions: Object.fromEntries(lines),
    };
  },
};
