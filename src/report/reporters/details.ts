// Everything a reader needs to act on one result, as plain lines; the body of a JUnit failure, a TAP block, an annotation.

import type { Result } from "../../base/judged.ts";
import { visible } from "../../base/visible.ts";
import { baselineText, contrast, count, cut, eventsText, evidenceText, placeText, whereText } from "./wording.ts";

export interface DetailLimits {
  /** Characters of one expected, actual or evidence text. */
  value: number;
  findings: number;
  evidence: number;
}

export const fullDetails: DetailLimits = { value: 4096, findings: 200, evidence: 50 };

/** One line each, `label: text`; the first is the place in a file where there is one. Nothing hidden is left in them. */
export function detailLines(result: Result, limits: DetailLimits): string[] {
  const first = result.outcome.kind === "fail" ? result.outcome.findings[0] : undefined;
  const place = first?.place === undefined ? [] : [placeText(first.place)];
  return [...place, `${result.level} ${visible(result.id)}: ${visible(result.text)}`, ...factLines(result, limits)];
}

/** The same without place and sentence, for formats that show these themselves. */
export function factLines(result: Result, limits: DetailLimits): string[] {
  const { outcome } = result;
  const lines: string[] = [];
  if (outcome.kind === "error") lines.push(`conform: ${cut(visible(outcome.message), limits.value)}`);
  if (outcome.kind === "blocked")
    lines.push(`waits for: ${visible(outcome.by)}${outcome.reason ? `: ${visible(outcome.reason)}` : ""}`);
  if (outcome.kind === "skipped") lines.push(`skipped: ${visible(outcome.reason)}`);
  if (outcome.kind === "fail") {
    for (const finding of outcome.findings.slice(0, limits.findings)) {
      const { expected, actual } = contrast(finding, limits.value);
      const said = eventsText(finding);
      const events = said === "" ? "" : ` (${said})`;
      if (whereText(finding) !== "" || events !== "") lines.push(`at: ${whereText(finding)}${events}`);
      lines.push(`expected: ${expected}`, `actual: ${actual}`);
    }
    const more = Math.max(0, outcome.findings.length - limits.findings) + (outcome.omitted ?? 0);
    if (more > 0) lines.push(`… ${count(more, "more finding")}`);
  }
  const known = baselineText(result);
  if (known !== undefined) lines.push(`baseline: ${known}`);
  if (result.sources.length > 0) lines.push(`source: ${result.sources.map((source) => visible(source)).join("; ")}`);
  if (result.hint !== undefined) lines.push(`hint: ${visible(result.hint)}`);
  for (const evidence of result.evidence.slice(0, limits.evidence))
    lines.push(`seen: ${evidenceText(evidence, limits.value)}`);
  const unseen = result.evidence.length - limits.evidence;
  if (unseen > 0) lines.push(`… ${count(unseen, "more event")}`);
  for (const command of result.repeat) lines.push(`repeat: ${visible(command)}`);
  return lines;
}
