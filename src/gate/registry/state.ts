// What a build of the registry leaves for the next one: which files were looked at, which pages were written, what changed when. Pure.
import * as z from "zod";
import { type Entry, entryShape, type Says, type Standard } from "./entry.ts";

const change = z.object({
  at: z.string(),
  id: z.string(),
  module: z.string(),
  contract: z.string(),
  slug: z.string(),
  text: z.string(),
});

const stateShape = z.object({
  format: z.literal(1),
  /** Keys and version by which the entries were verified. */
  frame: z.string(),
  /** Certificate's file -> hashes of it and of its evidence, and what was found. */
  entries: z.record(z.string(), z.object({ mark: z.string(), entry: entryShape, state: z.string() })),
  /** Written files. */
  pages: z.array(z.string()),
  changes: z.array(change),
});

export type RegistryState = z.infer<typeof stateShape>;
export type RegistryChange = z.infer<typeof change>;

const changesMax = 200;

/** Anything that is not a state of this format counts as none: everything is looked at anew. */
export function parseState(text: string | undefined, frame: string): RegistryState {
  const fresh: RegistryState = { format: 1, frame, entries: {}, pages: [], changes: [] };
  if (text === undefined) return fresh;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fresh;
  }
  const parsed = stateShape.safeParse(value);
  if (!parsed.success) return fresh;
  return parsed.data.frame === frame
    ? parsed.data
    : { ...parsed.data, frame, entries: withoutMarks(parsed.data.entries) };
}

/** Known for telling what changed, but to be looked at again. */
function withoutMarks(entries: RegistryState["entries"]): RegistryState["entries"] {
  return Object.fromEntries(Object.entries(entries).map(([file, one]) => [file, { ...one, mark: "" }]));
}

/** One module and contract, with all its certificates, newest first. */
export interface Listed {
  slug: string;
  module: string;
  contract: string;
  certificates: { file: string; entry: Entry; says: Says; standard: Standard }[];
}

/** What readers of the feed want to hear, newest first. */
export function changesOf(listed: readonly Listed[], before: RegistryState, at: string): RegistryChange[] {
  const known = new Map(Object.values(before.entries).map(({ entry, state }) => [entry.id, state]));
  const fresh = listed.flatMap(({ slug, module, contract, certificates }) =>
    certificates.flatMap(({ entry, says, standard }) => {
      const old = known.get(entry.id);
      if (old === standard.state) return [];
      const text =
        standard.state === "valid"
          ? `${old === undefined ? "certified" : "valid again"}: ${says.contract} ${says.version} ${says.level}, until ${says.expires.slice(0, 10)}`
          : (standard.why ?? standard.state);
      return [{ at, id: entry.id, module, contract, slug, text }];
    }),
  );
  const shown = new Set(listed.flatMap(({ certificates }) => certificates.map(({ entry }) => entry.id)));
  const gone = Object.values(before.entries).flatMap(({ entry: { id, says }, state }) =>
    says?.publish !== true || state === "bad" || shown.has(id)
      ? []
      : [{ at, id, module: says.module, contract: says.contract, slug: "", text: "no longer listed" }],
  );
  return [...fresh, ...gone, ...before.changes].slice(0, changesMax);
}
