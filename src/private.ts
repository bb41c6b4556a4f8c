// Keeps what is nobody's business out of reports: absolute folders, the home folder, the host's name.
import type { Json, Report } from "./types.ts";

const HOST = "‹host›";

/** Texts and what stands for them, longest first. Made by `privateWords`. */
export type PrivateWords = [text: string, marker: string][];

/** What the edge knows about the machine. Empty and missing ones are ignored. */
export interface Machine {
  /** Absolute folder of the module. */
  module?: string;
  /** Where conform was started. */
  cwd?: string;
  home?: string;
  temp?: string;
  host?: string;
}

export function privateWords(machine: Machine): PrivateWords {
  const words: PrivateWords = [];
  const folder = (path: string | undefined, marker: string) => {
    const bare = path?.replace(/[/\\]+$/, "") ?? "";
    // "/" and "/x" are no one's secret and stand in ordinary texts.
    if (bare.length >= 4 && /^(\/|[a-z]:|\\\\)/i.test(bare)) words.push([bare, marker]);
  };
  folder(machine.module, "‹module›");
  folder(machine.cwd, "‹cwd›");
  folder(machine.home, "‹home›");
  folder(machine.temp, "‹tmp›");
  const host = machine.host ?? "";
  if (host.length >= 3 && !/^(localhost|(\d+\.){3}\d+)$/i.test(host)) words.push([host, HOST]);
  return words.sort((a, b) => b[0].length - a[0].length);
}

/** The report with every private text replaced, in keys too. Ids, levels and numbers stay what they are. */
export function withoutPrivate(report: Report, words: PrivateWords): Report {
  if (words.length === 0) return report;
  const replace = replacer(words);
  return mapStrings(report, replace);
}

/** Replaces whole words: `/home/ada` in `/home/ada/x` but not in `/home/adams`; host names in any case. */
export function replacer(words: PrivateWords): (text: string) => string {
  const rules = words.map(([text, marker]) => {
    const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const end = "(?![\\p{L}\\p{N}_])";
    const pattern =
      marker === HOST
        ? new RegExp(`(?<![\\p{L}\\p{N}_])${literal}${end}`, "giu")
        : new RegExp(`${literal}${end}`, "gu");
    return { pattern, marker };
  });
  return (text) => rules.reduce((changed, { pattern, marker }) => changed.replace(pattern, marker), text);
}

function mapStrings<T>(value: T, replace: (text: string) => string): T;
function mapStrings(value: Json | undefined, replace: (text: string) => string): Json | undefined {
  if (typeof value === "string") return replace(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, replace));
  const entries = Object.entries(value).map(([key, item]) => [replace(key), mapStrings(item, replace)]);
  return Object.fromEntries(entries);
}
