// The environment that a module gets: an allow-list, private folders, and what the user passes.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Passed on when set: where programs and language tool chains are. Nothing that holds a secret or changes what a program does. */
const passedOn = [
  "PATH",
  "SystemRoot",
  "SystemDrive",
  "windir",
  "ComSpec",
  "PATHEXT",
  "ProgramFiles",
  "ProgramData",
  "LD_LIBRARY_PATH",
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "JAVA_HOME",
  "DOTNET_ROOT",
  "GOROOT",
  "NVM_DIR",
  "GEM_HOME",
];

/** Tool chains that look below the home folder, which the module does not get: name -> place below home. */
const belowHome: Record<string, string> = {
  PYTHONUSERBASE: ".local",
  PYENV_ROOT: ".pyenv",
  RUSTUP_HOME: ".rustup",
  CARGO_HOME: ".cargo",
  GOPATH: "go",
  GOCACHE: ".cache/go-build",
  VOLTA_HOME: ".volta",
  ASDF_DATA_DIR: ".asdf",
  MISE_DATA_DIR: ".local/share/mise",
};

/**
 * The complete environment of a module. `folder` is the scenario's own, existing folder: home and temporary folder are inside.
 * `extra` wins over everything.
 */
export function scrubbedEnvironment(extra: Record<string, string>, folder: string): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, place] of Object.entries(belowHome)) {
    const path = process.env[name] ?? join(homedir(), place);
    if (process.env[name] !== undefined || existsSync(path)) environment[name] = path;
  }
  if (process.platform === "win32") Object.assign(environment, { USERPROFILE: folder, TEMP: folder, TMP: folder });
  return { ...environment, LANG: "C.UTF-8", TZ: "UTC", HOME: folder, TMPDIR: folder, ...extra };
}
