// The nouns of conform. Types only, no code. The words are those of src/README.md.

/** RFC 2119 level of a requirement. A failed SHOULD is a warning (binding with --strict), a failed MAY is information. */
export type Level = "MUST" | "SHOULD" | "MAY";

/** Any JSON value. Everything a transcript or report holds is one. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// ---------------------------------------------------------------- contract

/** Where a sentence comes from: a document of the contract's `sources` and a section in it. */
export interface SourceRef {
  /** Key in `Contract.sources`. */
  document: string;
  section?: string;
}

/** A document that requirements are taken from. */
export interface SourceDocument {
  title: string;
  url?: string;
  note?: string;
}

/** Place in a file: lines and columns from 1, path relative to the module or contract folder. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One expectation: its kind (a key of the expectation registry) and the YAML value given to it. */
export interface Expectation {
  kind: string;
  value: Json;
}

/** One testable sentence. */
export interface Requirement {
  /** `area/short-slug`, unique in the contract. */
  id: string;
  area: string;
  level: Level;
  text: string;
  sources: SourceRef[];
  /** Former ids; selectors and baselines still match them. */
  aliases: string[];
  /** Ids that must pass before this one is judged. */
  needs: string[];
  /** CEL condition over the run; false means `skipped: not applicable`. */
  when?: string;
  /** The condition in words. */
  whenText?: string;
  /** Observations it reads, `scenario.step` or `scenario`. */
  on: string[];
  expect: Expectation[];
  /** Why it exists, for `explain`. */
  why?: string;
  /** The likely fix, for who meets the failure. */
  hint?: string;
  /** Name of the mutant that breaks exactly this requirement. */
  mutant?: string;
  /** Reason why no mutant exists or why it cannot be observed. */
  untested?: string;
  /** Kinds of target on which it can be observed. */
  targets: TargetKind[];
  /** Where it stands in the contract. */
  at: Place;
}

/** One stimulus and/or observation. `verb` is a key of the verb registry. */
export interface Step {
  name: string;
  verb: string;
  /** The verb's argument, templates unexpanded. */
  arg: Json;
  /** CEL condition; false means the step is skipped. */
  if?: string;
  /** The condition in words. */
  ifText?: string;
  /** What happens when the step does not come to its good end: `stop` ends the scenario's further steps, `go-on` does not. */
  otherwise: "stop" | "go-on";
  /** Repetitions, one after another; a text is a template that gives the count. */
  times?: number | string;
  /** Pause between repetitions: milliseconds, or a text such as `2s` or a template. */
  every_ms?: number | string;
  /** With `times` or `each`: so many at once. */
  parallel?: number | string;
  /** With `parallel`: from the start of one to the start of the next, as `every_ms`. */
  apart_ms?: number | string;
  /** CEL that gives a list: the step is done once for each of its elements. */
  each?: string;
  targets?: TargetKind[];
  at: Place;
}

/** Automatic replies to what the module says on stdout. */
export interface Answer {
  /** CEL over `line` (the parsed line event). */
  when: string;
  send: Json;
  /** Milliseconds from the line to the reply. */
  after_ms: number;
  /** At most so many replies. */
  limit: number;
}

/** One fresh instance of the target and the ordered steps done to it. */
export interface Scenario {
  name: string;
  title?: string;
  targets: TargetKind[];
  if?: string;
  ifText?: string;
  vars: { [key: string]: Json };
  answers: Answer[];
  /** Peers played by conform, by name; the stand-in driver's own shape. */
  standIns: { [name: string]: Json };
  steps: Step[];
  /** Base URL template for HTTP steps when the target is not a URL. */
  base?: string;
  /** HTTP steps follow redirects within the service. */
  follows?: true;
  at: Place;
}

/** A named selection of a contract: scenarios left out, and levels that differ. */
export interface Profile {
  description?: string;
  /** Scenario globs left out. */
  without: string[];
  /** Requirement id -> level. */
  levels: { [id: string]: Level };
}

/** One rule of `launch`: how a folder becomes a command. */
export interface LaunchRule {
  /** Glob of a file that must exist in the folder. */
  file: string;
  run: string[];
  build?: string[];
}

/** A contract, loaded and checked: what it says of itself, its scenarios in file order and its requirements. */
export interface Contract {
  name: string;
  version: string;
  title: string;
  description?: string;
  sources: { [key: string]: SourceDocument };
  detect: { files: string[] };
  targets: TargetKind[];
  launch: LaunchRule[];
  /** `secret`: the value is never shown, and looked for like a canary. */
  params: { [name: string]: { description: string; default?: Json; secret?: boolean } };
  vars: { [key: string]: Json };
  /** Named CEL expressions, evaluated when used: `def.name`. */
  define: { [name: string]: string };
  /** Names of random secrets, fresh each run: `canary.name`. */
  canaries: string[];
  profiles: { [name: string]: Profile };
  /** Base URL template of HTTP steps. */
  base?: string;
  scenarios: Scenario[];
  requirements: Requirement[];
  /** JSON Schemas beside contract.yaml, by file name. */
  schemas: { [file: string]: Json };
  /** Areas in order with a sentence each. */
  areas: { [area: string]: string };
  /** sha256 over the contract's files, hexadecimal. */
  digest: string;
  /** Where it was read, as shown to people. */
  folder: string;
}

// ---------------------------------------------------------------- target

/** `command`: a program with its arguments; `folder`: a module's folder; `url`: a running service. */
export type TargetKind = "command" | "folder" | "url";

/** What the user pointed at. */
export interface Target {
  kind: TargetKind;
  /** As shown in reports: relative path, command line or URL without credentials. */
  label: string;
  /** Argument vector that starts the module (command; folder after launch rules). */
  argv?: string[];
  /** Absolute folder of the module, if there is one. */
  folder?: string;
  /** The same as it is shown, where it was looked for and found above the program. */
  home?: string;
  /** Of a running service: http or https, without credentials. */
  url?: string;
  /** Absolute folder in which processes start. */
  cwd?: string;
  /** Argument vector that builds the module before its first start. */
  build?: string[];
  /** Absolute folders of the other modules judged in the same run. */
  peers?: string[];
}

// ---------------------------------------------------------------- transcript

/**
 * What a step observed, in the form that its verb documents. `ok`: it came to its good end. The value is what expectations read; it must be JSON
 * and carry `ok` too.
 */
export interface Observation {
  ok: boolean;
  [key: string]: Json | undefined;
}

/** `done`: came to its good end; `failed`: did not; `skipped`: its condition was false; `not-run`: an earlier step ended the scenario. */
export type StepStatus = "done" | "failed" | "skipped" | "not-run";
