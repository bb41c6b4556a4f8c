// What a build finds at a path of a real folder, links followed.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lyingAt } from "../../src/drivers/files/lying.ts";

const root = mkdtempSync(join(tmpdir(), "lying-"));
mkdirSync(join(root, "app/src"), { recursive: true });
writeFileSync(join(root, "app/src/a.py"), "");
writeFileSync(join(root, "app/src/b.py"), "");
symlinkSync("app/src", join(root, "src"));
symlinkSync("nowhere", join(root, "dangling"));
symlinkSync("/etc", join(root, "outside"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const deep = { deep: true, entriesMax: 100 };

describe("what lies at a path", () => {
  it.each([
    ["app/src/a.py", { names: ["app/src/a.py"], below: [], cut: false }],
    ["app", { names: ["app"], below: ["app/src", "app/src/a.py", "app/src/b.py"], cut: false }],
    ["src", { names: ["src", "app/src"], below: ["app/src/a.py", "app/src/b.py"], cut: false }],
    ["src/a.py", { names: ["src/a.py", "app/src/a.py"], below: [], cut: false }],
    ["dangling", undefined],
    ["outside/passwd", undefined],
    ["absent", undefined],
  ])("%s", async (path, lying) => {
    expect(await lyingAt(root, path, deep)).toEqual(lying);
  });

  it("says when it is not all of it", async () => {
    expect(await lyingAt(root, "app/src", { deep: true, entriesMax: 1 })).toMatchObject({ cut: true });
  });
});
