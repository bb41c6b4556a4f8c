// `dockerfile`: what a Dockerfile of the module's folder says, instruction by instruction.
import { ContractError } from "../../base/errors.ts";
import type { ArgOf } from "../../contract/vocabulary.ts";
import { dockerfileWords } from "../../contract/words/dockerfile.ts";
import { readBounded } from "../../drivers/files/files.ts";
import { lyingAt } from "../../drivers/files/lying.ts";
import { type DockerSource, sourceOf, wantedSources } from "../../formats/dockerfile/context.ts";
import { parseDockerfile } from "../../formats/dockerfile/dockerfile.ts";
import type { DockerInstruction } from "../../formats/dockerfile/facts.ts";
import { type IgnoreProblem, ignored } from "../../formats/dockerfile/ignore.ts";
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

interface Context {
  ignore_file?: string;
  ignore_problem?: IgnoreProblem;
  sources?: DockerSource[];
}

/** The build's context is the module's folder; `<file>.dockerignore` comes before `.dockerignore`. */
async function context(
  folder: string,
  file: string,
  instructions: DockerInstruction[],
  world: World,
): Promise<Context> {
  let ignore = { name: "", text: "" };
  for (const name of [".dockerignore", `${file}.dockerignore`]) {
    const read = await readBounded(folder, name, world.limits.fileBytesMax);
    if (read.ok) ignore = { name, text: read.bytes.toString("utf8") };
  }
  const named: Context = ignore.name === "" ? {} : { ignore_file: ignore.name };
  const rules = ignored(ignore.text);
  const sources: DockerSource[] = [];
  for (const wanted of wantedSources(instructions)) {
    const lying = await lyingAt(folder, wanted.path, { deep: rules.exceptions, entriesMax });
    const source = sourceOf(wanted, lying, rules);
    if (source === undefined) {
      world.record("limit", { limit: "max-entries", bound: entriesMax, seen: lying?.below.length ?? 0 });
      return named;
    }
    sources.push(source);
  }
  const problem = rules.problem();
  return problem === undefined ? { ...named, sources } : { ...named, sources, ignore_problem: problem };
}
