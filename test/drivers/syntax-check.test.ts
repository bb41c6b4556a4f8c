// Interpreters asked for syntax only: faults with lines, nothing run, a missing interpreter told.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSyntax, type SyntaxQuestion } from "../../src/drivers/files/syntax.ts";
import { limits } from "../drive/a-world.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conform-syntax-"));
  mkdirSync(join(folder, "sub"));
  const files = {
    "good.py": "open('ran', 'w').write('x')\n",
    "sub/bad.py": 'x = 1\n"""\nnever closed\n',
    "tabs.py": "if True:\n    a = 1\n\tb = 2\n",
    "latin.py": "# caf\u00e9\n",
    "good.sh": "touch ran\n",
    "bad.sh": "a=1\nif true; then\n  echo\n",
    "-x.py": "print(1)\n",
    "good.mjs": "export const a = 1;\n",
    "bad.mjs": "const a = ;\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (more: Pick<SyntaxQuestion, "interpreter" | "files"> & { program?: string }) =>
  checkSyntax({ folder, scratch: folder, limits, deadlineMs: 20_000, ...more });

async function available(interpreter: SyntaxQuestion["interpreter"]): Promise<boolean> {
  return !(
    "problem" in
    (await ask({
      interpreter,
      files: [interpreter === "python3" ? "good.py" : interpreter === "bash" ? "good.sh" : "good.mjs"],
    }))
  );
}

describe("python3", () => {
  it("names file, line and fault, and runs nothing", async ({ skip }) => {
    if (!(await available("python3"))) skip("python3 is not installed");
    const report = await ask({
      interpreter: "python3",
      files: ["good.py", "sub/bad.py", "tabs.py", "latin.py", "-x.py"],
    });
    expect(report).toMatchObject({ version: expect.stringMatching(/^python 3/) });
    expect("faults" in report ? report.faults.map(({ file, line }) => [file, line]) : report).toEqual([
      ["sub/bad.py", 2],
      ["tabs.py", 3],
    ]);
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});

describe("bash and node", () => {
  it("name the line, and run nothing", async ({ skip }) => {
    if (!(await available("bash"))) skip("bash is not installed");
    expect(await ask({ interpreter: "bash", files: ["good.sh"] })).toMatchObject({ faults: [] });
    expect(await ask({ interpreter: "bash", files: ["good.sh", "bad.sh"] })).toMatchObject({
      faults: [{ file: "bad.sh", line: 4 }],
    });
    expect(await ask({ interpreter: "node", files: ["good.mjs", "bad.mjs"] })).toMatchObject({
      faults: [{ file: "bad.mjs", line: 1 }],
    });
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});

it("an interpreter that cannot be asked is a problem, not a pass", async () => {
  expect(await ask({ interpreter: "python3", program: "python-that-is-not-there", files: ["good.py"] })).toEqual({
    problem: expect.stringContaining("python-that-is-not-there"),
  });
});
