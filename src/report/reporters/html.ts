// The report as one HTML file: no script needed, nothing loaded from elsewhere, light and dark, for screen, keyboard and paper.
import type { VerdictKind } from "../../base/judged.ts";
import type { ModuleReport, Report } from "../types.ts";
import { type Area, areasOf, noCounts, problems, rootCauses, weightyCauses } from "./arrange.ts";
import { page } from "./html-page.ts";
import { bar, countSpans, html, timeline, WORDS } from "./html-parts.ts";
import { type HtmlLimits, htmlLimits, requirement } from "./html-requirement.ts";
import type { Reporter, Stream, StreamFrame } from "./reporter.ts";
import { moduleSlugs, slug } from "./slug.ts";
import {
  baselineFile,
  contractText,
  count,
  duration,
  flakyIds,
  levels,
  modulesText,
  partText,
  reasonLine,
  reasonsText,
  type State,
  stateOf,
  states,
} from "./wording.ts";

export const reporter: Reporter = { name: "html", fileName: "report.html", render, stream };

const VERDICTS: { [K in VerdictKind]: string } = {
  conformant: "Conformant",
  partial: "Partly judged",
  nonconformant: "Not conformant",
  inconclusive: "Inconclusive",
};

/** Drawn, so that no font is needed: a tick, a cross, a question mark. */
const SIGNS: { [K in VerdictKind]: string } = {
  conformant: '<path d="M11 21l6 6 12-14"/>',
  partial: '<path d="M11 20h18"/>',
  nonconformant: '<path d="M13 13l14 14M27 13L13 27"/>',
  inconclusive: '<path d="M14.5 16a5.5 5.5 0 1 1 8 5c-2 1-2.5 2-2.5 4M20 29.5v.5"/>',
};

function render(report: Report): string {
  const slugs = moduleSlugs(report);
  const alone = report.modules.length === 1;
  const limits = htmlLimits(report);
  const sections = report.modules.map((module, i) =>
    moduleSection(module, { alone, prefix: alone ? "" : `${slugs[i] ?? i}:`, limits }),
  );
  const name = alone ? ` ${report.modules[0]?.name ?? ""}` : "";
  const title = `${VERDICTS[report.verdict.kind]}:${name} (conform report)`;
  const rows = report.modules.map((module, i) => overviewRow(module, `#${slugs[i]}:`));
  const filter = report.modules.length === 0 ? '<div id="requirements"></div>' : tools(report.modules);
  const over = alone ? "" : `${overview(report, report.modules)}\n${overviewTable(rows)}\n${filter}`;
  return page(title, report, `${over}\n${sections.join("\n")}`);
}

/** From so many modules on the report is an index and a page for each: one file of all would open in no browser. */
const pagesFrom = 200;

/** `report.html` and `report/<module>.html`. */
function stream(frame: StreamFrame): Stream | undefined {
  if (frame.modules.length < pagesFrom) return undefined;
  const slugs = moduleSlugs(frame);
  const file = (index: number) => `report/${slugs[index] ?? index}.html`;
  const rows: string[] = [];
  const modules: Pick<ModuleReport, "verdict">[] = [];
  return {
    head: "",
    module(module, index) {
      rows.push(overviewRow(module, file(index)));
      modules.push({ verdict: { ...module.verdict, reasons: [] } });
      return "";
    },
    page(module, index) {
      const report = { ...frame, modules: [module], verdict: module.verdict };
      const back = '<nav><a href="../report.html">All modules</a></nav>\n';
      const section = moduleSection(module, { alone: true, prefix: "", limits: htmlLimits(report) });
      const title = `${VERDICTS[module.verdict.kind]}: ${module.name} (conform report)`;
      return { file: file(index), text: page(title, frame, `${back}${section}`) };
    },
    tail(verdict) {
      const title = `${VERDICTS[verdict.kind]}: (conform report)`;
      const over = overview({ ...frame, verdict }, modules);
      return page(title, frame, `${over}\n${overviewTable(rows)}\n<div id="requirements"></div>`);
    },
  };
}

function overview(
  { verdict, duration_ms }: Pick<Report, "verdict" | "duration_ms">,
  modules: readonly Pick<ModuleReport, "verdict">[],
): string {
  const reasons = modules.length === 0 ? `<p class="against">${html(reasonsText(verdict.reasons, 10))}</p>` : "";
  return `<div class="verdict ${verdict.kind}">${sign(verdict.kind)}<div><h1>${VERDICTS[verdict.kind]}</h1><p class="against">${modulesText({ modules })}, ${duration(duration_ms)}</p>${reasons}</div></div>`;
}

function overviewRow(module: ModuleReport, href: string): string {
  return `<tr><td><a href="${href}"><code>${html(module.name)}</code></a></td><td class="${tone(module.verdict.kind)}"><b class="tone">${html(toldWord(module))}</b></td><td>${html(contractText(module))}</td><td class="counts">${countSpans(countStates(module))}</td></tr>`;
}

