// Reading, listing and searching folders that hold pipes, devices, links, lies and too much.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { globDepth, globMatcher } from "../../src/base/glob.ts";
import type { Observation, Target } from "../../src/base/types.ts";
import { grepVerb, listVerb, readVerb } from "../../src/drive/verbs/files.ts";
import type { Verb } from "../../src/drive/verbs/verb.ts";
import { readDocument } from "../../src/drivers/files/files.ts";
import { aWorld, limits, type TestWorld } from "../drive/a-world.ts";

let root: string;
let world: TestWorld;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "conform-files-"));
  const target: Target = { kind: "folder", label: "./m", folder: root };
  world = aWorld(target);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Buffer = ""): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function run<A>(verb: Verb<A>, arg: object): Promise<Observation> {
  return verb.run(verb.schema.parse(arg), world);
}

const read = (file: string, more: object = {}) => run(readVerb, { file, ...more });

describe("read", () => {
  test("gives data, hash, size and places", async () => {
    put("conf/module.yaml", "name: kv\nversion: 1.0\n");
    expect(await read("conf/module.yaml")).toEqual({
      ok: true,
      exists: true,
      file: "conf/module.yaml",
      kind: "file",
      format: "yaml",
      bytes: 22,
      sha256: createHash("sha256").update("name: kv\nversion: 1.0\n").digest("hex"),
      executable: false,
      data: { name: "kv", version: 1 },
      positions: { "": [1, 1], "/name": [1, 7], "/version": [2, 10] },
    });
    put("run.sh", "#!/bin/sh\n");
    chmodSync(join(root, "run.sh"), 0o755);
    expect(await read("run.sh")).toMatchObject({ ok: true, format: "text", text: "#!/bin/sh\n", executable: true });
    expect(await read("run.sh", { format: "json" })).toMatchObject({ ok: false, problem: { kind: "syntax", line: 1 } });
    expect(await read("conf/module.yaml", { text: true })).toMatchObject({ text: "name: kv\nversion: 1.0\n" });
  });

  test("what is not there is no good end, unless it is optional", async () => {
    expect(await read("no.json")).toMatchObject({
      ok: false,
      exists: false,
      kind: "absent",
      problem: { kind: "absent" },
    });
    expect(await read("no.json", { optional: true })).toMatchObject({ ok: true, exists: false });
    put("file", "x");
    expect(await read("file/no.json", { optional: true })).toMatchObject({ ok: true, exists: false });
  });

  test("H73 a named pipe is named, at once", async () => {
    execFileSync("mkfifo", [join(root, "module.yaml")]);
    expect(await read("module.yaml")).toMatchObject({
      ok: false,
      exists: true,
      kind: "fifo",
      problem: { kind: "not-a-file" },
    });
    symlinkSync("module.yaml", join(root, "link.yaml"));
    expect(await read("link.yaml", { optional: true })).toMatchObject({ ok: false, kind: "fifo" });
  });

  test("H74 folders, sockets, devices and huge files are no manifests", async () => {
    mkdirSync(join(root, "dir.json"));
    expect(await read("dir.json")).toMatchObject({ ok: false, kind: "folder" });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "s.json"), resolve));
    expect(await read("s.json")).toMatchObject({ ok: false, kind: "socket" });
    await new Promise((resolve) => server.close(resolve));
    symlinkSync("/dev/zero", join(root, "zero.json"));
    expect(await read("zero.json")).toMatchObject({ ok: false, kind: "link", problem: { kind: "outside" } });
    put("sparse.json");
    truncateSync(join(root, "sparse.json"), 1e9);
    expect(await read("sparse.json")).toMatchObject({
      ok: false,
      kind: "file",
      bytes: 1e9,
      problem: { kind: "too-large" },
    });
    expect(world.recorded).toMatchObject([
      { kind: "limit", data: { limit: "fileBytesMax", bound: limits.fileBytesMax } },
    ]);
  });

  test("a device itself is not opened; a size that is a lie is not believed", async () => {
    expect(await readDocument("/dev", "zero", { bytesMax: 100 })).toMatchObject({ ok: false, kind: "device" });
    const status = await readDocument("/proc/self", "status", { bytesMax: 1_000_000 });
    expect(status).toMatchObject({ ok: true, kind: "file", text: expect.stringContaining("Pid:") });
    expect(await readDocument("/proc/self", "status", { bytesMax: 20 })).toMatchObject({
      ok: false,
      problem: { kind: "too-large" },
    });
  });

  test("H75 links: inside they are followed, out of the folder or in circles they are not", async () => {
    put("real.json", "[1]");
    put("../conform-outside.json", "[2]");
    mkdirSync(join(root, "sub"));
    symlinkSync("../real.json", join(root, "sub/in.json"));
    symlinkSync("../../conform-outside.json", join(root, "sub/out.json"));
    symlinkSync("/", join(root, "all"));
    symlinkSync("b.json", join(root, "a.json"));
    symlinkSync("a.json", join(root, "b.json"));
    symlinkSync("nothing", join(root, "dangling.json"));
    expect(await read("sub/in.json")).toMatchObject({ ok: true, data: [1] });
    expect(await read("sub/out.json")).toMatchObject({ ok: false, kind: "link", problem: { kind: "outside" } });
    expect(await read("all/etc/hostname")).toMatchObject({ ok: false, kind: "link", problem: { kind: "outside" } });
    expect(await read("a.json")).toMatchObject({ ok: false, kind: "link", problem: { kind: "loop" } });
    expect(await read("dangling.json", { optional: true })).toMatchObject({ ok: false, problem: { kind: "dangling" } });
    for (const path of ["../conform-outside.json", "/etc/hostname", "sub/../../conform-outside.json", "a\0b"]) {
      expect(await read(path)).toMatchObject({ ok: false, problem: { kind: "path" } });
    }
    rmSync(join(root, "../conform-outside.json"));
  });

  test("text must be UTF-8", async () => {
    put("bad.txt", Buffer.from("one\ntw\xe9\n", "latin1"));
    expect(await read("bad.txt")).toMatchObject({ ok: false, problem: { kind: "encoding", line: 2 } });
    put("good.txt", "é𝄞\n");
    expect(await read("good.txt")).toMatchObject({ ok: true, text: "é𝄞\n" });
  });

  test("a bomb is refused in bounded time", async () => {
    put("deep.json", "[".repeat(500_000));
    put("wide.yaml", `a: &a [${"x,".repeat(50_000)}]\nb: [${"*a,".repeat(1000)}]\n`);
    expect(await read("deep.json")).toMatchObject({ ok: false, problem: { kind: "depth" } });
    expect(await read("wide.yaml")).toMatchObject({ ok: false, problem: { kind: "alias", line: 2 } });
  });
});

