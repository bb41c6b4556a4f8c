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

export interface SourceDocument {
  title: string;
  url?: string;
  note?: string;
}

/** Place in a file, 1-based, path relative to the module or contract folder. */
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
  whenText?: string;
  /** Observations it reads, `scenario.step` or `scenario`. */
  on: string[];
  expect: Expectation[];
  /** Why it exists, for `explain`. */
  why?: string;
  hint?: string;
  /** Name of the mutant that breaks exactly this requirement. */
  mutant?: string;
  /** Reason why no mutant exists or why it cannot be observed. */
  untested?: string;
  /** Kinds of target on which it can be observed. */
  targets: TargetKind[];
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
  ifText?: string;
  /** What happens when the step does not come to its good end: `stop` ends the scenario's further steps, `go-on` does not. */
  otherwise: "stop" | "go-on";
  /** Repetition. */
  times?: number | string;
  every_ms?: number | string;
  parallel?: number | string;
  each?: string;
  targets?: TargetKind[];
  at: Place;
}

/** Automatic replies to what the module says on stdout. */
export interface Answer {
  /** CEL over `line` (the parsed line event). */
  when: string;
  send: Json;
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
  at: Place;
}

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
  /** sha256 over the contract's files. */
  digest: string;
  folder: string;
}

// ---------------------------------------------------------------- target

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
  url?: string;
  /** Where processes start. */
  cwd?: string;
  build?: string[];
  /** Absolute folders of the other modules judged in the same run. */
  peers?: string[];
}

// ---------------------------------------------------------------- transcript

/** One observation in the transcript. `n` counts from 1 in file order, `t` is seconds since the run's start. */
export interface TranscriptEvent {
  n: number;
  t: number;
  scenario: string;
  /** Step during which it was seen, if any. */
  step?: string;
  /** `line`, `spawn`, `exit`, `sent`, `limit`, `step`, `scenario`, `request` (at a stand-in), `note`. */
  kind: string;
  /** Name of the process or peer it concerns. */
  proc?: string;
  data: { [key: string]: Json };
}

export interface TranscriptHeader {
  format: 1;
  tool: { name: string; version: string };
  contract: { name: string; version: string; digest: string };
  target: { kind: TargetKind; label: string };
  started: string;
  /** Selection and parameters, enough to judge again. */
  params: { [key: string]: Json };
  profile?: string;
  strict?: boolean;
  /** Factor on all deadlines, when it is not 1. */
  time_scale?: number;
  /** What was left out on the command line, in words. */
  filtered?: string;
  plan: { scenarios: string[]; requirements: string[] };
}

export interface TranscriptFooter {
  events: number;
  duration_ms: number;
  interrupted?: string;
  sha256: string;
}

/** `footer` missing means the run was cut off. */
export interface Transcript {
  header: TranscriptHeader;
  events: TranscriptEvent[];
  footer?: TranscriptFooter;
}

// ---------------------------------------------------------------- judging

/** One contradiction between a sentence and what was seen. Facts only; wording.ts makes sentences. */
export interface Finding {
  /** What is concerned: a step, a pointer into a document, a series. */
  at: string;
  expected: Json;
  actual: Json;
  /** Numbers of the events that show it. */
  events: number[];
  place?: Place;
}

export type Outcome =
  | { kind: "pass"; events: number[] }
  /** `omitted`: findings beyond the judge's cap, counted but not kept. */
  | { kind: "fail"; findings: [Finding, ...Finding[]]; omitted?: number }
  | { kind: "blocked"; by: string; reason?: string }
  | { kind: "skipped"; reason: string }
  | { kind: "error"; message: string };

export type OutcomeKind = Outcome["kind"];

/** An event as shown beside a finding: the transcript's slice in words, already redacted and cut. */
export interface Evidence {
  event: number;
  /** Seconds since the run's start. */
  t: number;
  scenario: string;
  step?: string;
  text: string;
}

/** A requirement with its outcome and everything a reader needs to act. */
export interface Result {
  id: string;
  area: string;
  level: Level;
  text: string;
  /** `Title, section` of each source. */
  sources: string[];
  outcome: Outcome;
  /** Does a failure count for the verdict? MUST always, SHOULD with --strict; never when baselined. */
  binding: boolean;
  baseline?: { owner?: string; reason: string; issue?: string; expires?: string };
  why?: string;
  hint?: string;
  evidence: Evidence[];
  /** Commands that repeat the observation. */
  repeat: string[];
  /** Names of the scenarios it was judged from. */
  scenarios: string[];
}

export type VerdictKind = "conformant" | "nonconformant" | "inconclusive";

export interface Counts {
  pass: number;
  fail: number;
  blocked: number;
  skipped: number;
  error: number;
}

export interface Verdict {
  kind: VerdictKind;
  /** 0, 1, 3, 70, 130 or 143. */
  exit: number;
  /** One reason per line, most important first. */
  reasons: string[];
  counts: Counts;
  levels: { [L in Level]: Counts };
  /** Failures that were excused by a valid baseline entry. */
  baselined: number;
}

// ---------------------------------------------------------------- report

export interface StepSummary {
  name: string;
  /** Seconds since the run's start. */
  from: number;
  to: number;
  status: StepStatus;
}

/** `done`: came to its good end; `failed`: did not; `skipped`: its condition was false; `not-run`: an earlier step ended the scenario. */
export type StepStatus = "done" | "failed" | "skipped" | "not-run";

export interface ScenarioSummary {
  name: string;
  title?: string;
  status: "ran" | "stopped" | "skipped" | "error";
  reason?: string;
  from: number;
  to: number;
  steps: StepSummary[];
}

/** One judged module. */
export interface ModuleReport {
  /** Unique in the report; the target's label. */
  name: string;
  target: { kind: TargetKind; label: string; digest?: string };
  contract: { name: string; version: string; title: string; digest: string };
  started: string;
  duration_ms: number;
  profile?: string;
  strict: boolean;
  /** What was left out on the command line, in words; a filtered run earns no badge. */
  filtered?: string;
  /** Why the run did not come to its end. */
  partial?: string;
  verdict: Verdict;
  results: Result[];
  scenarios: ScenarioSummary[];
  notes: string[];
  /** The baseline of the run, if it had one; a run with entries earns no badge. */
  baseline?: { file: string; entries: number };
  /** Baseline entries that no longer apply: `id: why`. */
  staleBaseline?: string[];
}

/** The result of a run: the only input of reporters, badge and certificate. */
export interface Report {
  format: 1;
  tool: { name: string; version: string };
  started: string;
  duration_ms: number;
  verdict: Verdict;
  modules: ModuleReport[];
}

/** A reporter is pure: report in, files or text out. */
export interface RenderedFile {
  /** File name below --out, or `-` for standard output. */
  name: string;
  content: string;
}
