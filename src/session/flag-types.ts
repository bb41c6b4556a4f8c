// What a flag is, as the table of flags says it. Types only.

/**
 * What a flag takes. `yes`: nothing. `line`: a command line. `word`: a text that may look like a number. `texts`, `pairs`, `settings`: may be given
 * several times; pairs are `K=V`, settings pairs whose values are JSON where they look so. `whole`, `number`: above 0. `factor`: 0.01 to 100.
 * `file-or-no`: a file, or none (`--no-...`, in conform.yaml false). `mode`: octal permissions. A list: one of these words.
 */
export type FlagType =
  | ("yes" | "text" | "line" | "word" | "texts" | "pairs" | "settings")
  | ("whole" | "number" | "factor" | "file-or-no" | "mode")
  | readonly string[];

/** How a command differs in what it says of a flag. */
export interface OnCommand {
  type?: FlagType;
  short?: string;
  value?: string;
  help?: string;
  default?: string | number;
  required?: true;
}

/** One flag: its type, what it is called in help (`value`), and the commands that take it. */
export interface Flag extends Pick<OnCommand, "short" | "value"> {
  type: FlagType;
  help: string;
  /** It is a key of conform.yaml; a text is what its schema says instead of `help`. */
  key?: true | string;
  /** It is written `--no-<name>`, and true without it; or, of a file, may be written so too, with this help. */
  no?: true | string;
  on: { [command: string]: OnCommand };
}
