// Which verdicts of an earlier run stand, so that a nightly run judges only what changed. Pure.
import type { RecordHead } from "../../report/shard-file.ts";

/** What a module is now. */
export interface Now {
  contractDigest: string;
  /** Of the module; undefined for a running service. */
  digest?: string;
  program?: string;
  /** Of what else is asked. */
  asked: string;
  /** The verdict depends on nothing that has no digest. */
  outlives: boolean;
}

/**
 * `resume`: the record is of this same run, which was cut off; `since`: of another day, so that nothing without a digest may stand. What could
 * not be told is always tried again.
 */
export function stands(head: RecordHead, now: Now, how: "resume" | "since"): boolean {
  const same =
    head.contract.digest === now.contractDigest &&
    head.digest === now.digest &&
    head.program === now.program &&
    head.asked === now.asked;
  if (!same || head.partial === true || head.kind === "inconclusive") return false;
  return how === "resume" || (now.digest !== undefined && now.outlives);
}
