// What a run needs to know, whoever asks: the command line, conform.yaml or a program.
import type { Level } from "../base/types.ts";

/** Options of one module's run. Everything is optional but the target. */
export interface RunOptions {
  /** `name`, `name@version` or the folder of a contract. */
  contract?: string;
  only?: string[];
  skip?: string[];
  level?: Level;
  /** Ids to judge, from an earlier report. */
  ids?: string[];
  strict?: boolean;
  /** What failed at first and passed at the second look counts as failed. */
  failOnFlaky?: boolean;
  /** A verdict on a part is not enough: exit 3 instead of 0. */
  requireComplete?: boolean;
  profile?: string;
  run?: string | string[];
  build?: string | string[];
  cwd?: string;
  /** Folder of the module behind a URL. */
  folder?: string;
  env?: Record<string, string>;
  headers?: Record<string, string>;
  params?: Record<string, import("../base/types.ts").Json>;
  unsafeProbes?: boolean;
  /** Scenarios at once. */
  jobs?: number;
  /** Whether what was late while it had no CPU is looked at once more, alone; default true. */
  secondLook?: boolean;
  /** Seconds for the whole run. */
  timeout?: number;
  timeScale?: number;
  seed?: string;
  /** File of known failures; false for none, undefined for the one beside the module. */
  baseline?: string | false;
  /** File that the transcript is written to while the run goes on. */
  transcript?: string;
}
