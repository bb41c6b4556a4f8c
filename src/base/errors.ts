// Errors that are not bugs: what the user or a contract did wrong, in one line each.
import type { Place } from "./types.ts";

/** A mistake on the command line or in a file of the user's: what, where, likely fix. Exit 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The target cannot be reached at all, so nothing can be judged. Exit 3. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** conform's own poverty: no memory, no space, no processes or descriptors left. Says nothing about a module. Exit 3. */
export class ResourceError extends Error {
  override name = "ResourceError";
}

/** What a machine has run out of. */
const poverty: { [code: string]: string } = {
  EMFILE: "too many open files (ulimit -n)",
  ENFILE: "too many open files on this machine",
  ENOMEM: "no memory left",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EAGAIN: "no more processes or threads can be started (ulimit -u)",
  EIO: "input/output error",
};

/** Has conform's own machine run out of something? Then nothing is said about a module. */
export function isPoverty(error: unknown): boolean {
  return error instanceof Error && "code" in error && Object.hasOwn(poverty, String(error.code));
}

/** `cannot write FILE: why`, as an error of the user's or of the machine's poverty. */
export function cannot(what: "read" | "write", path: string, error: unknown): Error {
  if (error instanceof UsageError || error instanceof ResourceError) return error;
  const message = `cannot ${what} ${path}: ${codeOf(error)}`;
  return isPoverty(error) ? new ResourceError(message) : new UsageError(message);
}

/** `no such file`, `permission denied`, or the system's code. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return (
    {
      ENOENT: "no such file or folder",
      EACCES: "permission denied",
      EISDIR: "it is a folder",
      ENOTDIR: "not a folder",
      ELOOP: "its links lead in a circle",
      ENXIO: "nothing is at its other end",
      ...poverty,
    }[code] ?? code
  );
}

/** One complaint about a contract, configuration or baseline file: where it stands, and what is wrong in one line with the likely fix. */
export interface Complaint {
  place: Place;
  message: string;
}

/** A contract (or conform.yaml, baseline) that does not load: all complaints at once. Exit 2. */
export class ContractError extends UsageError {
  override name = "ContractError";
  readonly complaints: Complaint[];
  constructor(complaints: Complaint[] | string) {
    const list = typeof complaints === "string" ? [] : complaints;
    super(typeof complaints === "string" ? complaints : list.map(complaintLine).join("\n"));
    this.complaints = list;
  }
}

/** `file:line:column: message`. */
function complaintLine({ place, message }: Complaint): string {
  return `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(":")}: ${message}`;
}

/** The known word nearest to `word`, if it is near enough to be a typing mistake. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean "x"?` or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

/** Levenshtein distance with transpositions (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      row.push(value);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
