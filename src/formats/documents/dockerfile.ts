// Text of a Dockerfile -> its instructions with line numbers, and what a builder would refuse. Pure.
import { DockerfileParser, type Instruction } from "dockerfile-ast";
import { parseJson } from "../../base/json.ts";

/** One instruction; words and text with build arguments of known value put in. */
export type DockerInstruction = {
  line: number;
  keyword: string;
  /** Everything after the keyword and flags, continuation lines joined. */
  text: string;
  words: string[];
  flags: { [name: string]: string };
  /** The exec form's list; null for the shell form. */
  exec: string[] | null;
  /** 0 before the first FROM. */
  stage: number;
  /** FROM only: `tag` and `digest` are empty when absent, `from_stage` says that the image is an earlier stage. */
  image?: { name: string; tag: string; digest: string; as: string; from_stage: boolean };
};

export type DockerfileFacts = {
  instructions: DockerInstruction[];
  problems: { line: number; message: string }[];
  stages: number;
};

const keywords = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);
const execKeywords = new Set(["CMD", "ENTRYPOINT", "RUN", "COPY", "ADD", "SHELL", "VOLUME", "HEALTHCHECK"]);
const needArguments = new Set([...keywords].filter((keyword) => keyword !== "CMD" && keyword !== "ENTRYPOINT"));
const instructionsMax = 2000;

/** Never throws; a text that is no Dockerfile has problems. */
export function parseDockerfile(text: string): DockerfileFacts {
  const values = new Map<string, string>();
  const stages: string[] = [];
  const problems: DockerfileFacts["problems"] = [];
  const instructions = DockerfileParser.parse(text)
    .getInstructions()
    .slice(0, instructionsMax)
    .map((instruction) => {
      const read = describe(instruction, values, stages);
      problems.push(...complaints(read));
      return read;
    });
  const first = instructions.find(({ keyword }) => keyword !== "ARG");
  if (first === undefined) problems.push({ line: 1, message: "no FROM" });
  else if (first.keyword !== "FROM" && keywords.has(first.keyword))
    problems.push({ line: first.line, message: `begins with ${first.keyword} instead of FROM` });
  return { instructions, problems, stages: stages.length };
}

function complaints({ keyword, line, text }: DockerInstruction): { line: number; message: string }[] {
  if (!keywords.has(keyword)) return [{ line, message: `unknown instruction ${keyword.slice(0, 80)}` }];
  if (text === "" && needArguments.has(keyword)) return [{ line, message: `${keyword} without an argument` }];
  return [];
}

function describe(instruction: Instruction, values: Map<string, string>, stages: string[]): DockerInstruction {
  const keyword = instruction.getKeyword();
  const flags = flagsOf(instruction);
  const fill = (word: string) => (keyword === "RUN" ? word : filled(word, values));
  const raw = (instruction.getArgumentsContent() ?? "").trim();
  const words = instruction.getArguments().map((argument) => fill(argument.getValue()));
  const read: DockerInstruction = {
    line: instruction.getRange().start.line + 1,
    keyword,
    text: fill(raw),
    words,
    flags,
    exec: execKeywords.has(keyword) ? execForm(keyword, raw) : null,
    stage: stages.length,
  };
  if (keyword === "ARG" || keyword === "ENV") remember(keyword, words, values);
  if (keyword !== "FROM") return read;
  const image = imageOf(words, stages);
  stages.push(image.as);
  return { ...read, stage: stages.length, image };
}

/** `image[:tag][@digest] [AS name]`; a registry's port is no tag. */
function imageOf(words: string[], stages: string[]): NonNullable<DockerInstruction["image"]> {
  const [reference = "", as = "", name = ""] = words;
  const [rest = "", digest = ""] = reference.split("@");
  const tag = /^(.*):([^:/]*)$/.exec(rest);
  return {
    name: tag?.[1] ?? rest,
    tag: tag?.[2] ?? "",
    digest,
    as: as.toUpperCase() === "AS" ? name.toLowerCase() : "",
    from_stage: reference !== "" && stages.includes(reference.toLowerCase()),
  };
}

function execForm(keyword: string, raw: string): string[] | null {
  const text = keyword === "HEALTHCHECK" ? raw.replace(/^CMD\s+/i, "") : raw;
  const { value } = parseJson(text);
  return Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : null;
}

function flagsOf(instruction: Instruction): { [name: string]: string } {
  if (!("getFlags" in instruction) || typeof instruction.getFlags !== "function") return {};
  const flags: { getName(): string; getValue(): string | null }[] = instruction.getFlags();
  return Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ""]));
}

function remember(keyword: string, words: string[], values: Map<string, string>): void {
  if (keyword === "ENV" && words.length === 2 && !words[0]?.includes("=")) values.set(words[0] ?? "", words[1] ?? "");
  for (const word of words) {
    const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name !== "") values.set(name, value.replace(/^(["'])(.*)\1$/s, "$2"));
  }
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; unknown names stay as they are. */
function filled(word: string, values: Map<string, string>): string {
  return word.replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (whole, bare: string | undefined, braced: string | undefined, otherwise: string | undefined) =>
      values.get(bare ?? braced ?? "") ?? otherwise ?? whole,
  );
}
