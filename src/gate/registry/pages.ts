// Pages of the registry: HTML without a server, readable and searchable without script, nothing loaded from elsewhere. Pure.
import { visible } from "../../base/visible.ts";
import { html } from "../../report/reporters/html-parts.ts";
import { style } from "../../report/reporters/html-style.ts";
import { count } from "../../report/reporters/wording.ts";
import type { EntryState, Says } from "./entry.ts";
import type { Listed, RegistryChange } from "./state.ts";

export interface SiteFacts {
  title: string;
  /** The day that expiry is counted by. */
  today: string;
  /** Certificates that hold but whose owners did not ask to be shown. */
  unpublished: number;
  bad: { id: string; why: string }[];
}

export const words: { [S in EntryState]: string } = {
  valid: "Valid",
  expired: "Expired",
  revoked: "Revoked",
  unknown: "Unclear",
  bad: "Not valid",
};

const tones: { [S in EntryState]: string } = {
  valid: "pass",
  expired: "skipped",
  revoked: "fail",
  unknown: "warning",
  bad: "fail",
};

/** One file for all pages. Facets are radio buttons that only the style sheet reads, so they work without script. */
export function siteStyle(facets: Facets): string {
  const rules = Object.entries(facets).flatMap(([name, values]) =>
    values.map((_, n) => `body:has(#${name}-${n + 1}:checked) tbody tr:not(.${name}-${n + 1}) { display: none; }`),
  );
  return `${style}
main.wrap { padding-top: 2rem; }
main h1 { margin: .5rem 0; }
main .modules { margin-bottom: 1rem; }
.facets legend::first-letter { text-transform: uppercase; }
.facets { display: grid; gap: .6rem; margin: 1.5rem 0 0; }
.facets fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; }
.facets legend { float: left; font-size: .875rem; color: var(--soft); width: 6rem; padding: .25rem 0; }
.facets .pill { --c: var(--info); --b: var(--info-bg); }
.facets .pill span { text-decoration: none; }
.modules th { font-size: .875rem; color: var(--soft); }
.listing th, .listing td { overflow-wrap: break-word; }
.listing .day { white-space: nowrap; }
.listing th[scope=row] { overflow-wrap: anywhere; min-width: 6rem; }
@media (max-width: 40rem) { .listing .day { display: none; } }
.badge { display: block; height: 20px; margin: 1rem 0; }
${rules.join("\n")}
`;
}

/** Value lists of the columns that can be chosen from, in the order of their buttons. */
export interface Facets {
  [name: string]: string[];
}

export function facetsOf(listed: readonly Listed[]): Facets {
  const unique = (values: string[]): string[] => [...new Set(values)].sort();
  return {
    contract: unique(listed.map(({ contract }) => contract)),
    level: unique(listed.map((one) => first(one).says.level)),
    state: unique(listed.map((one) => first(one).standard.state)),
    letter: unique(listed.map(({ module }) => letterOf(module))),
  };
}

const letterOf = (module: string): string => {
  const [letter = "#"] = module.replace(/^[^\p{L}\p{N}]+/u, "").toUpperCase();
  return /[A-Z0-9]/.test(letter) ? letter : "#";
};

/** Nobody is listed without a certificate. */
function first({ certificates }: Listed): Listed["certificates"][number] {
  const [one] = certificates;
  if (one === undefined) throw new Error("a module is listed without a certificate");
  return one;
}

export function indexPage(listed: readonly Listed[], facets: Facets, facts: SiteFacts): string {
  const rows = listed.map((one) => row(one, facets));
  const notes = [
    facts.unpublished === 0
      ? ""
      : `<p class="soft">${facts.unpublished === 1 ? "1 more holds; its owner" : `${facts.unpublished} more hold; their owners`} did not ask to be shown.</p>`,
    facts.bad.length === 0
      ? ""
      : `<p><a href="bad.html">${count(facts.bad.length, "certificate")} ${facts.bad.length === 1 ? "does" : "do"} not hold</a></p>`,
  ];
  const body = `<h1>${html(facts.title)}</h1>
<p class="soft">Modules that keep a contract, each with a certificate that was checked for this page. State of ${html(facts.today)}.</p>
${facetForm(facets)}
<table class="modules listing">
<caption class="hidden-text">Certified modules</caption>
<thead><tr><th scope="col">Module</th><th scope="col">Contract</th><th scope="col">Level</th><th scope="col">State</th><th scope="col" class="day">Judged</th><th scope="col" class="day">Valid until</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
${notes.join("\n")}
<footer><a href="feed.xml">Feed of changes</a> · <a href="index.json">index.json</a></footer>`;
  return page(facts.title, body, "");
}

function row(one: Listed, facets: Facets): string {
  const { says, standard } = first(one);
  const values: Facets = {
    contract: [one.contract],
    level: [says.level],
    state: [standard.state],
    letter: [letterOf(one.module)],
  };
  const classes = Object.entries(values).map(
    ([name, [value = ""]]) => `${name}-${(facets[name]?.indexOf(value) ?? -1) + 1}`,
  );
  return `<tr class="${classes.join(" ")}"><th scope="row"><a href="${one.slug}/index.html">${html(shown(one.module, 60))}</a></th><td>${html(shown(one.contract, 40))} ${html(shown(says.version, 20))}</td><td>${says.level}</td><td>${pill(standard.state)}</td><td class="day">${day(says.judged)}</td><td class="day">${day(says.expires)}</td></tr>`;
}

