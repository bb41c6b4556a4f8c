// A delta for people: text for the terminal, Markdown for the pull request. Pure.

import { visible } from "../../base/visible.ts";
import { type Change, changes, type Delta, type ModuleDelta, type Turn } from "../diff.ts";
import { factLines } from "./details.ts";
import { code, fenced, finished, htmlInMarkdown, prose, tableCell } from "./markdown-text.ts";
import { baselineText, count, cut, reasonLine } from "./wording.ts";

const TITLES: { [C in Exclude<Change, "unchanged">]: string } = {
  broken: "Newly broken",
  lost: "Passed before, could not be judged now",
  warned: "New warnings (do not count)",
  excused: "Newly broken, excused by the baseline",
  measured: "Newly measured",
  fixed: "Fixed",
  unmeasured: "No longer measured",
};
const shown = changes.filter((change) => change !== "unchanged");

/** `2 newly broken, 1 fixed, 30 unchanged`. */
function summary(counts: Delta["counts"]): string {
  const words: { [C in Change]: string } = {
    broken: "newly broken",
    lost: "no longer judged",
    warned: "newly warned",
    excused: "newly excused",
    measured: "newly measured",
    fixed: "fixed",
    unmeasured: "no longer measured",
    unchanged: "unchanged",
  };
  const parts = changes.filter((change) => counts[change] > 0).map((change) => `${counts[change]} ${words[change]}`);
  return parts.length === 0 ? "nothing to compare" : parts.join(", ");
}

function headline(delta: Delta): string {
  if (delta.worse > 0) return `WORSE: ${count(delta.worse, "requirement")} got worse`;
  if (delta.counts.fixed > 0) return `BETTER: ${count(delta.counts.fixed, "requirement")} fixed, nothing got worse`;
  return "NOT WORSE: nothing got worse";
}

/** The whole delta as text, the verdict last. */
export function deltaText(delta: Delta): string {
  const blocks = delta.modules.filter(isTelling).map(moduleText);
  const still = delta.failing === 0 ? "" : `; ${count(delta.failing, "binding failure")} in the head`;
  return [...blocks, `${headline(delta)} · ${summary(delta.counts)}${still}\n`].join("\n");
}

function moduleText(module: ModuleDelta): string {
  const lines = [
    `${visible(module.name)}  ${stateText(module)}`,
    ...module.notes.map((note) => `  note: ${visible(note)}`),
  ];
  for (const change of shown) {
    const turns = module.turns.filter((turn) => turn.change === change);
    if (turns.length === 0) continue;
    lines.push("", `${TITLES[change]}: ${turns.length}`);
    for (const turn of turns) lines.push(...turnText(turn));
  }
  return `${lines.join("\n")}\n`;
}

function turnText(turn: Turn): string[] {
  const line = `  ${turn.level.padEnd(6)} ${visible(turn.id)}  ${fromTo(turn)}`;
  const { result } = turn;
  if (result === undefined || turn.change === "fixed" || turn.after === "pass") return [line];
  const known = baselineText(result);
  return [
    line,
    `         ${cut(visible(turn.text), 300)}`,
    `         ${reasonLine(result, 300)}`,
    ...(known === undefined ? [] : [`         known: ${known}`]),
    ...(turn.worse && result.hint !== undefined ? [`         hint: ${visible(result.hint)}`] : []),
    ...(turn.worse ? result.repeat.slice(-1).map((command) => `         repeat: ${visible(command)}`) : []),
  ];
}

/** Only what turned, one or two lines each; for somebody who watches one module. */
export function turnsText(delta: Delta): string {
  const turns = delta.modules.flatMap((module) => module.turns);
  const lines = shown.flatMap((change) =>
    turns
      .filter((turn) => turn.change === change)
      .flatMap((turn) => {
        const { result, level, id, after } = turn;
        const line = `  ${change.padEnd(10)} ${level.padEnd(6)} ${visible(id)}  ${fromTo(turn)}`;
        return result === undefined || after === "pass" ? [line] : [line, `             ${reasonLine(result, 300)}`];
      }),
  );
  return lines.length === 0 ? "  nothing turned\n" : `${lines.join("\n")}\n`;
}

