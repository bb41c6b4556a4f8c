// Dockerfiles beside BuildKit 0.34: each vector holds what its converter made of the text (fixtures/deployment/README.md).
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../../src/formats/dockerfile/dockerfile.ts";
import type { DockerInstruction } from "../../src/formats/dockerfile/facts.ts";

type Vector = {
  text: string;
  refused?: string;
  user?: string;
  expose?: number[];
  cmd?: string[] | null;
  entrypoint?: string[] | null;
  healthcheck?: string[] | null;
};

const vectors = readFileSync(new URL("../../fixtures/deployment/dockerfiles.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

/** The exec form as it stands; of the shell form only that it is one. */
function commandOf(read: DockerInstruction | undefined): string[] | "shell" | null {
  if (read === undefined || (read.exec === null && read.text === "")) return null;
  return read.exec ?? "shell";
}

function seen(text: string) {
  const { instructions, problems, expose } = parseDockerfile(text);
  const last = (keyword: string) => instructions.find((read) => read.counts && read.keyword === keyword);
  const health = last("HEALTHCHECK");
  return {
    refused: problems.length > 0,
    unset: instructions.some(({ counts, unset }) => counts && unset.length > 0),
    user: last("USER")?.words[0] ?? "",
    expose: [...expose].sort((a, b) => a - b),
    cmd: commandOf(last("CMD")),
    entrypoint: commandOf(last("ENTRYPOINT")),
    healthcheck: health === undefined ? null : (health.exec ?? health.text.split(/\s/)[0]?.toUpperCase()),
  };
}

function told(command: string[] | null | undefined, ours: string[] | "shell" | null) {
  if (ours === "shell") return /^(\/bin\/)?(ba)?sh$/.test(command?.[0] ?? "") ? "shell" : command;
  // A bare CMD is a shell without a command.
  if (ours === null) return command?.length === 0 || command?.[0] === "/bin/sh" ? null : (command ?? null);
  return command;
}

/** A name that only the base image could give a value: the builder saw an image without it. */
function agrees({ text, refused, user, expose, cmd, entrypoint, healthcheck }: Vector): boolean {
  const ours = seen(text);
  if (refused !== undefined) return ours.refused || ours.unset;
  const health = healthcheck?.[0] === "CMD" ? healthcheck.slice(1) : shellOrNone(healthcheck?.[0]);
  return isDeepStrictEqual(
    { ...ours, unset: false },
    {
      refused: false,
      unset: false,
      user,
      expose,
      cmd: told(cmd, ours.cmd),
      entrypoint: told(entrypoint, ours.entrypoint),
      healthcheck: health,
    },
  );
}

const shellOrNone = (word: string | undefined) => (word === undefined ? null : word === "CMD-SHELL" ? "CMD" : "NONE");

describe("Dockerfiles beside BuildKit", () => {
  it("has many of them", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(840);
    expect(vectors.filter(({ refused }) => refused !== undefined).length).toBeGreaterThan(300);
  });

  it("reads all of them as BuildKit does", () => {
    expect(vectors.filter((vector) => !agrees(vector))).toEqual([]);
  });
});
