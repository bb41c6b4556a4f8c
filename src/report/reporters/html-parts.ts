// Pieces of the HTML report: escaping, stacked bars, the timeline of a scenario.

import type { StepStatus } from "../../base/types.ts";
import { harmless, quietHashes, visible, visibleLines } from "../../base/visible.ts";
import type { ModuleReport, ScenarioSummary, StepSummary } from "../types.ts";
import { count, duration, grouped, type State, states } from "./wording.ts";

export const WORDS: { [S in State]: string } = {
  fail: "Failed",
  error: "Error",
  warning: "Warning",
  info: "Note",
  known: "Known",
  blocked: "Waiting",
  skipped: "Skipped",
  pass: "Passed",
};

/** Foreign text inside an element or attribute. */
export function html(text: string): string {
  return escaped(visible(text));
}

/** The same for text of several lines, which stay lines. */
export function htmlLines(text: string): string {
  // A line of the file must not begin with what a CI log would obey.
  return escaped(visibleLines(text).split("\n").map(harmless).join("\n"));
}

function escaped(text: string): string {
  return quietHashes(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** What was not looked at comes last. */
const barStates: readonly State[] = [...states.filter((state) => state !== "skipped"), "skipped"];

/** `<span>3 failed</span><span>12 passed</span>`, most severe first. */
export function countSpans(counts: { [S in State]: number }): string {
  return barStates
    .filter((state) => counts[state] > 0)
    .map((state) => `<span class="${state}"><span class="tone">${phrase(state, counts[state])}</span></span>`)
    .join("");
}

function phrase(state: State, n: number): string {
  if (state === "error" || state === "warning") return count(n, WORDS[state].toLowerCase());
  if (state === "info") return count(n, "note");
  return `${grouped(n)} ${WORDS[state].toLowerCase()}`;
}

/** A stacked bar; the words stand beside it, so it is hidden from screen readers. */
export function bar(counts: { [S in State]: number }): string {
  const total = states.reduce((n, state) => n + counts[state], 0);
  let x = 0;
  const rects = barStates.map((state) => {
    const width = total === 0 ? 0 : (100 * counts[state]) / total;
    const rect =
      width === 0 ? "" : `<rect class="${state}" x="${percent(x)}" width="${percent(width)}" height="100%"/>`;
    x += width;
    return rect;
  });
  return `<svg class="bar" aria-hidden="true" focusable="false">${rects.join("")}</svg>`;
}

/** All scenarios of a module on one time axis. */
export function timeline(module: ModuleReport, anchor: (scenario: string) => string): string {
  const end = Math.max(0.001, ...module.scenarios.map(({ to }) => finite(to)));
  const ticks = ticksOf(end);
  const rows = module.scenarios.map((scenario) => scenarioRow(scenario, { end, ticks, id: anchor(scenario.name) }));
  const marks = ticks.map((t, i) => {
    const x = percent((100 * t) / end);
    const side = i === 0 ? "start" : t / end > 0.96 ? "end" : "middle";
    return `<text x="${x}" y="14" text-anchor="${side}">${html(tickText(t))}</text>`;
  });
  const axis = `<div class="scenario"><div class="who soft">seconds since the start</div><div><svg class="axis" aria-hidden="true" focusable="false">${marks.join("")}</svg></div></div>`;
  return rows.join("\n") + axis;
}

interface Axis {
  end: number;
  ticks: number[];
  id: string;
}

const STEP_STATES: { [S in StepStatus]: State } = {
  done: "pass",
  failed: "fail",
  skipped: "skipped",
  "not-run": "skipped",
};
const STEP_WORDS: { [S in StepStatus]: string } = {
  done: "done",
  failed: "failed",
  skipped: "skipped",
  "not-run": "not run",
};
const ENDS: { [S in ScenarioSummary["status"]]: string } = {
  ran: "ran to its end",
  stopped: "stopped",
  skipped: "skipped",
  error: "ended by an error of conform",
};

function scenarioRow(scenario: ScenarioSummary, axis: Axis): string {
  const title = scenario.title === undefined ? "" : `<div class="soft">${html(scenario.title)}</div>`;
  const lasted =
    scenario.status === "skipped" ? "" : `, ${duration((finite(scenario.to) - finite(scenario.from)) * 1000)}`;
  const reason = scenario.reason === undefined ? "" : `: ${html(scenario.reason)}`;
  const tone = { ran: "pass", stopped: "fail", skipped: "skipped", error: "error" }[scenario.status];
  const who = `<div class="who"><b id="${axis.id}">${html(scenario.name)}</b>${title}</div>`;
  const ended = `<p class="end ${tone}"><span class="tone">${ENDS[scenario.status]}${lasted}</span>${reason}</p>`;
  if (scenario.steps.length === 0) return `<div class="scenario">${who}<div>${ended}</div></div>`;
  const ticks = axis.ticks.map((t) => {
    const x = percent((100 * t) / axis.end);
    return `<line class="tick" x1="${x}" x2="${x}" y1="0" y2="30"/>`;
  });
  const steps = scenario.steps.map((step) => stepRect(step, axis.end));
  const list = scenario.steps.map(
    ({ name, from, to, status }) =>
      `<li><code>${html(name)}</code> ${STEP_WORDS[status]}${status === "done" || status === "failed" ? `, ${moment(from)} to ${moment(to)}` : ""}</li>`,
  );
  return `<div class="scenario">${who}<div><svg class="line" aria-hidden="true" focusable="false">${ticks.join("")}${steps.join("")}</svg>${ended}<details class="steps"><summary>${count(list.length, "step")}<span class="hidden-text"> of ${html(scenario.name)}</span></summary><ol>${list.join("")}</ol></details></div></div>`;
}

/** A step that did not run has no length and no place. */
function stepRect(step: StepSummary, end: number): string {
  if (step.status === "not-run" || step.status === "skipped") return "";
  const x = (100 * finite(step.from)) / end;
  const width = Math.max(0.25, (100 * Math.max(0, finite(step.to) - finite(step.from))) / end);
  // Labels only where they fit at a width of about 700 pixels; the list below has them all.
  const label = visible(step.name);
  const fits = width * 7 > label.length * 7.4 + 10;
  const text = fits ? `<text x="${percent(x + 0.7)}" y="19">${html(label)}</text>` : "";
  const tip = `<title>${html(step.name)}: ${STEP_WORDS[step.status]}, ${moment(step.from)} to ${moment(step.to)}</title>`;
  return `<g class="${STEP_STATES[step.status]}"><rect class="step" x="${percent(x)}" width="${percent(width)}" y="2" height="26" rx="3">${tip}</rect>${text}</g>`;
}

function ticksOf(end: number): number[] {
  const raw = end / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((n) => n * power >= raw) ?? 10) * power;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
}

function tickText(t: number): string {
  return String(Math.round(t * 1000) / 1000);
}

function moment(t: number): string {
  return `${finite(t).toFixed(3)} s`;
}

function percent(n: number): string {
  return `${Math.round(n * 100) / 100}%`;
}

function finite(n: number): number {
  return Number.isFinite(n) && n > 0 ? n : 0;
}