function fromTo({ before, after }: Turn): string {
  return `${before ?? "unknown"} -> ${after ?? "gone"}`;
}

function stateText({ state, verdict, contract }: ModuleDelta): string {
  if (state === "added") return `new module, ${contract.after}: ${verdict.after}`;
  if (state === "removed") return `no longer there (was ${verdict.before})`;
  const both = verdict.before === verdict.after ? verdict.after : `${verdict.before} -> ${verdict.after}`;
  return `${contract.after}: ${both}`;
}

function isTelling({ state, turns, notes, verdict }: ModuleDelta): boolean {
  const changed = verdict.before !== verdict.after || turns.some(({ change }) => change !== "unchanged");
  return state !== "both" || changed || notes.length > 0;
}

const ROWS_MAX = 200;
const BYTES_MAX = 60_000;

/** By this whoever posts the comment finds the one of an earlier push, to put the new one in its place. */
export const commentMarker = "<!-- conform: what this pull request does to the verdict -->";

/** The comment a reviewer reads, what is newly broken first and unfolded; below what GitHub takes in a comment (65,536 characters). */
export function deltaMarkdown(delta: Delta): string {
  const sign = delta.worse > 0 ? "❌" : "✅";
  const head = [
    commentMarker,
    `## ${sign} ${prose(headline(delta))}`,
    `${prose(summary(delta.counts))}${delta.failing === 0 ? "" : `; ${count(delta.failing, "binding failure")} in all`}`,
  ];
  const table = tableOf(delta);
  const details = delta.modules.filter(isTelling).flatMap((module) => moduleMarkdown(module, delta.modules.length > 1));
  const foot = `<sub>${htmlInMarkdown(`${delta.tool.name} ${delta.tool.version}: base ${delta.base.started}, head ${delta.head.started}`)}</sub>`;
  return finished([...fitted([...head, ...table, ...details]), foot]);
}

function fitted(blocks: string[]): string[] {
  let room = BYTES_MAX;
  const kept = blocks.filter((block) => {
    room -= Buffer.byteLength(block) + 2;
    return room >= 0;
  });
  const missing = blocks.length - kept.length;
  return missing === 0
    ? kept
    : [...kept, `**${count(missing, "part")} cut here**; the JSON of the delta has everything.`];
}

function tableOf(delta: Delta): string[] {
  const rows = delta.modules.flatMap((module) =>
    shown.flatMap((change) =>
      module.turns
        .filter((turn) => turn.change === change)
        .map((turn) => {
          const where = delta.modules.length > 1 ? `${tableCell(module.name)} | ` : "";
          return `| ${TITLES[change].toLowerCase()} | ${where}${tableCell(turn.id)} | ${turn.level} | ${fromTo(turn)} |`;
        }),
    ),
  );
  if (rows.length === 0) return [];
  const several = delta.modules.length > 1;
  const more = rows.length > ROWS_MAX ? [`… ${count(rows.length - ROWS_MAX, "more row")}`] : [];
  const top = several
    ? ["| | module | requirement | level | was, is |", "| --- | --- | --- | --- | --- |"]
    : ["| | requirement | level | was, is |", "| --- | --- | --- | --- |"];
  return [[...top, ...rows.slice(0, ROWS_MAX)].join("\n"), ...more];
}

function moduleMarkdown(module: ModuleDelta, several: boolean): string[] {
  const blocks = several || module.state !== "both" ? [`### ${code(module.name)}: ${prose(stateText(module))}`] : [];
  blocks.push(...module.notes.slice(0, 20).map((note) => `- Note: ${code(note)}`));
  const worseFirst = [...module.turns].sort((a, b) => Number(b.worse) - Number(a.worse));
  for (const turn of worseFirst) {
    if (turn.result === undefined || turn.after === "pass" || turn.change === "unmeasured") continue;
    const facts = factLines(turn.result, { value: 800, findings: 5, evidence: 5 });
    const title = `<b>${turn.level}</b> <code>${htmlInMarkdown(turn.id)}</code> ${htmlInMarkdown(cut(turn.text, 300))}`;
    const open = turn.worse ? " open" : "";
    blocks.push(`<details${open}><summary>${title}</summary>\n\n${fenced(facts)}\n\n</details>`);
  }
  return blocks;
}
