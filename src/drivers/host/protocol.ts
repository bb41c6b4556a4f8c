// What the runner and the hosted child say to each other: commands on descriptor 4, records on descriptor 3, one JSON text per line.
import type { Json } from "../../base/types.ts";

/** How the exports of a module are searched, first matching rule wins. */
export interface FindRule {
  /** Regular expression over export names. */
  keys: string;
  kind: "class" | "function" | "object" | "any";
  /** Members that it must have, with their typeof. */
  members?: Record<string, string> | undefined;
  /** The export to take when several match; without a hit among several the search is ambiguous. */
  prefer?: string | undefined;
  /** Several matches are no ambiguity: take the first. */
  first?: boolean | undefined;
}

/** So long the child waits, before it is to end by itself, for its output to be read. */
export const WRITTEN_WITHIN_MS = 10_000;

/** One module of a set. */
export interface SetMember {
  name: string;
  /** Absolute path of the file to import; absent: `stub` is used. */
  file?: string;
  args: Json[];
  requires: string[];
  /** Built with `revive`: an object that takes the place of a module that cannot be found. */
  stub?: Json;
}

export type HostCommand =
  | {
      do: "hello";
      token: string;
      moduleDir: string;
      copied: { from: string; to: string }[];
      writable: string[];
      forget: string[];
    }
  | { do: "import"; file: string; as: string; withinMs: number }
  | { do: "find"; in: string; rules: FindRule[]; as: string }
  | { do: "construct"; from: string; args: Json[]; as: string; withinMs: number }
  | { do: "call"; on: string; member: string; args: Json[]; as?: string | undefined; withinMs: number }
  | { do: "read"; on: string; members: string[] }
  | { do: "fault"; fault: "write" | "connect"; code: string }
  | { do: "wait"; ms: number }
  | { do: "set"; members: SetMember[]; rules: FindRule[]; up: string; down: string; withinMs: number }
  | { do: "set-up" | "set-down"; withinMs: number }
  | { do: "finish"; settleMs: number; graceMs: number };

/** Added to every command by the runner. */
export interface Common {
  id: number;
  /** Members read after the command on the object they are read from. */
  watch?: { on: string; members: string[] } | undefined;
  /** Remember the resources under this name. */
  mark?: string | undefined;
  /** Report resources added since that mark (default: since the end of the first import). */
  since?: string | undefined;
}

/** A value of the module, seen from outside and cut to size. */
export interface Described {
  type: string;
  /** The same number for the same object or function (identity). */
  id?: number;
  json?: Json;
  class?: string;
  thenable?: boolean;
  /** Sorted names of own and inherited members, without those of Object. */
  members?: string[];
  /** typeof of each member, in the order of `members`. */
  types?: string[];
}

/** Something thrown or rejected. */
export interface Thrown {
  /** Is it an Error with a message? */
  is_error: boolean;
  name: string;
  message: string;
  code?: string;
  /** What Node refused because conform started it with restrictions: Inspector, WASI, ... */
  refused?: string;
  /** For a file or package that could not be found. */
  missing?: string;
  /** Where it should be: among the module's own files, in the project around it, among installed packages. */
  missing_in?: "module" | "host" | "package";
  stack: string;
}

/** A resource that keeps the process alive, and the stack of its creation. */
export interface Handle {
  type: string;
  stack: string;
}

/** How a call ended. `pending`: not within its deadline; `absent`/`not-function`: there was nothing to call. */
export type CallOutcome =
  | "returned"
  | "resolved"
  | "threw"
  | "rejected"
  | "pending"
  | "absent"
  | "not-function"
  | "stuck"
  | "exited";

/** Asynchronous records: they belong to the command being worked on when they are written. */
export type Incident =
  | { kind: "exit-call"; how: string; code: Json; stack: string }
  | { kind: "unhandled" | "uncaught"; error: Thrown }
  | { kind: "write"; how: string; path: string; scope: "module" | "outside"; stack: string }
  | { kind: "alive"; handles: Handle[]; resources: string[] }
  | { kind: "exiting"; code: Json; natural: boolean };

/** Answer to one command, or an incident; both carry the token. */
export type HostRecord = { token: string } & (({ id: number } & Record<string, Json>) | { incident: Incident });
