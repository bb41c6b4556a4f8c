// Formats and passes of the exposition engine, and how one rule is written down.
import type { Level } from "../../base/types.ts";

export type Pass = "parse" | "validity" | "lint" | "scrapes";

/** Prometheus text 0.0.4 and 1.0.0; OpenMetrics 1.0; OpenMetrics 2.0 (release candidate of March 2026). */
export const FORMATS = ["prometheus", "openmetrics", "openmetrics@2"] as const;
export type Format = (typeof FORMATS)[number];

export const FORMAT_TITLES: { readonly [format in Format]: string } = {
  prometheus: "Prometheus text",
  openmetrics: "OpenMetrics",
  "openmetrics@2": "OpenMetrics 2.0",
};

/** The release whose rules the lint pass has, word for word. */
export const PROMLINT = "promlint of client_golang 1.25";

export interface CatalogueEntry {
  id: string;
  pass: Pass;
  /** Level in each format; absent: the rule does not exist there. */
  prometheus?: Level;
  openmetrics?: Level;
  "openmetrics@2"?: Level;
  text: string;
  /** For a rule of level MUST in Prometheus text: what its description (section: sentence, retold) demands. */
  sentence?: string;
}

const LEVELS: { readonly [letter: string]: Level } = { M: "MUST", S: "SHOULD", m: "MAY" };

/** Levels of the three formats in order, such as `M S -`; id; text; sentence. */
type Row = readonly [levels: string, id: string, text: string, sentence?: string];

export function rules(pass: Pass, rows: readonly Row[]): CatalogueEntry[] {
  return rows.map(([levels, id, text, sentence]) => {
    const [prometheus, openmetrics, two] = levels.split(" ").map((letter) => LEVELS[letter]);
    return {
      id,
      pass,
      ...(prometheus && { prometheus }),
      ...(openmetrics && { openmetrics }),
      ...(two && { "openmetrics@2": two }),
      text,
      ...(sentence !== undefined && { sentence }),
    };
  });
}

export const BASIC = "Basic info";
export const META = "Comments, help text, and type information";
export const GROUPS = "Grouping and sorting";
export const PARTS = "Histograms and summaries";
export const TYPES = "HTTP Content-Type requirements";
