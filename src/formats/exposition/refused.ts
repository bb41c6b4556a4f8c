// Which metric a refused line was about: what conform could not read must not be called missing.
import { decode } from "./names.ts";
import { knownFamily } from "./naming.ts";
import { BRACE_OPEN, HASH, LF, QUOTE } from "./numbers.ts";
import type { Scanner } from "./scanner.ts";

/** Names remembered of a hostile body. */
const NAMES_MAX = 10_000;

/** Marks the family of the line at the cursor's `lineAt`. A line without a readable name speaks of the family before it. */
export function noteRefused(scanner: Scanner): void {
  const { model } = scanner;
  const { at, nameAt, nameEnd, nameHash } = scanner;
  const named = nameOfLine(scanner);
  let family = -1;
  if (named) {
    const nameId = model.names.intern(scanner.nameAt, scanner.nameEnd, scanner.nameHash);
    if (model.refusedNames.size < NAMES_MAX) model.refusedNames.add(nameId);
    family = knownFamily(model, nameId) ?? -1;
  } else {
    model.refusedNameless = true;
    family = model.families.length === 0 ? -1 : model.samples.count > 0 ? model.family(model.samples.count - 1) : 0;
  }
  const found = model.families[family];
  if (found !== undefined) found.refused = true;
  scanner.at = at;
  scanner.nameAt = nameAt;
  scanner.nameEnd = nameEnd;
  scanner.nameHash = nameHash;
}

function nameOfLine(scanner: Scanner): boolean {
  const { bytes } = scanner;
  scanner.at = scanner.lineAt;
  scanner.skipBlanks();
  if (bytes[scanner.at] === HASH) {
    scanner.at++;
    scanner.skipBlanks();
    const word = decode(bytes, scanner.at, Math.min(scanner.at + 4, bytes.length));
    if (word !== "HELP" && word !== "TYPE" && word !== "UNIT") return false;
    scanner.at += 4;
    scanner.skipBlanks();
  } else if (bytes[scanner.at] === BRACE_OPEN) {
    scanner.at++;
    scanner.skipBlanks();
    if (bytes[scanner.at] !== QUOTE) return false;
  }
  if ((bytes[scanner.at] ?? LF) === LF) return false;
  return bytes[scanner.at] === QUOTE ? scanner.quotedNameQuietly() : scanner.bareName();
}
