// `dockerfile`: what a Dockerfile of the module's folder says, instruction by instruction.
import { ContractError } from "../../base/errors.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { dockerfileWords } from "../../contract/words/dockerfile.ts";
import { readBounded } from "../../drivers/files/files.ts";
import { listFolder } from "../../drivers/files/folders.ts";
import { type DockerSource, sourcesOf } from "../../formats/dockerfile/context.ts";
import { parseDockerfile } from "../../formats/dockerfile/dockerfile.ts";
import type { DockerInstruction } from "../../formats/dockerfile/facts.ts";
import type { Verb, World } from "./verb.ts";

const entriesMax = 20_000;

export const dockerfile: Verb<ArgOf<typeof dockerfileWords>> = {
  ...dockerfileWords,
  async run({ file }, world) {
    const { folder } = world.target;
    if (folder === undefined) throw new ContractError("this target has no folder");
    const read = await readBounded(folder, file, world.limits.fileBytesMax);
    if (!read.ok) return { ok: false, exists: read.kind !== "absent", file, kind: read.kind, problem: read.problem };
    const { instructions, problems, stages, expose } = parseDockerfile(read.bytes.toString("utf8"));
    const lines = [...instructions, ...problems].map(({ line }) => [`/${line}`, [line, 1]]);
    return {
      ok: problems.length === 0,
      exists: true,
      file,
      instructions,
      problems,
      stages,
      expose,
      ...(await context(folder, file, instructions, world)),
      positions: Object.fromEntries(lines),
    };
  },
};

/** The build's context is the module's folder; `<file>.dockerignore` comes before `.dockerignore`. */
async function context(
  folder: string,
  file: string,
  instructions: DockerInstruction[],
  world: World,
): Promise<{ ignore_file?: string; sources?: DockerSource[] }> {
  const list = await listFolder(folder, { globs: ["**"], skip: [], entriesMax, depthMax: 32 });
  if (!list.ok || list.limits.length > 0) {
    world.record("limit", { limit: "max-entries", bound: entriesMax, seen: list.entries.length });
    return {};
  }
  let ignore = { name: "", text: "" };
  for (const name of [".dockerignore", `${file}.dockerignore`]) {
    const read = await readBounded(folder, name, world.limits.fileBytesMax);
    if (read.ok) ignore = { name, text: read.bytes.toString("utf8") };
  }
  const paths = list.entries.map(({ path }) => path);
  const sources = sourcesOf(instructions, paths, ignore.text);
  return ignore.name === "" ? { sources } : { ignore_file: ignore.name, sources };
}
