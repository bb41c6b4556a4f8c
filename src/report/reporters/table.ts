// The summary of several modules on a terminal: one line each.

import { visible } from "../../base/visible.ts";
import type { ModuleReport } from "../types.ts";
import { columnsOf, type Paint, pad, type Style } from "./layout.ts";
import { count, cut, duration } from "./wording.ts";

export type SummaryRow = Pick<ModuleReport, "name" | "verdict" | "strict" | "duration_ms">;

/** More modules than this are shown only if they are not conformant. */
const rowsMax = 100;

const styles: Record<string, Style> = {
  conformant: "green",
  nonconformant: "red",
  inconclusive: "yellow",
  partial: "yellow",
};
const head = ["module", "verdict", "failed", "warnings", "undecided", "time"];

/** Failed: what binds; undecided: waiting for something that failed, or conform could not tell. Modules stand in the order they were given. */
export function summaryTable({ modules }: { modules: readonly SummaryRow[] }, paint: Paint, columns: number): string[] {
  const shown = modules.length <= rowsMax ? modules : modules.filter(({ verdict }) => verdict.kind !== "conformant");
  const rows = shown.map(cells);
  const widths = head.map((title, i) => Math.max(columnsOf(title), ...rows.map((row) => columnsOf(row[i] ?? ""))));
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  widths[0] = Math.max(10, Math.min(widths[0] ?? 0, columns - others));
  const line = (row: string[]) =>
    row
      .map((cell, i) => (i < 2 ? pad(cut(cell, widths[i] ?? 0), widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ");
  const left = modules.length - shown.length;
  return [
    paint(line(head), "dim"),
    ...rows.map((row) => paint(line(row), styles[row[1] ?? ""] ?? "dim")),
    ...(left > 0 ? [paint(`and ${count(left, "conformant module")}`, "dim")] : []),
  ];
}

function cells({ name, verdict, strict, duration_ms }: SummaryRow): string[] {
  const { MUST, SHOULD } = verdict.levels;
  const binding = strict ? MUST.fail + SHOULD.fail : MUST.fail;
  const undecided = verdict.counts.blocked + verdict.counts.error;
  const numbers = [binding, strict ? 0 : SHOULD.fail, undecided].map(String);
  return [visible(name), verdict.kind, ...numbers, duration(duration_ms)];
}
