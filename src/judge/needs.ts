// What a requirement needs of others, and of the kind of target, before it says anything.
import type { Outcome } from "../base/judged.ts";
import type { Requirement, TargetKind } from "../base/types.ts";
import { needsStart } from "../contract/unfit.ts";
import { isMet, type Redirected } from "./redirects.ts";

/** A needed requirement with what came of it. */
interface Needed {
  requirement: Requirement;
  outcome: Outcome;
  redirected: Redirected | undefined;
}

/** A needed requirement that did not pass: one root cause, however long the chain. */
export function hindranceOf(
  requirement: Requirement,
  kind: TargetKind,
  neededBy: (id: string) => Needed | undefined,
): Outcome | undefined {
  let skipped: Outcome | undefined;
  let blocked: Outcome | undefined;
  for (const id of requirement.needs) {
    const needed = neededBy(id);
    // What no target of this kind can show is no reason to leave out what it can.
    const targets = needed?.requirement.targets ?? [];
    if (needed === undefined || (targets.length > 0 && !targets.includes(kind))) continue;
    const { outcome, redirected } = needed;
    if (outcome.kind === "blocked") blocked ??= outcome;
    // What a redirect leads to is judged: it is there, at another path.
    if (outcome.kind === "fail" && isMet(redirected)) continue;
    if (outcome.kind === "fail" || outcome.kind === "error") blocked ??= { kind: "blocked", by: id };
    if (outcome.kind !== "skipped") continue;
    // What does not apply to the module would not apply either if what failed had worked.
    if (outcome.left_out === undefined) return { ...outcome, reason: rootReason(id, outcome.reason) };
    skipped ??= { ...outcome, reason: rootReason(id, outcome.reason) };
  }
  return blocked ?? skipped;
}

/** Why a requirement cannot be judged on this kind of target. */
export function unobservable(kind: TargetKind, targets: readonly TargetKind[]): Outcome {
  const reason = kind === "url" ? needsStart : `cannot be observed on a ${kind}`;
  return { kind: "skipped", reason, ...hidden(kind, targets) };
}

/** A folder is the most that a user can give; what it would not show either does not apply to this module. No `targets`: any shows it. */
export function hidden(kind: TargetKind, targets: readonly TargetKind[] = []): { left_out?: "target" } {
  const byFolder = targets.length === 0 || targets.includes("folder");
  return kind !== "folder" && byFolder ? { left_out: "target" } : {};
}

/** The first link of a chain of skipped requirements says why. */
function rootReason(id: string, reason: string): string {
  return reason.includes(" was skipped: ") ? reason : `${id} was skipped: ${reason}`;
}
