// Which part of the kill matrices, of lists of variants and of the files that judge whole modules a test run does. In CONFORM_MATRIX:
//   (nothing)  a fifth that changes by the day; all, where the contract or its fixtures have uncommitted changes, and a file that is named
//   rest       the other four fifths, and nothing else (what .ci/run adds to `npm test`)
//   each       all, every mutant by its own requirement
//   whole      all, every mutant by all requirements
// CONFORM_SLICE (0 to 4) is the fifth, to have that of another day.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";

const fifths = 5;
const mode = process.env.CONFORM_MATRIX ?? "";
if (!["", "rest", "each", "whole"].includes(mode))
  throw new Error(`CONFORM_MATRIX is "${mode}"; it may be rest, each or whole`);

/** Are references left out, since `npm test` has judged them? */
export const onlyTheRest = mode === "rest";

/** Is every mutant judged by all requirements? */
export const whole = mode === "whole";

const today = Math.floor(Date.now() / 86_400_000) % fifths;
const slice = process.env.CONFORM_SLICE === undefined ? today : Number(process.env.CONFORM_SLICE) % fifths;

/** Those that are due, of what belongs to one contract (a folder of specs/ and of fixtures/modules/). */
export function due<T>(contract: string, all: readonly T[], nameOf: (one: T) => string): T[] {
  if (mode === "each" || mode === "whole" || (mode === "" && isChanged(contract))) return [...all];
  return all.filter((one) => (fifthOf(nameOf(one)) === slice) !== (mode === "rest"));
}

/** Files that judge whole modules over and over, by fifths, and the contract whose change makes all of its files due. */
const files: [file: string, contract: string, fifth: number][] = [
  ["blux-fastapi", "blux", 0],
  ["fair.blux", "blux", 1],
  ["hosted-contract", "systemprompt", 2],
  ["hosted-project", "systemprompt", 2],
  ["shapes.pywatt", "pywatt", 3],
  ["hosted-fair", "systemprompt", 3],
  ["answers-everything", "pywatt", 4],
  ["hosted-members", "systemprompt", 4],
  ["repeat", "pywatt", 4],
];

/** What vitest is to run: globs of files, those that are left out among them. `named`: the user named files. */
export function testFiles(named: boolean): { include: string[]; exclude: string[] } {
  const glob = (name: string) => `test/modules/${name}.test.ts`;
  const isDue = ([, contract, fifth]: (typeof files)[number]) =>
    mode === "each" ||
    mode === "whole" ||
    (mode === "" && (named || isChanged(contract))) ||
    (fifth === slice) !== (mode === "rest");
  const exclude = files.filter((one) => !isDue(one)).map(([name]) => glob(name));
  if (mode === "") return { include: ["test/**/*.test.ts"], exclude };
  return { include: [...files.map(([name]) => glob(name)), glob("kill-matrix.*"), glob("fair.pywatt")], exclude };
}

function fifthOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % fifths;
}

function isChanged(contract: string): boolean {
  const { status, stdout } = spawnSync(
    "git",
    ["status", "--porcelain", "--", `:(glob)specs/${contract}*/**`, `fixtures/modules/${contract}`],
    { encoding: "utf8" },
  );
  return status === 0 && stdout.trim() !== "";
}
