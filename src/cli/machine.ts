// What this machine is called and where things lie on it: what reports must not show.
import { homedir, hostname, tmpdir } from "node:os";
import { relative, sep } from "node:path";
import { type Scrub, scrubber } from "../base/secrecy/private-paths.ts";

/** `folders`: absolute folders of the judged modules. */
export function machineScrub(folders: readonly string[]): Scrub {
  const cwd = process.cwd();
  return scrubber({
    folders: folders.map((path) => ({ path, shown: relative(cwd, path).split(sep).join("/") || "." })),
    cwd,
    home: homedir(),
    temp: tmpdir(),
    host: hostname(),
  });
}
