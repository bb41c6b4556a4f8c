// One requirement in the HTML report: its line, and folded below it everything needed to act.

import type { Finding, Result } from "../../base/judged.ts";
import type { Report } from "../types.ts";
import type { Row } from "./arrange.ts";
import { html, htmlLines, WORDS } from "./html-parts.ts";
import { baselineText, contrast, count, cut, eventsText, moment, reasonLine, whereText } from "./wording.ts";

/** How much of a result is shown, so that many failures stay below a megabyte. */
export interface HtmlLimits {
  value: number;
  findings: number;
  evidence: number;
}

const BYTES_OF_VALUES = 500_000;

export function htmlLimits(report: Report): HtmlLimits {
  const loud = report.modules
    .flatMap((module) => module.results)
    .filter(({ outcome }) => outcome.kind === "fail").length;
  const each = BYTES_OF_VALUES / Math.max(1, loud);
  const between = (least: number, most: number, wanted: number) => Math.floor(Math.max(least, Math.min(most, wanted)));
  return {
    value: between(120, 1500, each / 8),
    findings: between(2, 50, each / 800),
    evidence: between(2, 50, each / 800),
  };
}

interface Frame {
  limits: HtmlLimits;
  anchors: Map<string, string>;
}

export function requirement({ result, state }: Row, frame: Frame): string {
  const open = state === "fail" || state === "error" ? " open" : "";
  const anchor = frame.anchors.get(result.id) ?? "";
  const summary = `<summary><span class="state">${WORDS[state]}</span><span class="level">${result.level}</span><code class="id">${html(result.id)}</code><span class="says">${html(result.text)}</span></summary>`;
  return `<details class="req ${state}" id="${anchor}" data-state="${state}" data-level="${result.level}"${open}>${summary}<div class="body">${body(result, frame)}</div></details>`;
}

function body(result: Result, frame: Frame): string {
  const { outcome } = result;
  const parts: string[] = [];
  if (outcome.kind === "fail") parts.push(...findings(outcome.findings, outcome.omitted ?? 0, frame.limits));
  if (outcome.kind === "error")
    parts.push(note("Conform could not tell", html(cut(outcome.message, frame.limits.value))));
  if (outcome.kind === "blocked") parts.push(note("Waits for", waitsFor(result, outcome, frame)));
  if (outcome.kind === "skipped") parts.push(note("Skipped", html(reasonLine(result, 1000))));
  const known = baselineText(result);
  if (known !== undefined) parts.push(note("In the baseline", html(known)));
  if (result.hint !== undefined) parts.push(note("Hint", html(result.hint)));
  if (result.evidence.length > 0) parts.push(evidence(result, frame.limits));
  if (result.repeat.length > 0) parts.push(repeat(result.repeat));
  if (result.why !== undefined) parts.push(note("Why it exists", html(result.why)));
  parts.push(sources(result, frame));
  return parts.filter((part) => part !== "").join("");
}

function findings(list: Finding[], omitted: number, limits: HtmlLimits): string[] {
  let before = "";
  const shown = list.slice(0, limits.findings).map((finding) => {
    const where = placed(finding);
    const block = pair(finding, where === before ? "" : where, limits);
    before = where;
    return block;
  });
  const more = list.length - shown.length + omitted;
  if (more > 0) shown.push(`<p class="soft">… ${count(more, "more finding")}; the JSON report has what was kept.</p>`);
  return shown;
}

/** `manifest.toml:4:11  /module/version · event 2`. */
function placed(finding: Finding): string {
  return [whereText(finding), eventsText(finding)].filter((text) => text !== "").join(" · ");
}

function pair(finding: Finding, where: string, limits: HtmlLimits): string {
  const { expected, actual } = contrast(finding, limits.value);
  const at =
    where === ""
      ? ""
      : `<p class="at"><span class="hidden-text">At </span><span class="v">${html(cut(where, 500))}</span></p>`;
  return `<div class="pair">${at}<div class="want"><b>Expected</b><span class="v">${html(expected)}</span></div><div class="got"><b>Actual</b><span class="v">${html(actual)}</span></div></div>`;
}

function note(label: string, content: string): string {
  return `<div class="note"><b>${label}</b>${content}</div>`;
}

function waitsFor(result: Result, outcome: { by: string; reason?: string }, { anchors }: Frame): string {
  const by = `<code>${html(outcome.by)}</code>`;
  const anchor = outcome.by === result.id ? undefined : anchors.get(outcome.by);
  const reason = outcome.reason === undefined ? "" : `: ${html(outcome.reason)}`;
  return `${anchor === undefined ? by : `<a href="#${anchor}">${by}</a>`}${reason}`;
}

function evidence(result: Result, limits: HtmlLimits): string {
  const rows = result.evidence.slice(0, limits.evidence).map((e) => {
    const step = [e.scenario, e.step].filter((part) => part !== undefined).join(".");
    return `<tr><td class="n">${e.event}</td><td class="t">${moment(e.t)}</td><td><code>${html(step)}</code></td><td class="v">${htmlLines(cut(e.text.trimEnd(), limits.value))}</td></tr>`;
  });
  const more = result.evidence.length - rows.length;
  const rest = more > 0 ? `<p class="soft">… ${count(more, "more event")}; the transcript has them.</p>` : "";
  return `<div><table class="seen"><thead><tr><th scope="col">Event</th><th scope="col">Time</th><th scope="col">Step</th><th scope="col">Seen</th></tr></thead><tbody>${rows.join("")}</tbody></table>${rest}</div>`;
}

function repeat(commands: string[]): string {
  const lines = commands.map((command) => `<div class="command"><code>${html(command)}</code></div>`);
  return `<div><span class="label">Repeat it</span>${lines.join("")}</div>`;
}

function sources(result: Result, { anchors }: Frame): string {
  const scenarios = result.scenarios.map((name) => {
    const anchor = anchors.get(`scenario ${name}`);
    return anchor === undefined ? html(name) : `<a href="#${anchor}">${html(name)}</a>`;
  });
  const parts = [
    result.sources.length === 0 ? "" : `Source: ${result.sources.map(html).join("; ")}`,
    scenarios.length === 0 ? "" : `Judged from: ${scenarios.join(", ")}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `<p class="sources">${parts.join(" · ")}</p>`;
}
