// A certificate's transcript judged by the contract as it is now: does it still earn the grade? Pure.
import type { Transcript } from "../../base/transcript.ts";
import type { Contract } from "../../base/types.ts";
import { type ChangedOutcome, changedOutcomes, outcomesIn, reportOf } from "./evidence.ts";
import type { Certificate } from "./statement.ts";

export interface Regraded {
  level: Certificate["level"];
  /** `falls`: something that the grade needs fails. `open`: what was recorded does not tell, such as of a new scenario; only a new run does. */
  state: "stands" | "falls" | "open";
  why?: string;
  changes: ChangedOutcome[];
}

/** Everything in the contract is judged, also what it did not have when the run was planned. */
export function regraded(said: Certificate, contract: Contract, { header, ...rest }: Transcript): Regraded {
  const requirements = contract.requirements.map(({ id }) => id);
  const again = reportOf(contract, { ...rest, header: { ...header, plan: { ...header.plan, requirements } } });
  const short = again.results.filter(
    ({ level, outcome }) =>
      (level === "MUST" || (level === "SHOULD" && said.level === "full")) &&
      outcome.kind !== "pass" &&
      !(outcome.kind === "skipped" && outcome.left_out !== "selection"),
  );
  const worst = short.find(({ outcome }) => outcome.kind === "fail") ?? short[0];
  const kept = { level: said.level, changes: changedOutcomes(said.outcomes, outcomesIn(again)) };
  if (worst === undefined) return { ...kept, state: "stands" };
  const { id, level, outcome } = worst;
  return outcome.kind === "fail"
    ? { ...kept, state: "falls", why: `${id} (${level}) fails` }
    : { ...kept, state: "open", why: `${id} (${level}) is ${outcome.kind}: what was recorded does not tell` };
}
