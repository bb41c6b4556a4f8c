// Stages of a Dockerfile: which builds on which, and what `$NAME` is worth at each place. Pure.
import type { DockerInstruction } from "./facts.ts";
import { checkReference } from "./references.ts";
import { DockerfileRefusal, type Expanded, expand } from "./words.ts";

type Pairs = { name: string; value: string | undefined }[];

interface Stage {
  name: string;
  /** Number of the stage it builds on, else 0. */
  base: number;
  scratch: boolean;
  /** ARG and ENV: what the builder puts in. */
  names: Map<string, string>;
  /** ENV alone: what the container has. */
  environment: Map<string, string>;
}

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
  readonly #stages: Stage[] = [];
  readonly #global = new Map(platform);
  /** Names that an ARG anywhere declares: without a value they are empty, whatever the base image has. */
  readonly #declared = new Set<string>();

  constructor(token: string) {
    this.#token = token;
  }

  get stages(): number {
    return this.#stages.length;
  }

  /** FROM: a new stage. */
  open(read: DockerInstruction): void {
    const [written = "", , as = ""] = read.words;
    const given = (text: string) => expand(text, { get: (name) => this.#global.get(name), token: this.#token }).text;
    const reference = given(written);
    const base = this.#stages.findLastIndex(({ name }) => name !== "" && name === reference) + 1;
    const below = this.#stages[base - 1];
    this.#stages.push({
      name: as.toLowerCase(),
      base,
      scratch: below?.scratch ?? reference === "scratch",
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
    if (platformWanted !== undefined && given(platformWanted) === "")
      throw new DockerfileRefusal("--platform is empty");
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
    const filled = expand(word, { get: (name) => names.get(name), token: this.#token });
    const open = stage === undefined || stage.scratch ? [] : filled.unset.filter((name) => !this.#declared.has(name));
    read.unset = [...new Set([...read.unset, ...open])];
    return filled;
  }

  /** `COPY --from=`: a name, or the number of an earlier stage, nothing expanded. */
  checkFrom(from: string): void {
    if (expand(from, { get: () => undefined, token: this.#token }).text !== from)
      throw new DockerfileRefusal("COPY --from takes no variable");
    if (/^[+-]?\d+$/.test(from)) {
      if (Number(from) >= 0 && Number(from) < this.stages - 1) return;
      throw new DockerfileRefusal(`COPY --from=${from}: there is no such stage before`);
    }
    const own = this.#stages.at(-1)?.name;
    if (own !== "" && own === from.toLowerCase() && this.#numberOf(from) === this.stages)
      throw new DockerfileRefusal(`COPY --from=${from} is the stage itself`);
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

  /** Stages that the final one needs: only they are built. */
  reachable(instructions: DockerInstruction[]): Set<number> {
    const found = new Set<number>();
    const queue = this.stages === 0 ? [] : [this.stages];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (at === 0 || found.has(at)) continue;
      found.add(at);
      queue.push(this.#stages[at - 1]?.base ?? 0);
      for (const { stage, flags } of instructions) {
        if (stage !== at) continue;
        const mounts = [...(flags.mount ?? "").matchAll(/(?:^|[,\n])from=([^,\n]*)/g)].map(([, name = ""]) => name);
        for (const name of [flags.from ?? "", ...mounts]) queue.push(this.#numberOf(name));
      }
    }
    return found;
  }

  #numberOf(name: string): number {
    if (/^\d+$/.test(name)) return Number(name) + 1 <= this.stages ? Number(name) + 1 : 0;
    return name === "" ? 0 : this.#stages.findLastIndex((stage) => stage.name === name.toLowerCase()) + 1;
  }
}

/** `image[:tag][@digest]`; a registry's port is no tag. */
function parts(reference: string): { name: string; tag: string; digest: string } {
  const [rest = "", digest = ""] = reference.split("@");
  const tag = /^(.*):([^:/]*)$/s.exec(rest);
  return { name: tag?.[1] ?? rest, tag: tag?.[2] ?? "", digest };
}
