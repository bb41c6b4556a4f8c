// --contract: a path is a folder, a name a contract, whatever lies around.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { theCli, tinyContract } from "../cli/the-cli.ts";

const cli = theCli();
beforeAll(() => {
  for (const name of ["blux", "mine"]) cpSync(tinyContract, join(cli.folder, name), { recursive: true });
});
afterAll(() => cli.close());

async function firstOf(contract: string): Promise<string> {
  const { code, stdout, stderr } = await cli.run(["list", "--contract", contract]);
  return code === 0 ? (/^\S.*$/m.exec(stdout)?.[0] ?? "") : stderr;
}

test("a folder that is named like a contract does not shadow it, and is meant when it is a path", async () => {
  const [byName, byVersion, ...byPath] = await Promise.all(
    ["blux", "blux@1", "./blux", "blux/", join(cli.folder, "blux"), "mine"].map(firstOf),
  );
  expect(byName).toMatch(/^blux\b/);
  expect(byVersion).toBe(byName);
  expect(new Set(byPath)).toEqual(new Set([expect.stringMatching(/^tiny\b/)]));
});

test("what is neither is a mistake that says how a folder is named", async () => {
  expect(await firstOf("blx")).toContain('no contract "blx"; did you mean "blux"?');
  expect(await firstOf("nothing")).toContain("a folder needs a path such as ./nothing");
  expect(await firstOf("./nothing")).toContain("no contract.yaml in");
});
