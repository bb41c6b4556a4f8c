// What a run needs to know, whoever asks: the command line, conform.yaml or a program.
import type { Json, Level } from "../base/types.ts";

/** Options of one module's run; all of them may be left out. */
export interface RunOptions {
  /** `name`, `name@version` or the folder of a contract. */
  contract?: string;
  /** Globs over ids; only these requirements are judged. The name of an area means all of it. */
  only?: string[];
  /** Globs over ids; these requirements are left out. */
  skip?: string[];
  /** Only this level and above. */
  level?: Level;
  /** Ids to judge, from an earlier report. */
  ids?: string[];
  /** A failed SHOULD counts as a failure. */
  strict?: boolean;
  /** What failed at first and passed at the second look counts as failed. */
  failOnFlaky?: boolean;
  /** A verdict on a part is not enough: exit 3 instead of 0. */
  requireComplete?: boolean;
  /** Name of one of the contract's profiles. */
  profile?: string;
  /** Command that starts the module of a folder: a list of words, or a line of words and quotes; no shell reads it. */
  run?: string | string[];
  /** Command run once before the first start, as `run`; it has 600 seconds. */
  build?: string | string[];
  /** Working directory of the module, relative to its folder. */
  cwd?: string;
  /** Folder of the module behind a URL. */
  folder?: string;
  /** Environment variables for the module. */
  env?: Record<string, string>;
  /** Headers sent with every request to the module, by name. */
  headers?: Record<string, string>;
  /** Values of the contract's parameters, by name. */
  params?: Record<string, Json>;
  /** Requests that may change the state of a running service are allowed. */
  unsafeProbes?: boolean;
  /** Scenarios at once; default 8 for each core. */
  jobs?: number;
  /** Whether what was late while it had no CPU is looked at once more, alone; default true. */
  secondLook?: boolean;
  /** Seconds for the whole run; default 600. */
  timeout?: number;
  /** Factor on all deadlines; default 1. */
  timeScale?: number;
  /** Makes random choices repeatable. */
  seed?: string;
  /** File of known failures; false for none, undefined for the one beside the module. */
  baseline?: string | false;
  /** File that the command line writes the transcript to while the run goes on; programs have it from `RunResult` and `RunWatcher`. */
  transcript?: string;
}
