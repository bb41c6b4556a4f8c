// .dockerignore beside a builder's own walk (moby/patternmatcher 0.6.1, fsutil), and what of COPY it hides.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { sourceOf, wantedSources } from "../../src/formats/dockerfile/context.ts";
import { parseDockerfile } from "../../src/formats/dockerfile/dockerfile.ts";
import { ignored } from "../../src/formats/dockerfile/ignore.ts";

type Vector = { text: string; paths: string[]; seen?: string[]; refused?: string };

const vectors = readFileSync(new URL("../../fixtures/deployment/dockerignore.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

/** Files and the folders they lie in. */
function everything(paths: string[]): string[] {
  const all = paths.flatMap((path) => {
    const parts = path.split("/");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(all)];
}

function agrees({ text, paths, seen, refused }: Vector): boolean {
  const rules = ignored(text);
  const all = everything(paths);
  const shown = (path: string) => !rules.hides(path);
  const ours = all.filter((path) => shown(path) || all.some((one) => one.startsWith(`${path}/`) && shown(one)));
  if (refused !== undefined || rules.problem() !== undefined)
    return refused !== undefined && rules.problem() !== undefined;
  return isDeepStrictEqual(ours.sort(), seen?.sort());
}

describe(".dockerignore beside Docker's walk of a folder", () => {
  it("has many of them, refused ones too", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(300);
    expect(vectors.filter(({ refused }) => refused !== undefined).length).toBeGreaterThanOrEqual(60);
  });

  it("hides the same paths, and ends on the same patterns", () => {
    expect(vectors.filter((vector) => !agrees(vector))).toEqual([]);
  });
});

describe("what COPY takes from the folder", () => {
  const sources = (dockerfile: string) =>
    wantedSources(parseDockerfile(dockerfile).instructions).map(({ path }) => path);

  it("are names, in stages that are built", () => {
    const unbuilt = "FROM a AS test\nCOPY tests/ /t/\nFROM a\nCOPY ./src manifests/../k8s/ /x/\nCOPY a* . /y/\n";
    expect(sources(unbuilt)).toEqual(["src", "k8s"]);
    expect(sources("FROM a AS b\nCOPY one /x\nFROM a\nCOPY --from=b /x /y\n")).toEqual(["one"]);
    expect(sources("FROM a AS b\nONBUILD COPY triggered /x\nFROM b\n")).toEqual(["triggered"]);
  });

  it.each([
    ["src", false, ["src/a.py"], true],
    ["src\n!src/a.py", false, ["src/a.py"], false],
    ["src/*", false, ["src/a.py"], false],
    ["**/*.py", false, ["src/a.py"], false],
    ["*\n!src", false, ["src/a.py"], false],
    ["*\n!src/other", true, ["src/a.py"], undefined],
  ])("%j (cut: %j) hides src with %j: %j", (text, cut, below, hidden) => {
    const wanted = { line: 1, word: "src", path: "src" };
    expect(sourceOf(wanted, { names: ["src"], below, cut }, ignored(text))?.hidden).toBe(hidden);
  });
});
