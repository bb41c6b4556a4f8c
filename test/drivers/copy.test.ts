// The module's folder is copied, never written to; the copy is where processes start.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copy, startOf, write } from "../../src/drive/verbs/copy.ts";
import { copyModule, writeBelow } from "../../src/drivers/files/module-copy.ts";
import { aWorld, type TestWorld } from "../drive/a-world.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "conform-copy-"));
  for (const folder of ["module/src/pkg", "module/.git", "module/.venv/bin", "module/config"])
    mkdirSync(join(top, folder), { recursive: true });
  for (const file of ["src/pkg/api.py", ".git/HEAD", ".venv/bin/python", "config/old.yaml"])
    writeFileSync(join(top, "module", file), file);
  symlinkSync("src", join(top, "module/link"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const bounds = { filesMax: 100, bytesMax: 10_000 };

function world(): TestWorld {
  const folder = join(top, "module");
  const target = {
    kind: "folder" as const,
    label: "m",
    folder,
    cwd: folder,
    argv: [join(folder, ".venv/bin/python"), "-m", "x"],
  };
  return aWorld(target, { folder: () => Promise.resolve(join(top, "scenario")) });
}

describe("copyModule", () => {
  it("copies files and links, links environments, leaves histories out", async () => {
    const report = await copyModule(join(top, "module"), join(top, "copy"), bounds);
    expect(report).toEqual({ files: 2, bytes: 29, cut: false });
    expect(readFileSync(join(top, "copy/src/pkg/api.py"), "utf8")).toBe("src/pkg/api.py");
    expect(readlinkSync(join(top, "copy/link"))).toBe("src");
    expect(existsSync(join(top, "copy/.git"))).toBe(false);
    expect(lstatSync(join(top, "copy/.venv")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(top, "copy/.venv/bin/python"), "utf8")).toBe(".venv/bin/python");
  });

  it("stops at its bounds and says so", async () => {
    expect(await copyModule(join(top, "module"), join(top, "copy"), { ...bounds, filesMax: 1 })).toMatchObject({
      cut: true,
    });
    expect(await copyModule(join(top, "module"), join(top, "copy2"), { ...bounds, bytesMax: 20 })).toMatchObject({
      cut: true,
    });
  });
});

describe("writeBelow", () => {
  it("writes and removes, and nowhere else", async () => {
    const root = join(top, "module");
    expect(await writeBelow(root, "config/module.yaml", "a: 1\n")).toBe(true);
    expect(readFileSync(join(root, "config/module.yaml"), "utf8")).toBe("a: 1\n");
    expect(await writeBelow(root, "config/old.yaml", null)).toBe(true);
    expect(existsSync(join(root, "config/old.yaml"))).toBe(false);
    expect(
      await Promise.all(["../x", "/etc/x", "a/../../x", "link/x"].map((file) => writeBelow(root, file, "x"))),
    ).toEqual([false, false, false, false]);
    expect(existsSync(join(top, "x"))).toBe(false);
  });
});

describe("the verbs", () => {
  it("start processes in the copy, and write there only", async () => {
    const w = world();
    expect(startOf(w)).toEqual({ argv: w.target.argv, cwd: w.target.cwd });
    expect(await copy.run({}, w)).toMatchObject({ ok: true, files: 2 });
    const place = join(top, "scenario/module");
    expect(startOf(w)).toEqual({ argv: [join(place, ".venv/bin/python"), "-m", "x"], cwd: place });
    expect(await write.run({ file: "config/module.yaml", text: "b: 2\n" }, w)).toMatchObject({ ok: true });
    expect(readFileSync(join(place, "config/module.yaml"), "utf8")).toBe("b: 2\n");
    expect(existsSync(join(top, "module/config/module.yaml"))).toBe(false);
    expect(await write.run({ file: "../out", text: "" }, w)).toMatchObject({ ok: false });
  });

  it("refuse to write into the user's own folder", async () => {
    await expect(write.run({ file: "a", text: "" }, world())).rejects.toThrow("`write` needs a `copy` step");
  });
});
