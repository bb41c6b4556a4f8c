// What COPY and ADD take from the folder that is built. Pure.
import { posix } from "node:path";
import type { DockerInstruction } from "./facts.ts";
import type { Ignored } from "./ignore.ts";

/** One thing that COPY or ADD takes from the folder by its name; with `*`, `?` or `[` a builder takes whatever is there, also nothing. */
export type DockerSource = {
  line: number;
  word: string;
  path: string;
  there: boolean;
  /** All of it is hidden by the file of ignored paths. */
  hidden: boolean;
};

export interface WantedSource {
  line: number;
  word: string;
  path: string;
}

/** What lies at a path: names of it (its own, and where links lead), and of everything below. */
export interface Lying {
  names: string[];
  below: string[];
  /** Not all of it was listed. */
  cut: boolean;
}

/** Sources by name, of stages that are built; the folder as a whole is always there. */
export function wantedSources(instructions: DockerInstruction[]): WantedSource[] {
  return instructions.flatMap(({ line, sources, unset, built }) =>
    (unset.length > 0 || !built ? [] : sources).flatMap((word) => {
      const path = posix.normalize(`/${word}`).replace(/^\/+|\/+$/g, "");
      return path === "" || /[*?[]/.test(word.replace(/\\./gs, "")) ? [] : [{ line, word, path }];
    }),
  );
}

/** Undefined: not enough was listed to tell. */
export function sourceOf(wanted: WantedSource, lying: Lying | undefined, ignore: Ignored): DockerSource | undefined {
  if (lying === undefined) return { ...wanted, there: false, hidden: false };
  // A builder gets a link and what it leads to only if neither is hidden.
  const shown = lying.names.every((name) => !ignore.hides(name)) || lying.below.some((name) => !ignore.hides(name));
  if (!shown && lying.cut && ignore.exceptions) return undefined;
  return { ...wanted, there: true, hidden: !shown };
}
