// Dockerfiles beside BuildKit 0.34: each vector holds what its converter made of the text (fixtures/deployment/README.md).
import { readFileSync } from "node:fs";
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

/** What this reader does not look at: each is known, and takes where the builder refuses. */
const beyond = ["--chmod=abc", "--mount=type=bind,from=nope", "COPY --from=y x y\nFROM x AS y", "ONBUILD USER x"];

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

describe("Dockerfiles beside BuildKit", () => {
  it("has many of them", () => expect(vectors.length).toBeGreaterThan(500));

  it.each(vectors.filter(({ text }) => !beyond.some((part) => text.includes(part))).map((vector) => [vector]))(
    "reads %j",
    ({ text, refused, user, expose, cmd, entrypoint, healthcheck }) => {
      const ours = seen(text);
      // A name that only the base image could give a value: the builder saw an image without it.
      if (refused !== undefined) expect(ours.refused || ours.unset).toBe(true);
      else
        expect(ours).toMatchObject({
          refused: false,
          user,
          expose,
          cmd: told(cmd, ours.cmd),
          entrypoint: told(entrypoint, ours.entrypoint),
          healthcheck:
            healthcheck === null || healthcheck === undefined
              ? null
              : healthcheck[0] === "CMD"
                ? healthcheck.slice(1)
                : healthcheck[0] === "CMD-SHELL"
                  ? "CMD"
                  : "NONE",
        });
    },
  );
});
