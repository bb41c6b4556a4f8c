// The digest of what is judged: which folders share one, which may not, and which have none.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { digestOf } from "../../src/drivers/files/digest.ts";

const root = mkdtempSync(join(tmpdir(), "conform-digest-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
let folders = 0;

/** Path -> text; `-> x` makes a link to x. */
async function digest(files: Record<string, string>, names: (name: string) => string | Buffer = (name) => name) {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    const shown = names(name);
    const path = typeof shown === "string" ? join(folder, shown) : Buffer.concat([Buffer.from(`${folder}/`), shown]);
    if (typeof path === "string") mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
  }
  return { folder, ...(await digestOf(folder)) };
}
const of = async (files: Record<string, string>) => Object.values(await digest(files)).at(-1);

test("the command in docs/certificates.md gives the same, also with spaces and quotes in names", async () => {
  const page = readFileSync(new URL("../../docs/certificates.md", import.meta.url), "utf8");
  const command = /^ *`(find \. .*sha256sum)`/m.exec(page)?.[1] ?? "exit 1";
  const { folder, ...said } = await digest({ "a b": "1", "c'd/e": "2", 'B"': "3", é: "4" });
  const output = execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
  expect(said).toEqual({ digest: `dirHash:${output.slice(0, 64)}` });
});

describe("no two folders with different contents share a digest", () => {
  test("a link out of the folder, and a file that says the same", async () => {
    expect(await of({ x: "-> /etc/passwd" })).not.toBe(await of({ x: "/etc/passwd" }));
  });

  test("a link inside counts as its file, a link to a folder as a link", async () => {
    expect(await of({ a: "1", b: "-> a" })).toBe(await of({ a: "1", b: "1" }));
    expect(await of({ "a/x": "1", b: "-> a" })).not.toBe(await of({ "a/x": "1", "b/x": "1" }));
    expect(await of({ a: "-> a" })).not.toBe(await of({ a: "-> b" }));
  });

  test("a name that looks like a further line of the list has none", async () => {
    const forged = await digest({ [`a\n${sha256("b")}  b`]: "a" });
    expect(forged).toMatchObject({ none: expect.stringContaining("line end") });
  });

  test.skipIf(process.platform !== "linux")(
    "names that other systems cannot tell apart, or that are no Unicode, have none",
    async () => {
      expect(await digest({ "e\u0301": "1", "\u00e9": "2" })).toMatchObject({ none: expect.stringContaining("twice") });
      const bytes = () => Buffer.of(0xff, 0xfe);
      expect(await digest({ x: "1" }, bytes)).toMatchObject({ none: expect.stringContaining("not UTF-8") });
    },
  );

  test("nothing at all has none", async () => {
    expect(await digest({})).toMatchObject({ none: expect.stringContaining("no file") });
    expect(await digest({ "target/x": "1", "reports/latest/report.json": "{}" })).toHaveProperty("none");
    expect(await digestOf(join(root, "nowhere"))).toHaveProperty("none");
  });
});

test("build products and packages do not count, a file of such a name does", async () => {
  const plain = await of({ a: "1" });
  expect(await of({ a: "1", "node_modules/x/i.js": "2", "b/target/x": "3", ".git": "gitdir: x" })).toBe(plain);
  expect(await of({ a: "1", node_modules: "-> /elsewhere" })).toBe(plain);
  expect(await of({ a: "1", target: "#!/bin/sh" })).not.toBe(plain);
});
