// Automatic replies of a scenario to what its processes ask on standard output.

import type { Answer } from "../../base/types.ts";
import { expand } from "../../contract/template.ts";
import { state } from "./state.ts";
import type { World } from "./verb.ts";

/** How often each rule has answered each process. */
const countsOf = state(() => new Map<string, number>());

/** Replies to the last line of a process, if a rule of the scenario says so. A rule that cannot be evaluated leaves a note. */
export function answer(world: World, proc: string, text: string | undefined): void {
  if (world.scenario.answers.length === 0 || text === undefined || !text.trimStart().startsWith("{")) return;
  const line = world.view.lines.at(-1);
  for (const [index, rule] of world.scenario.answers.entries()) {
    answerBy(world, rule, { proc, index, line }).catch((error: unknown) => {
      world.record("note", { text: `no answer: ${error instanceof Error ? error.message : String(error)}` }, proc);
    });
  }
}

async function answerBy(
  world: World,
  rule: Answer,
  { proc, index, line }: { proc: string; index: number; line: unknown },
): Promise<void> {
  if (world.evaluate(rule.when, { line }) !== true) return;
  const counts = countsOf(world);
  const key = `${proc} ${index}`;
  const given = (counts.get(key) ?? 0) + 1;
  counts.set(key, given);
  if (given > rule.limit) return;
  const value = expand(rule.send, (code) => world.evaluate(code, { line, count: given }));
  if (rule.after_ms > 0) await new Promise((resolve) => setTimeout(resolve, rule.after_ms));
  const running = world.processes.get(proc);
  if (running?.alive !== true) return;
  const sent = await running.write(Buffer.from(`${JSON.stringify(value)}\n`), 2000);
  world.record("sent", { json: value, ...sent, answer: index }, proc);
}
