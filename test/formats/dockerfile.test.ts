// Dockerfiles as facts with line numbers.
import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../../src/formats/dockerfile/dockerfile.ts";

const usual = `# syntax=docker/dockerfile:1
ARG VERSION=3.11
FROM --platform=linux/amd64 registry:5000/python:\${VERSION}-slim@sha256:${"0".repeat(64)} AS Base
ENV PORT=8000
RUN apt-get update \\
 && apt-get install -y curl
COPY --chown=a:b src/ requirements.txt ./app/
FROM base
RUN <<EOF
echo COPY nothing
EOF
USER blux
EXPOSE \${PORT}/tcp
HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://localhost:8000/health"]
CMD ["python", "-m", "src.x.api"]
`;

describe("parseDockerfile", () => {
  it("gives lines, words, flags and forms", () => {
    const { instructions, problems, stages } = parseDockerfile(usual);
    expect(problems).toEqual([]);
    expect(stages).toBe(2);
    expect(instructions.map(({ line, keyword, stage }) => [line, keyword, stage])).toEqual([
      [2, "ARG", 0],
      [3, "FROM", 1],
      [4, "ENV", 1],
      [5, "RUN", 1],
      [7, "COPY", 1],
      [8, "FROM", 2],
      [9, "RUN", 2],
      [12, "USER", 2],
      [13, "EXPOSE", 2],
      [14, "HEALTHCHECK", 2],
      [15, "CMD", 2],
    ]);
    expect(instructions[1]?.image).toEqual({
      name: "registry:5000/python",
      tag: "3.11-slim",
      digest: `sha256:${"0".repeat(64)}`,
      as: "base",
      from_stage: false,
    });
    expect(instructions[4]).toMatchObject({
      words: ["src/", "requirements.txt", "./app/"],
      flags: { chown: "a:b" },
      exec: null,
    });
    expect(instructions[5]?.image).toMatchObject({ name: "base", tag: "", from_stage: true });
    expect(instructions[8]?.words).toEqual(["8000/tcp"]);
    expect(instructions[9]?.exec).toEqual(["curl", "-f", "http://localhost:8000/health"]);
    expect(instructions[10]?.exec).toEqual(["python", "-m", "src.x.api"]);
  });

  it("knows the shell form", () => {
    expect(parseDockerfile("FROM a\nCMD python -m x\nCMD ['a']\n").instructions.map(({ exec }) => exec)).toEqual([
      null,
      null,
      null,
    ]);
  });

  it.each([
    ['FROM a\n"""\nRUN x\n', [{ line: 2, message: 'unknown instruction """' }]],
    ["RUN x\nFROM a\n", [{ line: 1, message: "RUN before FROM" }]],
    ["", [{ line: 1, message: "no FROM" }]],
    ["FROM a\nUSER\n", [{ line: 2, message: "USER without an argument" }]],
    ["from a\nrun x\n", []],
  ])("finds what a builder would refuse in %j", (text, problems) => {
    expect(parseDockerfile(text).problems).toEqual(problems);
  });
});
