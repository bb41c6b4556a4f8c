// GitHub Actions: annotations as workflow commands, root causes first, on the manifest's line; the job summary is markdown.

import type { Result } from "../../base/judged.ts";
import { harmless, visible } from "../../base/visible.ts";
import type { ModuleReport } from "../types.ts";
import { placeOfResult, problems, repositoryFile, rootCauses, runProblem } from "./arrange.ts";
import { factLines } from "./details.ts";
import { stream as markdown, render as renderMarkdown } from "./markdown.ts";
import {
  frameOf,
  type RenderOptions,
  type Reporter,
  type Stream,
  type StreamFrame,
  throughStream,
} from "./reporter.ts";
import {
  baselineText,
  count,
  cut,
  flakyIds,
  headline,
  levelsText,
  reasonLine,
  reasonsText,
  type State,
  verdictWords,
} from "./wording.ts";

export const reporter: Reporter = {
  name: "github",
  fileName: "-",
  render: (report, options) => throughStream(report, stream(frameOf(report), options)),
  summary: renderMarkdown,
  stream,
};

type Kind = "error" | "warning" | "notice";

/** GitHub shows so many annotations of each kind per step. */
const PER_KIND = 10;

const KINDS: { [S in State]?: Kind } = { fail: "error", error: "error", warning: "warning", info: "notice" };

interface Annotation {
  kind: Kind;
  /** Requirements that wait for it. */
  waiting: number;
  line: string;
}

/** Annotations come first and by weight, so everything is given at the end; no more of them is kept than is shown. */
function stream(frame: StreamFrame, options: RenderOptions): Stream {
  const best = new Map<Kind, { count: number; top: Annotation[] }>(
    (["error", "warning", "notice"] as const).map((kind) => [kind, { count: 0, top: [] }]),
  );
  const verdicts: string[] = [];
  const summary = markdown(frame, options);
  const take = (annotation: Annotation): void => {
    const known = best.get(annotation.kind);
    if (known === undefined) return;
    known.count++;
    known.top = [...known.top, annotation].sort((a, b) => b.waiting - a.waiting).slice(0, PER_KIND);
  };
  return {
    head: "",
    module(module, index) {
      summary.module(module, index);
      for (const annotation of annotations(module)) take(annotation);
      const flaky = flakyIds(module);
      if (flaky.length > 0)
        verdicts.push(
          command(
            "warning",
            { title: `${visible(module.name)}: flaky` },
            `failed at first, passed at the second look: ${cut(flaky.join(", "), 2000)}`,
          ),
        );
      verdicts.push(verdictLine(module));
      return "";
    },
    tail(verdict) {
      const lines = [...best].flatMap(([kind, { count: all, top }]) => [
        ...top.map(({ line }) => line),
        ...(all > PER_KIND
          ? [
              `${count(all - PER_KIND, `more ${kind}`)} without annotation: GitHub shows ${PER_KIND}. The job summary has them.`,
            ]
          : []),
      ]);
      lines.push(...verdicts);
      if (frame.modules.length === 0)
        lines.push(harmless(`${verdictWords[verdict.kind]}: ${reasonsText(verdict.reasons)}`));
      return `${lines.join("\n")}\n`;
    },
    summary: (verdict) => summary.tail(verdict),
  };
}

function annotations(module: ModuleReport): Annotation[] {
  const waiting = new Map(rootCauses(module).map((cause) => [cause.by, cause.waiting.length]));
  const list = problems(module).flatMap(({ result, state }): Annotation[] => {
    const kind = KINDS[state];
    if (kind === undefined) return [];
    const n = waiting.get(result.id) ?? 0;
    return [{ kind, waiting: n, line: annotation(kind, module, { result, waiting: n }) }];
  });
  const problem = runProblem(module);
  if (problem === undefined) return list;
  const run = command(
    "error",
    { title: `${visible(module.name)}: ${module.verdict.kind}` },
    cut(problem.lines.join("\n"), 4000),
  );
  return [{ kind: "error", waiting: Number.MAX_SAFE_INTEGER, line: run }, ...list];
}

function annotation(
  kind: Kind,
  module: ModuleReport,
  { result, waiting }: { result: Result; waiting: number },
): string {
  const place = placeOfResult(result);
  const details = factLines(result, { value: 500, findings: 5, evidence: 3 }).join("\n");
  const wait = waiting > 0 ? `\n${count(waiting, "requirement waits", "requirements wait")} for this.` : "";
  const known = baselineText(result);
  const text = `${reasonLine(result, 200)}${wait}\n\n${details}${known === undefined ? "" : `\nbaseline: ${known}`}`;
  return command(
    kind,
    {
      ...(place === undefined ? {} : { file: repositoryFile(module, place) }),
      ...(place?.line === undefined ? {} : { line: String(place.line) }),
      ...(place?.line === undefined || place.column === undefined ? {} : { col: String(place.column) }),
      title: cut(`${result.level} ${visible(result.id)}: ${visible(result.text)}`, 200),
    },
    cut(text, 4000),
  );
}

/** `::error file=a,line=1::text` with everything escaped that could end it or begin another. */
function command(kind: Kind, properties: { [name: string]: string }, text: string): string {
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${escaped(value).replaceAll(":", "%3A").replaceAll(",", "%2C")}`,
  );
  return `::${kind} ${list.join(",")}::${escaped(text)}`;
}

function escaped(text: string): string {
  return harmless(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function verdictLine(module: ModuleReport): string {
  const levels = levelsText(module.verdict, module.strict);
  const reasons = module.verdict.exit === 0 ? "" : ` (${reasonsText(module.verdict.reasons)})`;
  return harmless(`${headline(module)}  ${visible(module.name)}: ${levels}${reasons}`);
}