function overviewTable(rows: string[]): string {
  if (rows.length === 0) return "";
  return `<table class="modules"><thead><tr><th>Module</th><th>Verdict</th><th>Contract</th><th>Requirements</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

interface Frame {
  alone: boolean;
  /** Before every anchor of the module. */
  prefix: string;
  limits: HtmlLimits;
}

function moduleSection(module: ModuleReport, frame: Frame): string {
  const areas = areasOf(module);
  const anchors = anchorsOf(module, frame.prefix);
  const sub = frame.alone ? "h2" : "h3";
  const parts = [verdictBlock(module, frame), facts(module), remarks(module)];
  if (module.results.length > 0) parts.push(levelTable(module));
  parts.push(firstThings(module, { sub, anchors }));
  if (areas.length > 0)
    parts.push(`<${sub}>Areas</${sub}><ul class="areas">${areas.map((area) => areaCard(area, frame)).join("")}</ul>`);
  if (frame.alone) parts.push(areas.length > 0 ? tools([module]) : '<div id="requirements"></div>');
  for (const area of areas) parts.push(areaSection(area, { ...frame, anchors, sub }));
  if (module.scenarios.length > 0)
    parts.push(
      `<section><${sub}>Scenarios</${sub}>${timeline(module, (name) => anchors.get(`scenario ${name}`) ?? "")}</section>`,
    );
  return `<section class="module${frame.alone ? " only" : ""}"${frame.alone ? "" : ` id="${frame.prefix}"`}>\n${parts.filter((part) => part !== "").join("\n")}\n</section>`;
}

/** Anchors of requirements by id and of scenarios by `scenario name`. Ids stay readable: `#metrics/parses`. */
function anchorsOf(module: ModuleReport, prefix: string): Map<string, string> {
  const anchors = new Map<string, string>();
  const used = new Set<string>();
  const add = (key: string, wanted: string) => {
    let anchor = `${prefix}${wanted}`;
    for (let n = 2; used.has(anchor); n++) anchor = `${prefix}${wanted}-${n}`;
    used.add(anchor);
    anchors.set(key, anchor);
  };
  for (const { id } of module.results) add(id, /^[A-Za-z0-9][\w./-]*$/.test(id) ? id : slug(id));
  for (const { name } of module.scenarios) add(`scenario ${name}`, `scenario-${slug(name)}`);
  return anchors;
}

function verdictBlock(module: ModuleReport, { alone }: Frame): string {
  const { verdict } = module;
  const h = alone ? "h1" : "h2";
  const word = toldWord(module);
  // What failed is listed below; the reasons are for verdicts that no failure explains.
  const explained =
    verdict.exit === 0 || (verdict.kind === "nonconformant" && module.results.some((r) => stateOf(r) === "fail"));
  const shown = explained ? [] : verdict.reasons.slice(0, 5);
  const more = verdict.reasons.length - 5;
  const reasons = shown.map((reason) => `<li>${html(reason.slice(0, 500))}</li>`);
  if (more > 0 && shown.length > 0) reasons.push(`<li>and ${count(more, "more reason")}</li>`);
  const against = `${html(module.contract.title)}, ${html(contractText(module))}${module.strict ? ", strict" : ""}`;
  return `<div class="verdict ${verdict.kind}">${sign(verdict.kind)}<div><${h}><span class="word">${html(word)}</span> <span class="name">${html(module.name)}</span></${h}><p class="against">${against}</p>${reasons.length === 0 ? "" : `<ul>${reasons.join("")}</ul>`}</div></div>`;
}

function toldWord(module: ModuleReport): string {
  const part = partText(module);
  return part === undefined ? VERDICTS[module.verdict.kind] : headlineOf(module.verdict.kind, part);
}

/** `Partly judged: 13 of 140 requirements, no failure`, `Not conformant (judged: 13 of 140 requirements)`. */
function headlineOf(kind: VerdictKind, part: string): string {
  return kind === "partial" ? `${part.charAt(0).toUpperCase()}${part.slice(1)}` : `${VERDICTS[kind]} (${part})`;
}

function sign(kind: VerdictKind): string {
  return `<svg class="sign" viewBox="0 0 40 40" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"><circle cx="20" cy="20" r="18" stroke-width="2.5"/>${SIGNS[kind]}</svg>`;
}

function facts(module: ModuleReport): string {
  const list: [string, string | undefined][] = [
    ["Target", `${module.target.kind} ${module.target.label}`],
    ["Took", duration(module.duration_ms)],
    ["Started", module.started],
    ["Module", short(module.target.digest)],
    ["Contract", short(module.contract.digest)],
    ["Baseline", module.baseline === undefined ? undefined : baselineFile(module.baseline)],
  ];
  const items = list.flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`<div><dt>${name}</dt><dd class="v">${html(value)}</dd></div>`],
  );
  return `<dl class="facts">${items.join("")}</dl>`;
}

function short(digest: string | undefined): string | undefined {
  return digest === undefined || digest.length <= 24 ? digest : `${digest.slice(0, 23)}…`;
}

