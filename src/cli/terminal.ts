// The one door to the terminal: everything foreign is made visible, and no line is a command of a CI system.
import { harmless, visibleJson, visibleLines } from "../base/visible.ts";

/** What a reporter rendered; it has escaped it, and may colour it. */
export function print(content: string): Promise<void> {
  return new Promise((resolve) => void process.stdout.write(content, () => resolve()));
}

/** Lines on standard output for people. */
export function tell(text: string): void {
  process.stdout.write(harmlessLines(text));
}

/** A value as JSON on standard output: the same when read back, harmless when printed. */
export function tellJson(value: unknown, indent?: number): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value, null, indent))}\n`);
}

/** A note or a mistake on standard error: `conform: text`. Further lines are indented, so that none looks like another note. */
export function note(text: string, who = "conform"): void {
  process.stderr.write(noteText(text, who));
}

/** What commander says of the arguments, which it quotes. */
export function complain(text: string): void {
  process.stderr.write(harmlessLines(text));
}

function noteText(text: string, who = "conform"): string {
  return harmlessLines(`${who}: ${text}\n`)
    .trimEnd()
    .replaceAll(/\n(?=\S)/g, "\n  ")
    .concat("\n");
}

function harmlessLines(text: string): string {
  return visibleLines(text).split("\n").map(harmless).join("\n");
}

/** Draws a line over the one before; for terminals only. */
export function redraw(text: string): void {
  const columns = process.stderr.columns ?? 80;
  process.stderr.write(`\r\x1b[2K${harmlessLines(text.replaceAll("\n", " ")).slice(0, columns - 1)}`);
}

/** What is asked of somebody at the terminal; the answer comes on the same line. */
export function ask(question: string): void {
  process.stderr.write(harmlessLines(question));
}
