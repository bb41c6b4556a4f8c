// Texts, times and numbers as JUnit XML has them.
import { quietHashes } from "../../base/visible.ts";

/** Text of an element or attribute; the text has no forbidden characters any more. `[[ATTACHMENT|` would be a command to GitLab. */
export function xml(text: string): string {
  return quietHashes(text)
    .replace(/\[\[(?=[A-Z]+\|)/g, "[\\u005b")
    .replace(/[&<>"]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : c === ">" ? "&gt;" : "&quot;"));
}

/** Seconds with exactly three decimals, never negative, never an exponent. */
export function seconds(ms: number): string {
  return (Number.isFinite(ms) && ms > 0 ? Math.min(ms, 1e12) / 1000 : 0).toFixed(3);
}

/** UTC without a zone, as the schemas want it. */
export function xmlTimestamp(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "1970-01-01T00:00:00" : date.toISOString().slice(0, 19);
}