function facetForm(facets: Facets): string {
  const sets = Object.entries(facets).map(([name, values]) => {
    const button = (n: number, text: string): string =>
      `<label class="pill"><input type="radio" name="${name}" id="${name}-${n}"${n === 0 ? " checked" : ""}><span>${html(text)}</span></label>`;
    const buttons = values.map((value, n) => button(n + 1, name === "state" ? words[value as EntryState] : value));
    return `<fieldset><legend>${html(name)}</legend>${button(0, "all")}${buttons.join("")}</fieldset>`;
  });
  return `<form class="facets" aria-label="Which modules are shown">${sets.join("\n")}</form>`;
}

export function modulePage(one: Listed, title: string): string {
  const { says, standard } = first(one);
  const older = one.certificates.slice(1);
  const body = `<p class="brand"><a href="../../../index.html">${html(title)}</a></p>
<h1>${html(shown(one.module, 200))}</h1>
<p>${pill(standard.state)} ${html(one.contract)} ${html(says.version)}, level ${says.level}${standard.why === undefined ? "" : `: ${html(standard.why)}`}</p>
<img class="badge" src="badge.svg" alt="Badge: ${html(one.contract)} ${html(says.version)}, ${words[standard.state].toLowerCase()}">
${facts(one, says)}
${list(
  "Not kept though recommended",
  says.failed.map((id) => `<code>${html(id)}</code>`),
)}
${list(
  "Does not apply to this module",
  Object.entries(says.skipped).map(([id, why]) => `<code>${html(id)}</code> ${html(why)}`),
)}
${list(
  "Other certificates",
  older.map(
    (old) =>
      `${pill(old.standard.state)} ${html(old.says.version)} ${old.says.level}, judged ${day(old.says.judged)}, until ${day(old.says.expires)}`,
  ),
)}
<footer>Check it yourself: <code>conform verify certificate.intoto.json --key &lt;public key&gt; --subject &lt;the module&gt;</code></footer>`;
  return page(`${shown(one.module, 200)} · ${title}`, body, "../../../");
}

function facts(one: Listed, says: Says): string {
  const { entry } = first(one);
  const { pass, fail, skipped } = says.counts;
  const rows: [string, string][] = [
    [
      "Judged",
      `${day(says.judged)} by ${html(says.tool)}${says.machine === undefined ? "" : ` on ${html(says.machine)}`}`,
    ],
    ["Valid until", day(says.expires)],
    ["Requirements", `${pass} passed, ${fail} not kept, ${skipped} do not apply`],
    ...(says.time_scale === undefined
      ? []
      : [["Deadlines", `${says.time_scale} times those of the contract`] as [string, string]]),
    ...(says.unsafe_probes ? [["Probes", "with requests that may change state"] as [string, string]] : []),
    ...says.subject.map(({ name, digest }): [string, string] => [
      "What was judged",
      `${html(name)} <code>${Object.entries(digest)
        .map(([kind, value]) => html(`${kind}:${value}`))
        .join(" ")}</code>`,
    ]),
    ["Evidence", evidenceText(says, entry.judged_again)],
    ["Signed by the key", `<code>${html(says.key)}</code>`],
    ["Certificate", `<a href="certificate.intoto.json">certificate.intoto.json</a> <code>${entry.id}</code>`],
  ];
  return `<dl class="facts">${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("\n")}</dl>`;
}

function evidenceText({ transcript }: Says, again: boolean): string {
  if (transcript === undefined) return "none: nobody can judge it again";
  return `transcript <code>${html(transcript)}</code>, ${again ? "judged again for this page: the same outcomes" : "not at hand here"}`;
}

export function badPage({ title, bad }: SiteFacts): string {
  const rows = bad.map(({ id, why }) => `<tr><th scope="row"><code>${html(id)}</code></th><td>${html(why)}</td></tr>`);
  const body = `<p class="brand"><a href="index.html">${html(title)}</a></p>
<h1>Certificates that do not hold</h1>
<p class="soft">Named by the digest of what they say, for what they say is not to be believed.</p>
<table class="modules"><caption class="hidden-text">Certificates that do not hold</caption><thead><tr><th scope="col">Certificate</th><th scope="col">Why not</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
  return page(`Not valid · ${title}`, body, "");
}

/** Atom (RFC 4287). */
export function feed(
  changes: readonly RegistryChange[],
  { title, url, updated }: { title: string; url: string; updated: string },
): string {
  const entries = changes.map(
    ({ at, id, module, contract, slug, text }) =>
      `<entry><id>urn:sha256:${id}:${html(at)}</id><title>${html(`${module} (${contract}): ${text}`)}</title><updated>${html(at)}</updated><link href="${html(`${url}${slug === "" ? "" : `${slug}/`}index.html`)}"/></entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>${html(url === "" ? "urn:module-conform:registry" : url)}</id><title>${html(title)}</title><updated>${html(updated)}</updated><author><name>${html(title)}</name></author>
${entries.join("\n")}
</feed>
`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `<h2>${title}</h2>\n<ul>${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>`;
}

/** A name that nobody could read or click is cut, or said to be none. */
function shown(name: string, most: number): string {
  const plain = visible(name);
  if (plain.trim() === "") return "(no name)";
  return plain.length > most ? `${[...plain].slice(0, most - 1).join("")}…` : plain;
}

const day = (time: string): string => html(time.slice(0, 10));
const pill = (state: EntryState): string => `<span class="state ${tones[state]}">${words[state]}</span>`;

function page(title: string, body: string, up: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<link rel="stylesheet" href="${up}style.css">
<link rel="alternate" type="application/atom+xml" title="Changes" href="${up}feed.xml">
</head>
<body><main class="wrap">
${body}
</main></body>
</html>
`;
}