describe("list", () => {
  test("names everything once, sorted, and follows no link", async () => {
    put("src/kv/api.py", "x");
    put("README.md", "hi");
    put("node_modules/a/index.js");
    chmodSync(put("scripts/run.sh"), 0o750);
    symlinkSync("..", join(root, "src/up"));
    symlinkSync("/etc/passwd", join(root, "passwd"));
    const all = await run(listVerb, {});
    expect(all).toMatchObject({ ok: true, folder: basename(root), count: 9, skipped: ["node_modules"] });
    const entries = all.entries as { path: string }[];
    expect(entries.map(({ path }) => path)).toEqual(
      [
        "README.md",
        "node_modules",
        "passwd",
        "scripts",
        "scripts/run.sh",
        "src",
        "src/kv",
        "src/kv/api.py",
        "src/up",
      ].sort(),
    );
    expect(entries).toContainEqual({
      path: "README.md",
      name: "README.md",
      kind: "file",
      bytes: 2,
      mode: expect.stringMatching(/^6/),
      executable: false,
    });
    expect(entries).toContainEqual(expect.objectContaining({ path: "scripts/run.sh", mode: "750", executable: true }));
    expect(entries).toContainEqual(
      expect.objectContaining({ path: "src/up", kind: "link", link: { to: "..", inside: true } }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ path: "passwd", link: { to: "/etc/passwd", inside: false } }),
    );
  });

  test("globs choose; deep folders are entered only when a glob reaches them", async () => {
    for (const path of ["src/a/api.py", "src/b/api.py", "src/b/x/api.py", "tests/t.py", `${"d/".repeat(30)}deep.py`])
      put(path);
    const paths = async (glob: string | string[]) => {
      const list = await run(listVerb, { glob });
      expect(list.ok).toBe(true);
      return (list.entries as { path: string }[]).map(({ path }) => path);
    };
    expect(await paths("src/*/api.py")).toEqual(["src/a/api.py", "src/b/api.py"]);
    expect(await paths(["src/*", "!src/b"])).toEqual(["src/a"]);
    const deep = await run(listVerb, { glob: "**/*.py" });
    expect(deep).toMatchObject({ ok: false, limits: [{ limit: "depthMax", bound: 16 }], problem: { kind: "limit" } });
  });

  test("too many entries are a limit, not a long wait", async () => {
    for (let i = 0; i < 60; i++) put(`many/${i}`);
    put("top.txt");
    const list = await run(listVerb, { "max-entries": 50 });
    expect(list).toMatchObject({ ok: false, limits: [{ limit: "entriesMax", bound: 50 }] });
    expect((list.entries as { path: string }[]).map(({ path }) => path)).toContain("top.txt");
    expect(world.recorded).toMatchObject([{ kind: "limit", data: { limit: "entriesMax" } }]);
  });
});