function remarks(module: ModuleReport): string {
  const items = [
    ...(module.partial === undefined
      ? []
      : [`<b>Partial:</b> the run did not come to its end: ${html(module.partial)}`]),
    ...(module.filtered === undefined ? [] : [`<b>Only a part was judged:</b> <code>${html(module.filtered)}</code>`]),
    ...(module.staleBaseline ?? []).map((stale) => `<b>Stale baseline entry:</b> ${html(stale)}`),
    ...(flakyIds(module).length === 0
      ? []
      : [`<b>Flaky</b> (failed at first, passed then): ${html(flakyIds(module).join(", "))}`]),
    ...module.notes.map((note) => html(note.slice(0, 4000))),
  ];
  return items.length === 0 ? "" : `<ul class="remarks">${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

function levelTable(module: ModuleReport): string {
  const rows = levels.flatMap((level) => {
    const counts = countStates(module, level);
    if (states.every((state) => counts[state] === 0)) return [];
    return [
      `<tr><th scope="row">${level}</th><td class="counts">${countSpans(counts)}</td><td class="wide">${bar(counts)}</td></tr>`,
    ];
  });
  return `<table class="levels"><caption class="hidden-text">Requirements by level</caption><tbody>${rows.join("")}</tbody></table>`;
}

/** What failed, what holds up most first; then what holds up without being a requirement. */
function firstThings(module: ModuleReport, frame: { sub: string; anchors: Map<string, string> }): string {
  const waits = rootCauses(module);
  const waiting = (n: number) => `${count(n, "requirement waits", "requirements wait")} for this`;
  const rows = problems(module).filter(({ state }) => state === "fail" || state === "error");
  const items = rows.map(({ result, state }) => {
    const n = waits.find(({ by }) => by === result.id)?.waiting.length ?? 0;
    const link = `<a href="#${frame.anchors.get(result.id)}"><code>${html(result.id)}</code></a>`;
    const wait = n === 0 ? "" : `<span class="wait">${waiting(n)}</span>`;
    return `<li class="${state}"><span class="level">${result.level}</span>${link} ${html(reasonLine(result, 240))}${wait}</li>`;
  });
  const others = weightyCauses(module).filter(({ by }) => !rows.some(({ result }) => result.id === by));
  for (const cause of others) {
    const reason = cause.reason ?? (cause.result === undefined ? "" : reasonLine(cause.result, 240));
    items.push(
      `<li class="blocked"><code>${html(cause.by)}</code> ${html(reason)}<span class="wait">${waiting(cause.waiting.length)}</span></li>`,
    );
  }
  if (items.length === 0) return "";
  const more = items.length > 20 ? `<li class="blocked">and ${count(items.length - 20, "more")}, below</li>` : "";
  return `<section><${frame.sub}>What to fix first</${frame.sub}><ul class="causes">${items.slice(0, 20).join("")}${more}</ul></section>`;
}

function areaCard(area: Area, { prefix }: Frame): string {
  return `<li><a href="#${areaAnchor(area, prefix)}"><b>${html(area.name)}</b>${bar(area.counts)}<span class="brief">${countSpans(area.counts)}</span></a></li>`;
}

function areaSection(area: Area, frame: Frame & { anchors: Map<string, string>; sub: string }): string {
  const rows = area.rows.map((row) => requirement(row, frame));
  return `<section class="area" id="${areaAnchor(area, frame.prefix)}"><header><${frame.sub}>${html(area.name)}</${frame.sub}><span class="brief">${countSpans(area.counts)}</span></header>\n${rows.join("\n")}\n</section>`;
}

function areaAnchor(area: Area, prefix: string): string {
  return `${prefix}area-${slug(area.name)}`;
}

/** Hidden until the script that makes it work runs. */
function tools(modules: ModuleReport[]): string {
  const present = new Set<State>(modules.flatMap((module) => module.results.map(stateOf)));
  const pills = states
    .filter((state) => present.has(state))
    .map(
      (state) =>
        `<label class="pill ${state}"><input type="checkbox" value="${state}" checked><span>${WORDS[state]}</span></label>`,
    );
  const options = levels.map((level) => `<option>${level}</option>`).join("");
  return `<div class="tools" id="requirements" role="search" hidden><input type="search" id="search" placeholder="Search ( / )" aria-label="Search in requirements and evidence"><select id="level" aria-label="Level"><option value="">All levels</option>${options}</select><fieldset><legend class="hidden-text">Outcomes shown</legend>${pills.join("")}</fieldset><button type="button" id="unfold" aria-pressed="false">Unfold all</button><span class="shown" role="status"></span></div>`;
}

function countStates(module: ModuleReport, level?: string): { [S in State]: number } {
  const counts = noCounts();
  for (const result of module.results) if (level === undefined || result.level === level) counts[stateOf(result)]++;
  return counts;
}

function tone(kind: VerdictKind): State {
  return kind === "conformant" ? "pass" : kind === "nonconformant" ? "fail" : "warning";
}
