// Keeps what is nobody's business out of reports: absolute folders, the home folder, the host's name.
import { escapeRegex } from "../escape.ts";
import { isScalar } from "../json.ts";
import type { Json } from "../types.ts";

/** Replaces private texts in a text. */
export type Scrub = (text: string) => string;

/** What the edge knows about the machine. Missing ones are ignored. */
export interface Machine {
  /** Folders of modules with what stands for them: their path relative to where conform was started. */
  folders?: { path: string; shown: string }[];
  /** Where conform was started; `.` in reports, so that commands in it still work there. */
  cwd?: string;
  /** `~` in reports. */
  home?: string;
  temp?: string;
  host?: string;
}

/** Makes the function once; the longest text wins. */
export function scrubber(machine: Machine): Scrub {
  const folders = [
    ...(machine.folders ?? []),
    { path: machine.cwd ?? "", shown: "." },
    { path: machine.home ?? "", shown: "~" },
    { path: machine.temp ?? "", shown: "‹tmp›" },
    // What lies beside it is no less private, and a path that begins with `..` works there.
    { path: parentOf(machine.cwd ?? ""), shown: ".." },
  ].map(({ path, shown }) => ({ path: path.replace(/[/\\]+$/, ""), shown }));
  const rules = folders
    .filter(({ path }) => isTelling(path))
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ path, shown }) => ({ pattern: new RegExp(`${START}${escapeRegex(path)}${END}`, "gu"), shown }));
  const host = machine.host ?? "";
  // A host that is called like a word would make nonsense of ordinary sentences.
  if (/[-.\d]/.test(host) && host.length >= 4 && !/^(localhost|(\d+\.){3}\d+)$/i.test(host))
    rules.push({
      pattern: new RegExp(`(?<![\\p{L}\\p{N}_-])${escapeRegex(host)}(?![\\p{L}\\p{N}_-])`, "giu"),
      shown: "‹host›",
    });
  return (text) => rules.reduce((changed, { pattern, shown }) => changed.replace(pattern, () => shown), text);
}

function parentOf(path: string): string {
  return path.replace(/[/\\]+$/, "").replace(/[/\\][^/\\]*$/, "");
}

/** Not inside a word or an address (`127.0.0.1:80/srv/x`), but after an escape such as `\n`. */
const START = "(?<![\\p{L}\\p{N}_.](?<!\\\\[nrtbf]))(?<!:\\d{1,5})";
/** At a path's boundary: `/a/fleet` is not the beginning of `/a/fleet-out` or `/a/fleet.old`, but may end a sentence. */
const END = "(?![\\p{L}\\p{N}_@+~%-]|\\.[\\p{L}\\p{N}_-])";

/** Folders of one segment (`/app`) tell nothing and look like paths of URLs. */
function isTelling(path: string): boolean {
  return /^(\/[^/]+\/[^/]|[a-z]:[/\\][^/\\]|\\\\)/i.test(path);
}

/** The same for every text in a value, keys included. */
export function scrubJson(value: Json, scrub: Scrub): Json {
  if (typeof value === "string") return scrub(value);
  if (isScalar(value)) return value;
  return Array.isArray(value) ? value.map((item) => scrubJson(item, scrub)) : scrubFields(value, scrub);
}

function scrubFields(fields: { [key: string]: Json }, scrub: Scrub): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [scrub(key), scrubJson(value, scrub)]));
}