describe("grep", () => {
  test("finds lines with their groups", async () => {
    put("src/a.py", "# ANCHOR: one\r\nx = 1\n# ANCHOR_END: one\n");
    put("src/b.bin", Buffer.from([0, 1, 2, 65, 78, 67, 72, 79, 82]));
    put("c.md", "anchor: two\n");
    const found = await run(grepVerb, { pattern: "(ANCHOR|ANCHOR_END):\\s*([a-z]+)(x)?$", glob: "src/**" });
    expect(found).toEqual({
      ok: true,
      matches: [
        { path: "src/a.py", line: 1, column: 3, text: "# ANCHOR: one", groups: ["ANCHOR", "one", null] },
        { path: "src/a.py", line: 3, column: 3, text: "# ANCHOR_END: one", groups: ["ANCHOR_END", "one", null] },
      ],
      count: 2,
      files: 1,
      unsearched: ["src/b.bin"],
    });
    expect(await run(grepVerb, { pattern: "ANCHOR", flags: "i" })).toMatchObject({ count: 3 });
  });

  test("H78 a pattern that never ends is stopped and said", async () => {
    put("evil.txt", `${"a".repeat(40)}b\n`);
    put("before.txt", "aaa\n");
    const found = await run(grepVerb, { pattern: "^(a+)+$" });
    expect(found).toMatchObject({
      ok: false,
      problem: { kind: "pattern", message: expect.stringContaining("evil.txt") },
    });
    expect(found.matches).toMatchObject([{ path: "before.txt", line: 1 }]);
  });

  test("at most so many matches; a pattern that is none is the contract's fault", async () => {
    put("a.txt", "x\n".repeat(100));
    expect(await run(grepVerb, { pattern: "x", max: 10 })).toMatchObject({
      ok: false,
      limits: [{ limit: "matchesMax", bound: 10 }],
    });
    await expect(run(grepVerb, { pattern: "(" })).rejects.toThrow("regular expression");
  });
});

test.each<[glob: string, yes: string[], no: string[]]>([
  ["*.py", ["a.py"], ["a/b.py", "apy"]],
  ["**/*.py", ["a.py", "a/b.py", "a/b/c.py"], ["a/b.pyc"]],
  ["src/**", ["src/a", "src/a/b"], ["src", "srcs/a"]],
  ["src/*/api.{py,ts}", ["src/a/api.py", "src/a/api.ts"], ["src/api.py", "src/a/b/api.py", "src/a/api.js"]],
  ["v?/[a-c]*", ["v1/a", "v2/cat"], ["v1/d", "v/a", "v10/a"]],
  ["[!a]x", ["bx"], ["ax", "/x"]],
  ["./a+(b)|c", ["a+(b)|c"], ["aab", "c"]],
])("glob %s", (glob, yes, no) => {
  const matches = globMatcher([glob]);
  expect(yes.filter((path) => !matches(path))).toEqual([]);
  expect(no.filter(matches)).toEqual([]);
});

test("depth of globs", () => {
  expect(globDepth(["a/*", "b"])).toBe(2);
  expect(globDepth(["a/**"])).toBe(Number.POSITIVE_INFINITY);
  expect(globDepth(["!a"])).toBe(Number.POSITIVE_INFINITY);
});
