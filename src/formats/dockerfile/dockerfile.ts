// Text of a Dockerfile -> its instructions with line numbers, the image it makes, and what a builder would refuse (BuildKit 0.34). Pure.
import type { DockerInstruction } from "./facts.ts";
import { argumentsOf } from "./instructions.ts";
import { heredocOf, type RawInstruction, readLines } from "./lines.ts";
import { checkSignal, portsOf, refuseRemote } from "./references.ts";
import { Scopes } from "./scopes.ts";
import { DockerfileRefusal, expand } from "./words.ts";

export type DockerfileFacts = {
  instructions: DockerInstruction[];
  problems: { line: number; message: string }[];
  stages: number;
  /** Ports of the final image, as `EXPOSE` lists them. */
  expose: number[];
};

/** Later ones take the place of earlier ones. */
const single = new Set(["USER", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
const instructionsMax = 2000;

/** Never throws; a text that is no Dockerfile has problems. */
export function parseDockerfile(text: string): DockerfileFacts {
  const raw = readLines(text);
  const problems = [...raw.problems];
  const scopes = new Scopes(raw.token);
  const instructions: DockerInstruction[] = [];
  const late: { stage: number; line: number; message: string }[] = [];
  for (const one of raw.instructions.slice(0, instructionsMax)) {
    const read = emptyInstruction(one, scopes.stages);
    instructions.push(read);
    refusals(problems, one.line, () => {
      const taken = argumentsOf(one, raw.token);
      Object.assign(read, { words: taken.words, exec: taken.exec, flags: taken.flags });
      if (one.keyword === "FROM") scopes.open(read);
      else if (scopes.stages === 0 && one.keyword !== "ARG") throw new DockerfileRefusal(`${one.keyword} before FROM`);
      const found: { line: number; message: string }[] = [];
      refusals(found, one.line, () => evaluate(read, taken.pairs, scopes));
      late.push(...found.map((problem) => ({ ...problem, stage: scopes.stages })));
    });
  }
  if (!instructions.some(({ keyword }) => keyword === "FROM")) problems.push({ line: 1, message: "no FROM" });
  const used = scopes.reachable(instructions);
  problems.push(
    ...late.filter(({ stage }) => stage === 0 || used.has(stage)).map(({ line, message }) => ({ line, message })),
  );
  problems.sort((a, b) => a.line - b.line);
  mark(instructions, scopes);
  runTime(instructions, scopes);
  const expose = instructions
    .filter(({ keyword, counts }) => keyword === "EXPOSE" && counts)
    .flatMap(({ words }) => ports(words));
  return { instructions, problems, stages: scopes.stages, expose: [...new Set(expose)] };
}

function emptyInstruction({ line, keyword, rest, heredocs }: RawInstruction, stage: number): DockerInstruction {
  const text = [rest, ...heredocs.map(({ content }) => content)].join("\n");
  return { line, keyword, text, words: [], flags: {}, exec: null, stage, counts: false, unset: [], sources: [] };
}

/** What is refused becomes a problem of that line. */
function refusals(problems: { line: number; message: string }[], line: number, body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof DockerfileRefusal)) throw error;
    problems.push({ line, message: error.message });
  }
}

function evaluate(read: DockerInstruction, pairs: { name: string; value: string | undefined }[], scopes: Scopes): void {
  const { keyword } = read;
  if (keyword === "ARG") scopes.arguments(pairs, read);
  else if (keyword === "ENV") scopes.environment(pairs, read);
  else if (keyword === "LABEL") for (const { value } of pairs) scopes.fill(value ?? "", read);
  else if (keyword === "STOPSIGNAL") checkSignal(scopes.fill(read.words[0] ?? "", read).text);
  else if (keyword === "EXPOSE") {
    read.words = read.words.flatMap((word) => scopes.fill(word, read).words);
    if (read.unset.length === 0) ports(read.words, true);
  } else if (keyword === "USER" || keyword === "WORKDIR" || keyword === "VOLUME") {
    read.words = read.words.map((word) => scopes.fill(word, read).text);
  } else if (keyword === "ADD" || keyword === "COPY") copies(read, scopes);
  if (["ARG", "ENV", "EXPOSE", "USER", "WORKDIR"].includes(keyword)) read.text = read.words.join(" ");
}

function copies(read: DockerInstruction, scopes: Scopes): void {
  const from = read.flags.from;
  if (from !== undefined) scopes.checkFrom(from);
  read.words = read.words.map((word) => (heredocOf(word) === undefined ? scopes.fill(word, read).text : word));
  if (from !== undefined) return;
  const sources = read.words.slice(0, -1).filter((word) => heredocOf(word) === undefined);
  read.sources = sources.filter((source) => !refuseRemote(source, read.keyword));
}

/** Of the final image: instructions of its chain of stages, of those that replace each other the last. */
function mark(instructions: DockerInstruction[], scopes: Scopes): void {
  const chain = new Set(scopes.chain());
  const last = new Map<string, DockerInstruction>();
  for (const read of instructions) {
    if (!chain.has(read.stage)) continue;
    read.counts = true;
    if (!single.has(read.keyword)) continue;
    const before = last.get(read.keyword);
    if (before !== undefined) before.counts = false;
    last.set(read.keyword, read);
    // An ENTRYPOINT drops the CMD of the stage that it builds on.
    const command = last.get("CMD");
    if (read.keyword === "ENTRYPOINT" && command !== undefined && command.stage !== read.stage) {
      command.counts = false;
      last.delete("CMD");
    }
  }
}

/** What a shell in the container puts into the commands: ENV of the final image. What is set nowhere stays. */
function runTime(instructions: DockerInstruction[], scopes: Scopes): void {
  const names = scopes.finalEnvironment();
  for (const read of instructions) {
    if (read.exec !== null || !["CMD", "ENTRYPOINT", "HEALTHCHECK"].includes(read.keyword)) continue;
    const get = (name: string) => names.get(name);
    try {
      read.text = expand(read.text, { get, token: "\\", keepUnset: true, rawQuotes: true, rawEscapes: true }).text;
    } catch (error) {
      // A shell takes more than a builder does, such as `$(...)`.
      if (!(error instanceof DockerfileRefusal)) throw error;
    }
    read.words = read.text.split(/\s+/).filter((word) => word !== "");
  }
}

/** Strictly: refuses what is no port. */
function ports(words: string[], strictly = false): number[] {
  return words.flatMap((word) => {
    try {
      return portsOf(word);
    } catch (error) {
      if (strictly || !(error instanceof DockerfileRefusal)) throw error;
      return [];
    }
  });
}
