// Finds the lines of a body that are not UTF-8. Runs only when the whole body is known not to be.
import { isUtf8 } from "node:buffer";
import type { Model } from "./model.ts";
import { LF } from "./numbers.ts";
import { problemAt } from "./problems.ts";

/** Adds one problem per broken line, at its first broken byte; `listed` at most, the rest counted. */
export function reportInvalidUtf8(model: Model, listed: number): void {
  const { bytes } = model;
  let line = 0;
  for (let at = 0; at < bytes.length; ) {
    line++;
    const feed = bytes.indexOf(LF, at);
    const end = feed < 0 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(at, end))) {
      const before = model.problemCounts.get("utf8") ?? 0;
      model.problemCounts.set("utf8", before + 1);
      if (before < listed) {
        const broken = at + validPrefix(bytes.subarray(at, end));
        const place = { bytes, line, lineAt: at };
        const found = `byte 0x${(bytes[broken] ?? 0).toString(16).padStart(2, "0")}`;
        model.problems.push({ ...problemAt(place, { id: "utf8", at: broken, expected: "UTF-8" }), found });
      }
    }
    at = end + 1;
  }
}

/** Length of the longest start that is UTF-8, by halving: a start is broken only by a cut character, at most 3 bytes. */
function validPrefix(line: Uint8Array): number {
  let good = 0;
  let bad = line.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (startsWell(line, middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Are the first `length` bytes UTF-8, but for one unfinished character at the end? */
function startsWell(line: Uint8Array, length: number): boolean {
  for (let cut = 0; cut < 4 && cut <= length; cut++) {
    if (!isUtf8(line.subarray(0, length - cut))) continue;
    if (cut === 0) return true;
    // The cut bytes must be the start of a character that the line goes on with.
    for (let more = 1; more < 4; more++) if (isUtf8(line.subarray(length - cut, length + more))) return true;
    return false;
  }
  return false;
}
