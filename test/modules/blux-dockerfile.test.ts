// Dockerfiles as people write them, judged beside the reference's files. Expectations were written first.
import { describe, expect, it } from "vitest";
import { accused, deployed, given, judgedBy } from "./deployed.ts";

const original = given("Dockerfile");
const top = original.slice(0, original.indexOf("USER blux"));
const rest = original.slice(original.indexOf("USER blux"));
const health = /HEALTHCHECK.*\\\n.*\n/.exec(original)?.[0] ?? "";
const swapped = (from: string, to: string) => {
  if (!original.includes(from)) throw new Error(`nothing to edit: ${from}`);
  return original.replace(from, () => to);
};

const fair: [string, string][] = [
  ["stages inherit", `${original.replace("slim\n", "slim AS base\n")}\nFROM base AS final\nLABEL a=b\n`],
  ["a stage for tests that is not built", `FROM python:3.11-slim AS test\nCOPY absent/ /x/\n${original}`],
  [
    "what ONBUILD of a stage brings",
    `${top.replace("slim\n", "slim AS base\n")}ONBUILD USER blux\nONBUILD EXPOSE 8000\nFROM base\n${rest.replace("USER blux\nEXPOSE 8000\n", "")}`,
  ],
  ["a quoted port", swapped("EXPOSE 8000", 'EXPOSE "8000"')],
  ["a port with a default", swapped("EXPOSE 8000", "EXPOSE ${PORT:-8000}/tcp")],
  ["a range of ports", swapped("EXPOSE 8000", "EXPOSE 7999-8001")],
  ["a port from ENV over an ARG before it", swapped("EXPOSE 8000", "ARG P=1\nENV P=8000\nEXPOSE $P")],
  ["a user by number and group", swapped("USER blux", "USER 1000:1000")],
  ["a user in quotes", swapped("USER blux", "USER 'blux'")],
  ["root for a while", swapped("USER blux", "USER root\nRUN true\nUSER blux")],
  ["an exec health check", swapped(health, 'HEALTHCHECK CMD ["curl", "-f", "http://localhost:8000/health"]\n')],
  ["a later health check wins", swapped(health, `HEALTHCHECK NONE\n${health}`)],
  ["comments inside a command", swapped("    curl \\\n", "    # for the health check\n    curl \\\n\n")],
  [
    "here-documents",
    swapped("USER blux", 'RUN <<-"EOF"\n\tUSER root\n\tEOF\nCOPY <<conf /etc/x\nUSER root\nconf\nUSER blux'),
  ],
  [
    "names with globs",
    swapped(
      "COPY --chown=blux:blux requirements.txt .",
      "COPY --chown=blux:blux requirement?.txt requirements*.txt ./",
    ),
  ],
  [
    "names in quotes and as a list",
    swapped("manifests/ ./manifests/", '"manifests/" \'./manifests/\'\nCOPY ["README.md", "./"]'),
  ],
  ["everything", swapped("COPY --chown=blux:blux src/ ./src/", "COPY . .")],
  [
    "parents, links and modes",
    swapped("COPY --chown=blux:blux src/", "COPY --link --chmod=u=rwX,go=rX --parents ./src"),
  ],
  [
    "an address and a repository",
    swapped("USER blux", "ADD https://x.example/a.txt git@github.com:a/b.git#v1 /d/\nUSER blux"),
  ],
  [
    "mounts",
    swapped(
      "RUN pip",
      "RUN --mount=type=cache,target=/root/.cache --mount=type=bind,source=requirements.txt,target=r.txt pip",
    ),
  ],
  ["ENTRYPOINT and CMD together", swapped('CMD ["python", "-m", "src', 'ENTRYPOINT ["python"]\nCMD ["-m", "src')],
  ["a digest beside the tag", swapped("slim\n", `slim@sha256:${"0".repeat(64)}\n`)],
  ["Windows line ends and small letters", original.replaceAll("\n", "\r\n").replace("USER blux", "user blux")],
  ["syntax and escape said", `# syntax=docker/dockerfile:1\n# escape=\`\n${original.replace(/\\\n/g, "`\n")}`],
];

const faults: [string, string, string[]][] = [
  ["root in quotes", swapped("USER blux", "USER 'root'"), ["non-root"]],
  ["root by default", swapped("USER blux", "USER ${U-root}"), ["non-root"]],
  ["root by number", swapped("USER blux", "USER 0:0"), ["non-root"]],
  [
    "root from ONBUILD",
    `${original.replace("slim\n", "slim AS base\n")}\nONBUILD USER root\nFROM base\n`,
    ["non-root"],
  ],
  ["another port by expansion", swapped("EXPOSE 8000", "EXPOSE ${P:+8000}9000"), ["healthcheck"]],
  ["HEALTHCHECK without CMD", swapped("    CMD curl", "    curl"), ["parses"]],
  ["ENV without a value", swapped("USER blux", "ENV APP\nUSER blux"), ["parses"]],
  ["COPY of one word", swapped("USER blux", "COPY src\nUSER blux"), ["parses"]],
  ["a comment behind FROM", swapped("slim\n", "slim # base\n"), ["parses"]],
  ["an open here-document", swapped("USER blux", "RUN <<EOF\nUSER blux"), ["parses"]],
  ["a stage that begins with a digit", swapped("slim\n", "slim AS 1st\n"), ["parses"]],
  ["no mode", swapped("--chown=blux:blux src/", "--chmod=abc src/"), ["parses"]],
  ["a mount over everything", swapped("RUN useradd", "RUN --mount=type=bind useradd"), ["parses"]],
  ["a later stage", swapped("USER blux", "COPY --from=1 /a /b\nUSER blux"), ["parses"]],
  ["a variable as stage", swapped("USER blux", "COPY --from=$X /a /b\nUSER blux"), ["parses"]],
  [
    "what ONBUILD brings is refused",
    `FROM python:3.11 AS base\nONBUILD COPY one\n${original.replace("python:3.11-slim", "base")}`,
    ["parses"],
  ],
  [
    "a file that is not there",
    swapped("COPY --chown=blux:blux requirements.txt .", "COPY requirements.lock ."),
    ["copy-sources"],
  ],
  [
    "a shell form",
    swapped('CMD ["python", "-m", "src.sample_blux_module.api"]', "CMD python -m src.sample_blux_module.api"),
    ["command"],
  ],
];

const ignores: [string, string[]][] = [
  ["tests\n*.md\n", []],
  ["*\n!src\n!manifests\n!requirements.txt\n", []],
  ["**/*.py\n!src/**/*.py\n", []],
  ["src\n", ["copy-sources"]],
  ["**\n!src/**\n", ["copy-sources"]],
  ["requirements*\n", ["copy-sources"]],
  ["[\n", ["copy-sources"]],
];

const judged = (files: { [file: string]: string }) => judgedBy("docker/", deployed(Object.keys(files), files));

describe("Dockerfiles as people write them", () => {
  it.each(fair)("draw no accusation: %s", async (_, text) => {
    expect(accused("docker/", await judged({ Dockerfile: text }))).toEqual([]);
  });

  it.each(faults)("are seen: %s", async (_, text, wanted) => {
    expect(accused("docker/", await judged({ Dockerfile: text }))).toEqual(wanted);
  });

  it.each(ignores)(".dockerignore %j", async (text, wanted) => {
    expect(accused("docker/", await judged({ ".dockerignore": text }))).toEqual(wanted);
  });
});
