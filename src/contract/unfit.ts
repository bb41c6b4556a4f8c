// Why a step or a requirement cannot be seen on a kind of target, in the words of reports.

export const needsStart = "needs a module that conform starts";
export const needsFolder = "needs the module's folder (--folder)";

/** What this kind of target does not let be done. */
export function notOn(kind: string): string {
  return kind === "url" ? needsStart : `cannot be done on a ${kind}`;
}

/** Is it one of these reasons, and not one that lies in the module? */
export function isUnfit(reason: string): boolean {
  return reason === needsStart || reason === needsFolder || /^cannot be (done|observed) on a /.test(reason);
}
