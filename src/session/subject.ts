// What is judged, as digests: taken before the module is started and again when it has ended.
import { sep } from "node:path";
import type { JudgedTarget } from "../base/transcript.ts";
import type { Target } from "../base/types.ts";
import { digestLeavesOut, digestOf } from "../drivers/files/digest.ts";

export type Subject = Pick<JudgedTarget, "digest" | "program">;

/**
 * Of a folder its dirHash, and the program that is started where that lies in a part which the folder's digest leaves out; of a binary its
 * sha256. A URL has none, and neither has a command with arguments: nobody knows which of its files are the module.
 */
export async function subjectOf({ kind, folder, argv = [] }: Target): Promise<Subject> {
  const [program = ""] = argv;
  if (kind === "command") return argv.length === 1 && program.startsWith(sep) ? named("digest", program) : {};
  if (kind === "url" || folder === undefined) return {};
  return {
    ...(await named("digest", folder)),
    ...(builtBelow(folder, program) ? await named("program", program) : {}),
  };
}

/** The digest as it is now, where it is another one. */
export async function changeOf(target: Target, { digest, program }: Subject): Promise<{ changed?: string }> {
  if (digest === undefined) return {};
  const now = await subjectOf(target);
  if (now.digest === digest && now.program === program) return {};
  return { changed: now.digest === digest ? (now.program ?? "gone") : (now.digest ?? "gone") };
}

function builtBelow(folder: string, program: string): boolean {
  if (!program.startsWith(`${folder}${sep}`)) return false;
  return program
    .slice(folder.length)
    .split(sep)
    .some((part) => digestLeavesOut.has(part));
}

async function named(name: keyof Subject, path: string): Promise<Subject> {
  const found = await digestOf(path);
  return "digest" in found ? { [name]: found.digest } : {};
}
