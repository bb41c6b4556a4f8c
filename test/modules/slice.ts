// Which part of a kill matrix, or of a list of variants, a test run judges. In CONFORM_MATRIX:
//   (nothing)  a fifth that changes by the day; all, where the contract or its fixtures have uncommitted changes
//   rest       the other four fifths (what .ci/run adds to `npm test`)
//   each       all, every mutant by its own requirement
//   whole      all, every mutant by all requirements
// CONFORM_SLICE (0 to 4) is the fifth, to have that of another day.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";

const fifths = 5;
const mode = process.env.CONFORM_MATRIX ?? "";
if (!["", "rest", "each", "whole"].includes(mode))
  throw new Error(`CONFORM_MATRIX is "${mode}"; it may be rest, each or whole`);

/** Is every mutant judged by all requirements? */
export const whole = mode === "whole";

const today = Math.floor(Date.now() / 86_400_000) % fifths;
const slice = process.env.CONFORM_SLICE === undefined ? today : Number(process.env.CONFORM_SLICE) % fifths;

/** Those that are due, of what belongs to one contract (a folder of specs/ and of fixtures/modules/). */
export function due<T>(contract: string, all: readonly T[], nameOf: (one: T) => string): T[] {
  if (mode === "each" || mode === "whole" || (mode === "" && isChanged(contract))) return [...all];
  return all.filter((one) => (fifthOf(nameOf(one)) === slice) !== (mode === "rest"));
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
