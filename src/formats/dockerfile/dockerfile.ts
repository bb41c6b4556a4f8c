// Text of a Dockerfile -> its instructions with line numbers, the image it makes, and what a builder would refuse (BuildKit 0.34). Pure.
import type { DockerInstruction } from "./facts.ts";
import { checkCopy, checkMounts, checkWritten } from "./flags.ts";
import { argumentsOf } from "./instructions.ts";
import { heredocOf, type RawInstruction, readInstructionLines } from "./lines.ts";
import { checkSignal, portsOf, refuseRemote } from "./references.ts";
import { Scopes } from "./scopes.ts";
import { type DockerProblem, stageGraph } from "./stages.ts";
import { DockerfileRefusal, expandWord } from "./words.ts";

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
  const raw = readInstructionLines(text);
  const reading = new Reading(raw.token);
  for (const one of raw.instructions.slice(0, instructionsMax)) reading.take(one);
  const { instructions, scopes } = reading;
  const graph = stageGraph(scopes.links, instructions, reading.triggered);
  const found = [...reading.problems, ...graph.problems].filter(({ stage }) => stage === 0 || graph.built.has(stage));
  const problems = [...raw.problems, ...found.map(({ line, message }) => ({ line, message }))];
  if (!instructions.some(({ keyword }) => keyword === "FROM")) problems.push({ line: 1, message: "no FROM" });
  problems.sort((a, b) => a.line - b.line);
  for (const read of instructions) read.built = graph.built.has(read.stage);
  mark(instructions, scopes);
  runTime(instructions, scopes);
  const expose = instructions
    .filter(({ keyword, counts }) => keyword === "EXPOSE" && counts)
    .flatMap(({ words }) => ports(words));
  return { instructions, problems, stages: scopes.stages, expose: [...new Set(expose)] };
}

/** Instructions taken one after the other. */
class Reading {
  readonly instructions: DockerInstruction[] = [];
  readonly problems: DockerProblem[] = [];
  /** Those that ONBUILD of another stage brought. */
  readonly triggered = new Set<DockerInstruction>();
  readonly scopes: Scopes;
  readonly #token: string;
  readonly #triggers: { stage: number; raw: RawInstruction }[] = [];

  constructor(token: string) {
    this.#token = token;
    this.scopes = new Scopes(token);
  }

  take(raw: RawInstruction): void {
    this.#read(raw, this.#token, false);
    if (raw.keyword === "ONBUILD") this.#triggers.push({ stage: this.scopes.stages, raw });
    if (raw.keyword !== "FROM") return;
    const base = this.scopes.links.at(-1)?.base;
    for (const one of this.#triggers.filter(({ stage }) => stage === base && stage > 0)) this.#trigger(one.raw);
  }

  /** What ONBUILD holds is read where the next stage begins, with `\\` as its escape. */
  #trigger(raw: RawInstruction): void {
    const closed = raw.heredocs.map(({ name, content }) => `\n${content}${content === "" ? "" : "\n"}${name}`);
    const inner = readInstructionLines(`${raw.rest}${closed.join("")}`);
    const stage = this.scopes.stages;
    this.problems.push(...inner.problems.map(({ message }) => ({ line: raw.line, message, stage })));
    for (const one of inner.instructions) this.#read({ ...one, line: raw.line }, inner.token, true);
  }

  #read(raw: RawInstruction, token: string, late: boolean): void {
    const { scopes } = this;
    const read = emptyInstruction(raw, scopes.stages);
    this.instructions.push(read);
    if (late) this.triggered.add(read);
    this.#refusals(raw.line, late ? scopes.stages : 0, () => {
      const taken = argumentsOf(raw, token);
      Object.assign(read, { words: taken.words, exec: taken.exec, flags: taken.flags });
      checkWritten(read);
      if (raw.keyword === "FROM") scopes.open(read);
      else if (scopes.stages === 0 && raw.keyword !== "ARG") throw new DockerfileRefusal(`${raw.keyword} before FROM`);
      this.#refusals(raw.line, scopes.stages, () => evaluate(read, taken.pairs, scopes));
    });
  }

  /** What is refused becomes a problem of that line. */
  #refusals(line: number, stage: number, body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!(error instanceof DockerfileRefusal)) throw error;
      this.problems.push({ line, message: error.message, stage });
    }
  }
}

function emptyInstruction({ line, keyword, rest, heredocs }: RawInstruction, stage: number): DockerInstruction {
  const text = [rest, ...heredocs.map(({ content }) => content)].join("\n");
  return {
    line,
    keyword,
    text,
    words: [],
    flags: {},
    exec: null,
    stage,
    built: false,
    counts: false,
    unset: [],
    sources: [],
  };
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
    if (keyword === "WORKDIR") scopes.work(read.words[0] ?? "");
  } else if (keyword === "ADD" || keyword === "COPY") copies(read, scopes);
  else if (keyword === "RUN") checkMounts(read, scopes.workdir, (word) => known(word, read, scopes));
  if (["ARG", "ENV", "EXPOSE", "USER", "WORKDIR"].includes(keyword)) read.text = read.words.join(" ");
}

function copies(read: DockerInstruction, scopes: Scopes): void {
  const from = read.flags.from ?? "";
  read.words = read.words.map((word) => (heredocOf(word) === undefined ? scopes.fill(word, read).text : word));
  const sources = read.words.slice(0, -1).filter((word) => heredocOf(word) === undefined);
  const local = sources.filter((source) => !refuseRemote(source, read.keyword));
  if (from === "") read.sources = local;
  checkCopy(read, (word) => known(word, read, scopes));
}

/** A word's value, undefined when the base image could give one of its names another. */
function known(word: string, read: DockerInstruction, scopes: Scopes): string | undefined {
  const probe = { ...read, unset: [] };
  const { text } = scopes.fill(word, probe);
  read.unset = [...new Set([...read.unset, ...probe.unset])];
  return probe.unset.length > 0 ? undefined : text;
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
      read.text = expandWord(read.text, { get, token: "\\", keepUnset: true, rawQuotes: true, rawEscapes: true }).text;
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
