// Scopes of a Dockerfile: which stage builds on which, and what `$NAME` is worth at each place. Pure.
import { posix } from "node:path";
import type { DockerInstruction } from "./facts.ts";
import { checkPlatform } from "./flags.ts";
import { checkReference } from "./references.ts";
import type { DockerStage as Link } from "./stages.ts";
import { DockerfileRefusal, type Expanded, expandWord } from "./words.ts";

type Pairs = { name: string; value: string | undefined }[];

interface DockerStage extends Link {
  scratch: boolean;
  /** Of the container; undefined when only the base image knows it. */
  workdir: string | undefined;
  /** ARG and ENV: what the builder puts in. */
  names: Map<string, string>;
  /** ENV alone: what the container has. */
  environment: Map<string, string>;
}

/** Images of the official library that set no WORKDIR. */
const withoutWorkdir =
  /^(?:docker\.io\/)?(?:library\/)?(?:alpine|buildpack-deps|debian|python|scratch|ubuntu)(?:[:@]|$)/;

/** What BuildKit gives every FROM. */
const platform = new Map([
  ["BUILDPLATFORM", "linux/amd64"],
  ["BUILDOS", "linux"],
  ["BUILDOSVERSION", ""],
  ["BUILDARCH", "amd64"],
  ["BUILDVARIANT", ""],
  ["TARGETPLATFORM", "linux/amd64"],
  ["TARGETOS", "linux"],
  ["TARGETOSVERSION", ""],
  ["TARGETARCH", "amd64"],
  ["TARGETVARIANT", ""],
  ["TARGETSTAGE", "default"],
]);

export class Scopes {
  readonly #token: string;
  readonly #stages: DockerStage[] = [];
  readonly #global = new Map(platform);
  /** Names that an ARG anywhere declares: without a value they are empty, whatever the base image has. */
  readonly #declared = new Set<string>();

  constructor(token: string) {
    this.#token = token;
  }

  get stages(): number {
    return this.#stages.length;
  }

  get links(): Link[] {
    return this.#stages;
  }

  get workdir(): string | undefined {
    return this.#stages.at(-1)?.workdir;
  }

  /** FROM: a new stage. */
  open(read: DockerInstruction): void {
    const [written = "", , as = ""] = read.words;
    const given = (text: string) =>
      expandWord(text, { get: (name) => this.#global.get(name), token: this.#token }).text;
    const reference = given(written);
    const base = this.#stages.findLastIndex(({ name }) => name !== "" && name === reference) + 1;
    const below = this.#stages[base - 1];
    this.#stages.push({
      name: as.toLowerCase(),
      base,
      scratch: below?.scratch ?? reference === "scratch",
      workdir: below === undefined ? (withoutWorkdir.test(reference) ? "/" : undefined) : below.workdir,
      names: new Map(below?.names),
      environment: new Map(below?.environment),
    });
    read.stage = this.stages;
    read.text = [reference, ...read.words.slice(1)].join(" ");
    read.words = [reference, ...read.words.slice(1)];
    read.image = { ...parts(reference), as: as.toLowerCase(), from_stage: base > 0 };
    if (reference === "") throw new DockerfileRefusal(`the image ${written} is empty: an ARG before FROM has no value`);
    if (base === 0 && reference !== "scratch") checkReference(reference);
    const platformWanted = read.flags.platform;
    if (platformWanted === undefined || platformWanted === "") return;
    if (given(platformWanted) === "") throw new DockerfileRefusal("--platform is empty");
    checkPlatform(given(platformWanted));
  }

  /** WORKDIR: on top of the one before. */
  work(folder: string): void {
    const stage = this.#stages.at(-1);
    if (stage === undefined) return;
    if (folder.startsWith("/")) stage.workdir = posix.normalize(folder);
    else if (stage.workdir !== undefined) stage.workdir = posix.join(stage.workdir, folder);
  }

  arguments(pairs: Pairs, read: DockerInstruction): void {
    const stage = this.#stages.at(-1);
    const names = stage?.names ?? this.#global;
    read.words = [];
    for (const { name, value } of pairs) {
      this.#declared.add(name);
      const filled = value === undefined ? stage && this.#global.get(name) : this.fill(value, read).text;
      if (filled !== undefined) names.set(name, filled);
      read.words.push(filled === undefined ? name : `${name}=${filled}`);
    }
  }

  environment(pairs: Pairs, read: DockerInstruction): void {
    const stage = this.#stages.at(-1);
    if (stage === undefined) return;
    // One instruction sees what stood before it, not its own names.
    const filled = pairs.map(({ name, value }): [string, string] => [
      this.fill(name, read).text,
      this.fill(value ?? "", read).text,
    ]);
    for (const [name, value] of filled) {
      stage.names.set(name, value);
      stage.environment.set(name, value);
    }
    read.words = filled.map(([name, value]) => `${name}=${value}`);
  }

  /** A word as the builder sees it; names that only the base image may give go to `unset`. */
  fill(word: string, read: DockerInstruction): Expanded {
    const stage = this.#stages.at(-1);
    const names = stage?.names ?? this.#global;
    const filled = expandWord(word, { get: (name) => names.get(name), token: this.#token });
    const open = stage === undefined || stage.scratch ? [] : filled.unset.filter((name) => !this.#declared.has(name));
    read.unset = [...new Set([...read.unset, ...open])];
    return filled;
  }

  /** Numbers of the last stage and of all it builds on. */
  chain(): number[] {
    const numbers: number[] = [];
    for (let at = this.stages; at > 0; at = this.#stages[at - 1]?.base ?? 0) numbers.push(at);
    return numbers;
  }

  finalEnvironment(): Map<string, string> {
    return this.#stages.at(-1)?.environment ?? new Map();
  }
}

/** `image[:tag][@digest]`; a registry's port is no tag. */
function parts(reference: string): { name: string; tag: string; digest: string } {
  const [rest = "", digest = ""] = reference.split("@");
  const tag = /^(.*):([^:/]*)$/s.exec(rest);
  return { name: tag?.[1] ?? rest, tag: tag?.[2] ?? "", digest };
}
