// Argument -> Target: what it is, how it starts, which contract fits it.

import { UsageError } from "../base/errors.ts";
import type { Look, Pointed } from "../base/pointed.ts";
import type { Contract, Target } from "../base/types.ts";
import { matchesFile } from "../contract/fitting.ts";
import { splitCommand } from "./config.ts";
import type { Config } from "./flag-values.ts";

/** Decides what the argument is. Throws UsageError in one line with the likely fix. */
export function pointAt(argument: string, look: Look): Pointed {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(argument)) return { target: urlTarget(argument), files: [] };
  const path = look.absolute(argument);
  const found = look.at(path);
  if (found.kind === "missing") {
    const hint = /^[\w.-]+:\d+/.test(argument)
      ? `; for a running service write http://${argument}`
      : argument.includes(" ")
        ? "; put a command after --"
        : "";
    throw new UsageError(`${argument}: no such file or folder${hint}`);
  }
  if (found.kind === "folder")
    return { target: { kind: "folder", label: look.shown(path), folder: path, cwd: path }, files: look.files(path) };
  if (found.kind === "other")
    throw new UsageError(`${argument} is ${found.what}; expected a module's executable, its folder or a URL`);
  if (!found.executable) {
    const fix = found.script
      ? `run \`chmod +x ${argument}\`, or name the interpreter: conform -- <interpreter> ${argument}`
      : `run \`chmod +x ${argument}\` if it is a module, or name folders only: conform ${argument.replace(/[^/]*$/, "")}*/`;
    throw new UsageError(`${argument} has no run bit; ${fix}`);
  }
  const folder = look.folderOf(path);
  return {
    target: { kind: "command", label: look.shown(path), argv: [path], folder, cwd: folder },
    files: look.files(folder),
  };
}

function urlTarget(argument: string): Target {
  let url: URL;
  try {
    url = new URL(argument);
  } catch {
    throw new UsageError(`${argument} is not a URL`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new UsageError(`${argument}: only http and https URLs can be probed`);
  if (url.username !== "" || url.password !== "")
    throw new UsageError("credentials do not belong in the URL; use --header 'Authorization: ...'");
  url.hash = "";
  const text = url.toString().replace(/\/+$/, "");
  return { kind: "url", label: text, url: text };
}

/** `conform -- command args...`: the program is looked for as the system would. */
export function commandTarget(argv: string[], look: Look, cwd: string): Pointed {
  const [program = ""] = argv;
  if (program === "") throw new UsageError("nothing after --; expected a command that starts the module");
  let vector = argv;
  if (program.includes("/")) {
    const path = look.absolute(program);
    const found = look.at(path);
    if (found.kind === "missing") throw new UsageError(`${program}: no such file`);
    if (found.kind !== "file") throw new UsageError(`${program} is not a file that can be run`);
    if (!found.executable) throw new UsageError(`${program} has no run bit; run \`chmod +x ${program}\``);
    vector = [path, ...argv.slice(1)];
  }
  return { target: { kind: "command", label: argv.join(" "), argv: vector, folder: cwd, cwd }, files: look.files(cwd) };
}

/** How a folder becomes a command: --run or conform.yaml, else the contract's launch rules. Undefined when nothing fits. */
export function launched(
  pointed: Pointed,
  contract: Contract,
  config: Pick<Config, "run" | "build" | "cwd">,
  look: Look,
): Target {
  const { target } = pointed;
  if (target.kind === "url") return target;
  const folder = target.folder ?? look.absolute(".");
  const cwd = config.cwd === undefined ? (target.cwd ?? folder) : look.join(folder, config.cwd);
  if (config.cwd !== undefined && look.at(cwd).kind !== "folder")
    throw new UsageError(`--cwd ${config.cwd}: no such folder`);
  const build = config.build === undefined ? {} : { build: inFolder(splitCommand(config.build), folder, look) };
  if (config.run !== undefined)
    return { ...target, cwd, argv: inFolder(splitCommand(config.run), folder, look), ...build };
  if (target.argv !== undefined) return { ...target, cwd, ...build };
  for (const rule of contract.launch) {
    const file = pointed.files.find((name) => matchesFile(rule.file, name));
    if (file === undefined) continue;
    const at = look.at(look.join(folder, file));
    if (rule.run[0] === "${file}" && !(at.kind === "file" && at.executable)) continue;
    const vector = (words: string[]): string[] =>
      inFolder(
        words.map((word) =>
          word
            .replaceAll("${file}", file === word ? file : `./${file}`)
            .replaceAll("${dotted}", file.replace(/\.\w+$/, "").replaceAll("/", "."))
            .replaceAll("${python}", () => pythonOf(folder, look)),
        ),
        folder,
        look,
      );
    return {
      ...target,
      cwd,
      argv: vector(rule.run),
      ...(rule.build === undefined ? build : { build: vector(rule.build) }),
    };
  }
  return { ...target, cwd, ...build };
}

/** The interpreter of a virtual environment in the folder, else the one on the PATH. */
function pythonOf(folder: string, look: Look): string {
  const own = [".venv/bin/python", "venv/bin/python", ".venv/Scripts/python.exe", "venv/Scripts/python.exe"];
  const found = own.find((name) => {
    const at = look.at(look.join(folder, name));
    return at.kind === "file" && at.executable;
  });
  return found === undefined ? "python3" : `./${found}`;
}

/** A program or argument that names a file of the folder (`./x`) becomes that file. */
function inFolder(argv: string[], folder: string, look: Look): string[] {
  return argv.map((word) => (word.startsWith("./") || word.startsWith("../") ? look.join(folder, word) : word));
}
