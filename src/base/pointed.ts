// What the user pointed at, before a contract is known. Types only, no code.
import type { Target } from "./types.ts";

/** What is at a path; looked up by drivers/files/look.ts. */
export type PathKind =
  | { kind: "missing" }
  | { kind: "file"; executable: boolean; script: boolean }
  | { kind: "folder" }
  | { kind: "other"; what: string };

/** The file system as target.ts needs it, so that it can be tested with literals. */
export interface Look {
  at(path: string): PathKind;
  /** Relative names of the regular files of a folder, two levels deep. */
  files(folder: string): string[];
  absolute(path: string): string;
  folderOf(path: string): string;
  shown(path: string): string;
  join(folder: string, name: string): string;
}

/** An argument with its kind decided, before a contract is known. */
export interface Pointed {
  target: Target;
  /** Files of the folder, for detection and launch rules. */
  files: string[];
}
