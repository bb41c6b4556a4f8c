// Entries of a registry -> the files of its site. Pure: the same entries on the same day give the same bytes.

import { sha256 } from "../../base/io.ts";
import { visible } from "../../base/visible.ts";
import type { Badge } from "../../report/badge.ts";
import { slug } from "../../report/reporters/slug.ts";
import type { Standing } from "../certificates/revocations.ts";
import { type Entry, stateOn } from "./entry.ts";
import { badPage, facetsOf, feed, indexPage, modulePage, type SiteFacts, siteStyle, words } from "./pages.ts";
import { changesOf, type Listed, type RegistryState } from "./state.ts";

export interface SiteInput {
  title: string;
  /** Where it will lie, ending in `/`; empty when nobody knows. */
  url: string;
  now: Date;
  standing?: (id: string) => Standing;
  /** Certificate's file -> what was found. */
  entries: ReadonlyMap<string, Entry>;
  before: RegistryState;
  /** SVG of a badge, and the file that shields.io reads. */
  badge(badge: Badge): { svg: string; json: string };
}

export interface Site {
  /** Path -> content; `copies`: path -> certificate's file to copy. */
  files: Map<string, string>;
  copies: Map<string, string>;
  listed: Listed[];
  facts: SiteFacts;
  changes: RegistryState["changes"];
  states: Map<string, string>;
}

export function siteOf(input: SiteInput): Site {
  const { entries, now, standing } = input;
  const states = new Map([...entries].map(([file, entry]) => [file, stateOn(entry, now, standing)]));
  const listed = listedOf(entries, states);
  const faults = [...entries].flatMap(([file, { id }]) => {
    const { state, why = "" } = states.get(file) ?? { state: "bad" as const };
    return state === "bad" ? [{ id, why }] : [];
  });
  const quiet = [...entries].filter(([file, { says }]) => says?.publish === false && states.get(file)?.state !== "bad");
  const facts: SiteFacts = {
    title: input.title,
    today: now.toISOString().slice(0, 10),
    unpublished: new Set(quiet.map(([, { id }]) => id)).size,
    bad: faults.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  const changes = changesOf(listed, input.before, now.toISOString());
  const { files, copies } = filesOf(listed, facts, input);
  files.set(
    "feed.xml",
    feed(changes, { title: input.title, url: input.url, updated: changes[0]?.at ?? "1970-01-01T00:00:00Z" }),
  );
  return {
    files,
    copies,
    listed,
    facts,
    changes,
    states: new Map([...states].map(([file, { state }]) => [file, state])),
  };
}

function filesOf(listed: readonly Listed[], facts: SiteFacts, { badge }: SiteInput): Pick<Site, "files" | "copies"> {
  const facets = facetsOf(listed);
  const files = new Map<string, string>([
    ["style.css", siteStyle(facets)],
    ["index.html", indexPage(listed, facets, facts)],
    ["index.json", `${JSON.stringify(indexOf(listed, facts))}\n`],
  ]);
  const copies = new Map<string, string>();
  if (facts.bad.length > 0) files.set("bad.html", badPage(facts));
  for (const one of listed) {
    const [newest] = one.certificates;
    if (newest === undefined) continue;
    const { svg, json } = badge(badgeFor(newest));
    files.set(`${one.slug}/index.html`, modulePage(one, facts.title));
    files.set(`${one.slug}/badge.svg`, svg);
    files.set(`${one.slug}/badge.json`, json);
    copies.set(`${one.slug}/certificate.intoto.json`, newest.file);
  }
  return { files, copies };
}

/** Grey is everything that does not hold today. */
function badgeFor({ says, standard: { state } }: Listed["certificates"][number]): Badge {
  const label = visible(`${says.contract} ${says.version}`);
  const day = says.judged.slice(0, 10);
  if (state !== "valid") return { label, message: `${words[state].toLowerCase()} | ${day}`, color: "lightgrey" };
  const color = says.level === "full" ? "brightgreen" : "green";
  return { label, message: `${says.level} | ${day}`, color, reached: says.level };
}

/** What machines read: everything that the table shows. */
function indexOf(listed: readonly Listed[], { title, today, unpublished, bad }: SiteFacts): object {
  const modules = listed.flatMap(({ slug: path, module, contract, certificates: [newest] }) =>
    newest === undefined
      ? []
      : [
          {
            module,
            contract,
            version: newest.says.version,
            level: newest.says.level,
            state: newest.standard.state,
            judged: newest.says.judged,
            expires: newest.says.expires,
            subject: newest.says.subject,
            certificate: newest.entry.id,
            key: newest.says.key,
            judged_again: newest.entry.judged_again,
            path: `${path}/`,
          },
        ],
  );
  return { format: 1, title, as_of: today, modules, unpublished, bad };
}

/** What its owners asked to be shown, by module and contract; the newest certificate that is valid stands first. */
function listedOf(entries: SiteInput["entries"], states: ReadonlyMap<string, ReturnType<typeof stateOn>>): Listed[] {
  const groups = new Map<string, Listed>();
  for (const [file, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { says } = entry;
    const standard = states.get(file);
    if (says === undefined || !says.publish || standard === undefined || standard.state === "bad") continue;
    const key = JSON.stringify([says.module, says.contract]);
    const known = groups.get(key) ?? {
      slug: `modules/${pathName(says.module)}/${pathName(says.contract)}`,
      module: says.module,
      contract: says.contract,
      certificates: [],
    };
    if (!known.certificates.some((one) => one.entry.id === entry.id))
      known.certificates.push({ file, entry, says, standard });
    groups.set(key, known);
  }
  const rank = (one: Listed["certificates"][number]): string =>
    `${one.standard.state === "valid" ? 1 : 0} ${one.says.judged}`;
  for (const { certificates } of groups.values()) certificates.sort((a, b) => (rank(a) < rank(b) ? 1 : -1));
  return [...groups.values()].sort((a, b) =>
    a.module === b.module ? compare(a.contract, b.contract) : compare(a.module, b.module),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/**
 * A path that depends on the name alone, so that no newcomer moves or takes another's: names of small letters, digits, `-` and `_` stand as they
 * are, of others a part with 12 digits of their sha256 behind a dot, which the former never have.
 */
function pathName(name: string): string {
  const plain = slug(name);
  return plain === name && name === name.toLowerCase() ? name : `${plain.slice(0, 60)}.${sha256(name).slice(0, 12)}`;
}
