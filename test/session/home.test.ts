// A program's module folder: its own, one above it up to the project's root, or none.
import { describe, expect, it } from "vitest";
import type { Look, PathKind } from "../../src/base/pointed.ts";
import { atHome } from "../../src/session/home.ts";

const contract = { targets: ["command", "folder"] as ("command" | "folder")[], detect: { files: ["manifest.toml"] } };

/** A file system of these files; folders are what they lie in. */
function lookAt(files: string[]): Look {
  const at = (path: string): PathKind => {
    if (files.includes(path)) return { kind: "file", executable: true, script: false };
    return files.some((file) => file.startsWith(`${path}/`)) ? { kind: "folder" } : { kind: "missing" };
  };
  return {
    at,
    files: (folder) =>
      files.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1)),
    absolute: (path) => path,
    folderOf: (path) => path.replace(/\/[^/]+$/, "") || "/",
    shown: (path) => `shown:${path}`,
    join: (folder, name) => `${folder === "/" ? "" : folder}/${name}`,
  };
}

function homeOf(program: string, files: string[], contracts = [contract]) {
  const look = lookAt([program, ...files]);
  const folder = look.folderOf(program);
  const target = { kind: "command" as const, label: program, argv: [program], folder, cwd: folder };
  const { target: found } = atHome({ target, files: look.files(folder) }, contracts, look);
  return { folder: found.folder, home: found.home, cwd: found.cwd };
}

describe("the folder of a program", () => {
  it("is its own where the manifest is beside it", () => {
    expect(homeOf("/p/module", ["/p/manifest.toml"])).toEqual({ folder: "/p", home: undefined, cwd: "/p" });
  });

  it.each(["Cargo.toml", "go.mod", "package.json", "pyproject.toml", ".git/config"])(
    "is found above it up to the project's root, which %s marks; processes start where the program is",
    (mark) => {
      const found = homeOf("/p/target/debug/mod", ["/p/manifest.toml", `/p/${mark}`]);
      expect(found).toEqual({ folder: "/p", home: "shown:/p", cwd: "/p/target/debug" });
    },
  );

  it("is none where the project has no manifest, and nothing above the project counts", () => {
    const none = { folder: undefined, home: undefined, cwd: "/x/p/bin" };
    expect(homeOf("/x/p/bin/mod", ["/x/p/go.mod"])).toEqual(none);
    expect(homeOf("/x/p/bin/mod", ["/x/p/go.mod", "/x/manifest.toml"])).toEqual(none);
    expect(homeOf("/x/p/bin/mod", ["/x/p/manifest.toml"]), "no project").toEqual(none);
  });

  it("is the nearest of several", () => {
    const files = ["/p/package.json", "/p/manifest.toml", "/p/m/manifest.toml"];
    expect(homeOf("/p/m/dist/mod", files)).toMatchObject({ folder: "/p/m" });
  });

  it("is the program's own for a contract that names no files", () => {
    expect(homeOf("/p/mod", [], [{ ...contract, detect: { files: [] } }])).toMatchObject({ folder: "/p" });
  });
});
