// Whether a run may be certified: only what a green badge would show, about just this build of the module. Pure.
import { badgeOf, type Reached } from "../../report/badge.ts";
import type { ModuleReport } from "../../report/types.ts";
import type { Subjects } from "./statement.ts";

/** What the user says the certificate is about. */
export type NamedSubject =
  | { kind: "digest"; name: string; digest: string }
  | { kind: "image"; name: string; sha256: string };

export interface CertifyFrame {
  now: Date;
  validDays: number;
  /** Version and digest of the contract as it is here today. */
  contract: { version: string; digest: string };
  /** The contract's folder differs from what its repository holds. */
  dirty: boolean;
  subject: NamedSubject;
}

/** The level and the subjects, or why not. */
export function certifiable(
  module: ModuleReport,
  frame: CertifyFrame,
): { reached: Reached; subject: Subjects } | { refused: string } {
  const subject = subjectsOf(module, frame.subject);
  if ("refused" in subject) return subject;
  const { target, contract } = module;
  if (target.changed !== undefined)
    return {
      refused:
        "the module's files changed while it was judged; what was certified would be neither the one nor the other",
    };
  if (contract.digest !== frame.contract.digest && contract.version === frame.contract.version)
    return {
      refused: `judged under another text of contract ${contract.name} ${contract.version} than the one here; judge the module again`,
    };
  if (frame.dirty)
    return { refused: `contract ${contract.name} has changes that are not committed; nobody could look it up` };
  const urlToo = module.target.kind === "url" && frame.subject.kind === "image";
  const badge = badgeOf(module, { now: frame.now, validDays: frame.validDays, version: frame.contract.version });
  if (badge.reached === undefined) return { refused: badge.why ?? badge.message };
  return urlToo || module.target.kind !== "url"
    ? { reached: badge.reached, ...subject }
    : { refused: "a URL has no digest" };
}

function subjectsOf(
  { target, name }: ModuleReport,
  subject: NamedSubject,
): { subject: Subjects } | { refused: string } {
  if (subject.kind === "image") {
    if (target.kind !== "url")
      return {
        refused: `${name} was judged as a ${target.kind}; name that file or folder as the subject, not an image`,
      };
    return { subject: [{ name: subject.name, digest: { sha256: subject.sha256 } }] };
  }
  if (target.kind === "url")
    return {
      refused: `${name} was judged through its URL, where nobody sees which build answers; name an image: --subject name@sha256:...`,
    };
  if (target.digest === undefined)
    return {
      refused: `the run took no digest of ${name}; judge its folder or its binary, with this version of conform`,
    };
  if (target.digest !== subject.digest)
    return {
      refused: `${subject.name} is not what was judged: the run saw ${short(target.digest)}, it is ${short(subject.digest)} now`,
    };
  const program =
    target.program === undefined ? [] : [{ name: `${subject.name} (program)`, digest: setOf(target.program) }];
  return { subject: [{ name: subject.name, digest: setOf(target.digest) }, ...program] };
}

/** `sha256:<hex>` as in-toto writes it. */
export function setOf(digest: string): { [kind: string]: string } {
  const at = digest.indexOf(":");
  return { [digest.slice(0, at)]: digest.slice(at + 1) };
}

function short(digest: string): string {
  return `${digest.slice(0, digest.indexOf(":") + 13)}…`;
}
