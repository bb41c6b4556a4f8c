// Line and column of what a finding speaks of, in the file that a step has read.
import { hasParts } from "../base/json.ts";
import type { Place } from "../base/types.ts";

/** An observation that is a place itself, or a document that could not be parsed and says where. */
function ownPlace(observation: object): { line?: number; column?: number } {
  const problem = "problem" in observation ? observation.problem : undefined;
  const at = hasParts(problem) ? problem : observation;
  const line = "line" in at && typeof at.line === "number" ? { line: at.line } : {};
  return { ...line, ...("column" in at && typeof at.column === "number" ? { column: at.column } : {}) };
}

/** Line and column of a pointer in a file that a `read` step observed, or of its nearest ancestor. */
export function placeIn(observation: unknown, pointer: string): Place | undefined {
  if (!hasParts(observation) || !("file" in observation)) return undefined;
  const file = String(observation.file);
  const own = pointer === "" ? ownPlace(observation) : {};
  if (own.line !== undefined) return { file, ...own };
  const positions = "positions" in observation ? observation.positions : undefined;
  if (!hasParts(positions)) return { file, ...ownPlace(observation) };
  const table = positions as Record<string, unknown>;
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const place = table[at];
    if (Array.isArray(place)) return { file, line: Number(place[0]), column: Number(place[1]) };
    if (at === "" || !at.includes("/")) return { file };
  }
}
