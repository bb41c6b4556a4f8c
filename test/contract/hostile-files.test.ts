// Contract folders and YAML files as an attacker writes them: told with their place, in bounded time.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readContractFiles } from "../../src/contract/files.ts";
import { parsePlacedYaml } from "../../src/contract/places.ts";

const root = mkdtempSync(join(tmpdir(), "conform-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
function folder(fill: (path: string) => void): string {
  const path = join(root, String(++count));
  mkdirSync(path);
  writeFileSync(join(path, "contract.yaml"), "contract: x\n");
  fill(path);
  return path;
}

test.each([
  ["a dangling link", (path: string) => symlinkSync("nowhere.yaml", join(path, "a.yaml")), "no such file or folder"],
  ["links in a circle", (path: string) => symlinkSync("a.yaml", join(path, "a.yaml")), "its links lead in a circle"],
  [
    "a link out",
    (path: string) => symlinkSync("/etc/passwd", join(path, "a.yaml")),
    "is a link out of the contract's folder",
  ],
  [
    "a link to a device",
    (path: string) => symlinkSync("/dev/zero", join(path, "a.json")),
    "is a link out of the contract's folder",
  ],
  [
    "too many bytes",
    (path: string) => writeFileSync(join(path, "a.json"), " ".repeat((8 << 20) + 1)),
    "are larger than",
  ],
  [
    "too many files",
    (path: string) => {
      for (let i = 0; i < 256; i++) writeFileSync(join(path, `${i}.yaml`), "");
    },
    "holds more than 256 YAML and JSON files",
  ],
])("%s is refused", (_, fill, message) => {
  expect(() => readContractFiles(folder(fill))).toThrow(message);
});

test("a folder behind a link is not entered, a link within the folder is read", () => {
  const path = folder((at) => {
    symlinkSync("/", join(at, "root"));
    symlinkSync("contract.yaml", join(at, "other.yaml"));
  });
  expect([...readContractFiles(path).files.keys()]).toEqual(["contract.yaml", "other.yaml"]);
});

test("an alias of nothing and an alias bomb are faults of the file, with their place", () => {
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  expect(parsePlacedYaml(bomb.join("\n"), "b.yaml").complaints).toMatchObject([
    { place: { file: "b.yaml", line: 2 }, message: expect.stringContaining("alias") },
  ]);
  expect(parsePlacedYaml("a: 1\nb: *nobody\n", "c.yaml").complaints).toMatchObject([
    { place: { file: "c.yaml", line: 2 }, message: expect.stringContaining("nobody") },
  ]);
});
