// A transcript: what was judged and asked for, everything that was seen, and how it ended. Types only.
import type { TranscriptEvent } from "./events.ts";
import type { Json, TargetKind } from "./types.ts";

/** What was judged, as reports name it. */
export interface JudgedTarget {
  kind: TargetKind;
  /** Relative path, command line, or URL without credentials. */
  label: string;
  /** Taken before the first start: `sha256:<hex>` of a binary, `dirHash:<hex>` of a folder. */
  digest?: string;
  /** `sha256:<hex>` of the program that was started, where the folder's digest leaves it out (build products). */
  program?: string;
}

/** What the user asked for, enough to ask again. Values of secrets are names of variables: `$TOKEN`. */
export interface Asked {
  /** Argument vector after `--`. */
  command?: string[];
  /** As it has to be written: a path or a name. */
  contract?: string;
  run?: string | string[];
  build?: string | string[];
  cwd?: string;
  folder?: string;
  env?: { [name: string]: string };
  headers?: { [name: string]: string };
  /** Folders of the other modules judged in the same run, as shown to people. */
  peers?: string[];
  /** Where this record is kept. */
  transcript?: string;
}

/** The first line of a transcript: tool, contract, target and selection. `started`: ISO 8601, UTC. */
export interface TranscriptHeader {
  format: 1;
  tool: { name: string; version: string };
  /** Kind of machine: `linux x64, Node 20.19.0`. */
  machine?: string;
  contract: { name: string; version: string; digest: string };
  /** `home`: the module's folder, where it was found above the program. */
  target: JudgedTarget & { home?: string };
  started: string;
  /** Selection and parameters, enough to judge again. */
  params: { [key: string]: Json };
  /** What repeat commands need beside the target. */
  asked?: Asked;
  profile?: string;
  strict?: boolean;
  /** Factor on all deadlines, when it is not 1. */
  time_scale?: number;
  /** Requests that may change what the module keeps were allowed. */
  unsafe_probes?: boolean;
  /** Failures were taken as they are, however late the module was. */
  second_look?: false;
  /** What was left out on the command line, in words. */
  filtered?: string;
  /** Names of the scenarios that were due, ids of the requirements to judge. */
  plan: { scenarios: string[]; requirements: string[] };
}

/** The last line: how many events, the duration in milliseconds, and the sha256 of all bytes before it. */
export interface TranscriptFooter {
  events: number;
  duration_ms: number;
  /** Why the run did not come to its end: `SIGINT` or another signal, `deadline`, or in words why nothing could be driven. */
  interrupted?: string;
  /** Digest (or `gone`) of the target after the last process ended, where the header has one and it differs. */
  changed?: string;
  sha256: string;
}

/** The record of one module's run. `footer` missing means that it breaks off. */
export interface Transcript {
  header: TranscriptHeader;
  /** By `n`, which rises; those of one scenario in the order in which they happened. */
  events: TranscriptEvent[];
  footer?: TranscriptFooter;
}
