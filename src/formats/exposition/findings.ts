// Findings of the passes, bounded per id so that a broken body cannot flood a report.
import type { Level } from "../../base/types.ts";
import { type Format, levelOf } from "./catalogue.ts";

/** One contradiction between an exposition and a rule. Lines and columns from 1. */
export interface MetricsFinding {
  id: string;
  level: Level;
  line?: number;
  column?: number;
  /** Series as written. */
  series?: string;
  family?: string;
  message: string;
  expected?: string | number;
  actual?: string | number;
  /** The line, cut to a window (parse findings). */
  text?: string;
  /** Index of the scrape it was seen in, when several are compared. */
  scrape?: number;
  /** Further findings of this id that are not listed; only on the last one listed. */
  more?: number;
}

/** `level` only where it is another than the catalogue's. */
export type Found = Omit<MetricsFinding, "id" | "level" | "more" | "scrape"> & { level?: Level };

/** Findings of one id that are listed; the others are counted in `more` of the last. */
export const LISTED_MAX = 50;

export class Findings {
  private readonly format: Format;
  private readonly list: MetricsFinding[] = [];
  private readonly counts = new Map<string, number>();

  constructor(format: Format) {
    this.format = format;
  }

  /** `make` is called only while the id is under its bound. */
  add(id: string, make: () => Found): void {
    const before = this.counts.get(id) ?? 0;
    this.counts.set(id, before + 1);
    if (before < LISTED_MAX) this.list.push({ id, level: levelOf(id, this.format), ...make() });
  }

  /** Counts findings that were not even listed by their source. */
  addUnlisted(id: string, count: number): void {
    if (count > 0) this.counts.set(id, (this.counts.get(id) ?? 0) + count);
  }

  /** All findings by line, then in the order they were made. */
  sorted(): MetricsFinding[] {
    const last = new Map<string, MetricsFinding>();
    for (const finding of this.list) last.set(finding.id, finding);
    for (const [id, finding] of last) {
      const listed = this.list.filter((other) => other.id === id).length;
      const more = (this.counts.get(id) ?? listed) - listed;
      if (more > 0) finding.more = more;
    }
    return [...this.list].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }
}
