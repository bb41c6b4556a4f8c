// The one writer of files, on every kind of thing that may stand where it writes. Device nodes are made in a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOut, ownersOnly, writeWhole } from "../../src/cli/files-out.ts";

const folder = mkdtempSync(join(tmpdir(), "conform-out-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const devices = ((): string | undefined => {
  try {
    execFileSync("mknod", [at("probe"), "c", "1", "3"], { stdio: "ignore" });
    rmSync(at("probe"));
    return undefined;
  } catch {
    return "device nodes cannot be made here";
  }
})();
const note = devices === undefined ? "" : ` (skipped: ${devices})`;

/** Both ways of writing. */
const ways = {
  whole: (path: string) => writeWhole(path, "new\n"),
  streamed: async (path: string) => {
    const out = await openOut(path);
    out.write("new\n");
    await out.close();
  },
};

describe.each(Object.entries(ways))("%s", (name, write) => {
  it("a missing file is made, with its folders, for its owner alone", async () => {
    const path = at(`${name}/a/b/file`);
    await write(path);
    expect(readFileSync(path, "utf8")).toBe("new\n");
    expect(lstatSync(path).mode & 0o777).toBe(ownersOnly);
    expect(readdirSync(at(`${name}/a/b`))).toEqual(["file"]);
  });

  it("a file is replaced", async () => {
    writeFileSync(at(`${name}.file`), "what was there before is longer\n");
    await write(at(`${name}.file`));
    expect(readFileSync(at(`${name}.file`), "utf8")).toBe("new\n");
  });

  it("a link stays, its target is written, also where that is missing or another link", async () => {
    writeFileSync(at(`${name}.target`), "old");
    symlinkSync(`${name}.target`, at(`${name}.inner`));
    symlinkSync(at(`${name}.inner`), at(`${name}.link`));
    symlinkSync(`${name}.fresh/file`, at(`${name}.dangling`));
    await write(at(`${name}.link`));
    await write(at(`${name}.dangling`));
    expect(readlinkSync(at(`${name}.link`))).toBe(at(`${name}.inner`));
    expect(readFileSync(at(`${name}.target`), "utf8")).toBe("new\n");
    expect(readFileSync(at(`${name}.fresh/file`), "utf8")).toBe("new\n");
  });

  it("links in a circle, a folder and a socket are refused and stay", async () => {
    symlinkSync(`${name}.circle`, at(`${name}.circle`));
    mkdirSync(at(`${name}.folder`));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at(`${name}.socket`), resolve));
    await expect(write(at(`${name}.circle`))).rejects.toMatchObject({ name: "UsageError" });
    await expect(write(at(`${name}.folder`))).rejects.toThrow("it is a folder; name a file");
    await expect(write(at(`${name}.socket`))).rejects.toThrow("it is a socket; name a file");
    expect(lstatSync(at(`${name}.socket`)).isSocket()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it(`devices are written and stay, and a full one is the machine's fault${note}`, async (context) => {
    if (devices !== undefined) return context.skip(devices);
    for (const [kind, minor] of [
      ["null", "3"],
      ["full", "7"],
    ] as const)
      execFileSync("mknod", [at(`${name}.${kind}`), "c", "1", minor]);
    execFileSync("mknod", [at(`${name}.disk`), "b", "240", "200"]);
    symlinkSync(`${name}.null`, at(`${name}.to-null`));
    await write(at(`${name}.null`));
    await write(at(`${name}.to-null`));
    const full = { name: "ResourceError", message: `cannot write ${at(`${name}.full`)}: no space left on the device` };
    await expect(write(at(`${name}.full`))).rejects.toMatchObject(full);
    await expect(write(at(`${name}.disk`))).rejects.toThrow("it is a disk (block device); name a file");
    for (const kind of ["null", "full"])
      expect([kind, lstatSync(at(`${name}.${kind}`)).isCharacterDevice()]).toEqual([kind, true]);
    expect(lstatSync(at(`${name}.disk`)).isBlockDevice()).toBe(true);
  });

  it("a FIFO is written to its reader and stays", async () => {
    const path = at(`${name}.fifo`);
    execFileSync("mkfifo", [path]);
    const reader = spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] });
    let got = "";
    reader.stdout.on("data", (chunk) => {
      got += chunk;
    });
    const ended = new Promise((resolve) => reader.on("close", resolve));
    await write(path);
    await ended;
    expect([got, lstatSync(path).isFIFO()]).toEqual(["new\n", true]);
  });
});

describe("a FIFO", () => {
  beforeAll(() => void execFileSync("mkfifo", [at("nobody"), at("sleeper")]));

  it("that nobody reads is given up", async () => {
    await expect(writeWhole(at("nobody"), "x")).rejects.toThrow("nobody reads from this FIFO");
  });

  it("whose reader takes nothing is given up", async () => {
    const reader = spawn("sh", ["-c", `exec 3<"$1"; exec sleep 60`, "sh", at("sleeper")], { stdio: "ignore" });
    await expect(writeWhole(at("sleeper"), "x".repeat(1 << 20))).rejects.toThrow("its reader takes nothing");
    reader.kill("SIGKILL");
  }, 20_000);
});

it("another name of the same file keeps what it had", async () => {
  writeFileSync(at("one"), "old");
  linkSync(at("one"), at("two"));
  await writeWhole(at("one"), "new");
  expect([readFileSync(at("one"), "utf8"), readFileSync(at("two"), "utf8")]).toEqual(["new", "old"]);
});
