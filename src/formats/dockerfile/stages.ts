// Stages of a Dockerfile and what they need of each other: `COPY --from`, `RUN --mount=from`, which of them are built at all. Pure.
import type { DockerInstruction } from "./facts.ts";
import { mountFields } from "./mounts.ts";
import { checkReference } from "./references.ts";
import { DockerfileRefusal } from "./words.ts";

export interface DockerStage {
  /** In lower case; empty when it has none. */
  name: string;
  /** Number of the stage it builds on, else 0. */
  base: number;
}

export interface DockerProblem {
  line: number;
  message: string;
  /** It counts only when this stage is built; 0: always. */
  stage: number;
}

/** What one instruction takes from: `stage` 0 is an image or the folder. */
interface Need {
  read: DockerInstruction;
  from: string;
  stage: number;
}

export interface StageGraph {
  /** Stages that the last one needs, itself among them. */
  built: Set<number>;
  problems: DockerProblem[];
}

/** `late`: instructions that only a built stage gets (triggers). Stages count from 1. */
export function stageGraph(
  stages: DockerStage[],
  instructions: DockerInstruction[],
  late: Set<DockerInstruction>,
): StageGraph {
  const problems: DockerProblem[] = [];
  const needs: Need[] = [];
  // Images that something is copied from get the next numbers behind the stages.
  let known = stages.length;
  const early = instructions.filter((read) => !late.has(read));
  for (const read of [...early, ...instructions.filter((one) => late.has(one))]) {
    if (read.stage === 0) continue;
    const only = late.has(read) ? read.stage : 0;
    for (const { from, copies } of sourcesOf(read)) {
      const byNumber = copies && /^[+-]?\d+$/.test(from);
      const index = Number(from);
      if (byNumber && (index < 0 || index >= known)) {
        problems.push({ line: read.line, message: `COPY --from=${from}: there is no such stage`, stage: only });
        continue;
      }
      const stage = byNumber ? (index < stages.length ? index + 1 : 0) : numberOf(stages, from);
      if (!byNumber && stage === 0) known++;
      if (stage === 0 && !byNumber && from !== "" && from !== "scratch") refuseImage(from, read, only, problems);
      needs.push({ read, from, stage });
    }
  }
  for (const need of needs) {
    const { read, from, stage } = need;
    if (stage === 0) continue;
    const circle = !late.has(read) && reaches(needs, late, stage, read.stage);
    const before = circle ? `the stage itself needs what ${from} is made of` : "it is a later stage";
    if (circle || stage >= read.stage)
      problems.push({
        line: read.line,
        message: `${read.keyword} from ${from}: ${stage === read.stage ? "it is the stage itself" : before}`,
        stage: circle ? 0 : read.stage,
      });
  }
  return { built: builtOf(stages, needs), problems };
}

function refuseImage(from: string, { line }: DockerInstruction, stage: number, problems: DockerProblem[]): void {
  try {
    checkReference(from);
  } catch (error) {
    if (!(error instanceof DockerfileRefusal)) throw error;
    problems.push({ line, message: `${error.message}, nor is it a stage`, stage });
  }
}

/** Names of stages or images; empty: an unnamed source, which takes a number too. */
function sourcesOf({ keyword, flags }: DockerInstruction): { from: string; copies: boolean }[] {
  if (keyword === "COPY")
    return flags.from === undefined || flags.from === "" ? [] : [{ from: flags.from, copies: true }];
  if (keyword !== "RUN" || flags.mount === undefined) return [];
  return flags.mount.split("\n").map((mount) => ({ from: fromOf(mount), copies: false }));
}

function fromOf(mount: string): string {
  try {
    const fields = mountFields(mount).filter((field) => /^from=/i.test(field));
    return (fields.at(-1) ?? "from=").slice("from=".length);
  } catch (error) {
    // Told where the instruction is read.
    if (!(error instanceof DockerfileRefusal)) throw error;
    return "";
  }
}

function numberOf(stages: DockerStage[], name: string): number {
  return name === "" ? 0 : stages.findLastIndex((stage) => stage.name === name.toLowerCase()) + 1;
}

function reaches(needs: Need[], late: Set<DockerInstruction>, from: number, to: number): boolean {
  const seen = new Set<number>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { read, stage } of needs) if (read.stage === at && stage > 0 && !late.has(read)) queue.push(stage);
  }
  return false;
}

function builtOf(stages: DockerStage[], needs: Need[]): Set<number> {
  const built = new Set<number>();
  const queue = stages.length === 0 ? [] : [stages.length];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === 0 || built.has(at)) continue;
    built.add(at);
    queue.push(stages[at - 1]?.base ?? 0);
    for (const { read, stage } of needs) if (read.stage === at) queue.push(stage);
  }
  return built;
}
