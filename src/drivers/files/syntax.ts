// Asks an interpreter whether files are valid, without running them. The list of interpreters is fixed; nothing of the module is executed.
import { within } from "../../base/deadline.ts";
import { isObject } from "../../base/json.ts";
import type { Limits } from "../../base/limits.ts";
import { scrubbedEnvironment } from "../process/environment.ts";
import { spawnModule } from "../process/process.ts";
import { SpawnFailure } from "../process/spawn-failure.ts";

export type Interpreter = "python3" | "bash" | "node";

/** One fault, as the interpreter tells it. */
export type SyntaxFault = { file: string; line: number; message: string };

/** `problem`: the interpreter could not be asked. */
export type SyntaxReport = { version: string; faults: SyntaxFault[] } | { problem: string };

export interface SyntaxQuestion {
  interpreter: Interpreter;
  /** Program to use instead of the one on the PATH; for python3 only. */
  program?: string;
  folder: string;
  /** Relative to `folder`. */
  files: string[];
  scratch: string;
  limits: Limits;
  deadlineMs: number;
}

/** Files per process; keeps command lines short. */
const batch = 200;

// Parses only: no import, no byte code, isolated from the module's folder and the user's settings.
const pythonScript = `
import ast, json, sys
print(json.dumps({"version": sys.version.split()[0]}))
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            ast.parse(file.read(), path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        print(json.dumps({"file": path, "line": getattr(error, "lineno", 0) or 1, "message": str(getattr(error, "msg", error))}))
`;

/** Never throws for anything the files hold. */
export async function checkSyntax(question: SyntaxQuestion): Promise<SyntaxReport> {
  const { interpreter, files } = question;
  const groups = interpreter === "python3" ? chunks(files, batch) : files.map((file) => [file]);
  const faults: SyntaxFault[] = [];
  let version = "";
  for (const group of groups) {
    const run = await ask(question, group);
    if ("problem" in run) return run;
    version ||= run.version;
    faults.push(...run.faults);
  }
  return { version, faults };
}

async function ask(question: SyntaxQuestion, files: string[]): Promise<SyntaxReport> {
  const lines: { text: string; stream: string }[] = [];
  const limited: string[] = [];
  try {
    const process = await spawnModule({
      name: "syntax-check",
      argv: command(question, files),
      cwd: question.folder,
      env: scrubbedEnvironment({}, question.scratch),
      token: "syntax",
      limits: question.limits,
      stdin: "empty",
      onLine: ({ text, stream }) => lines.push({ text: text ?? "", stream }),
      onExit: () => {},
      onLimit: ({ limit }) => limited.push(limit),
    });
    const exit = await within(process.exited, question.deadlineMs);
    await process.end({ afterTermMs: 200 });
    if (exit === undefined || limited.length > 0)
      return { problem: `${question.interpreter} did not come to an end: ${limited.join(", ") || "time is up"}` };
    return read(question.interpreter, files, { lines, failed: exit.code !== 0 });
  } catch (error) {
    if (error instanceof SpawnFailure) return { problem: error.message };
    throw error;
  }
}

function command({ interpreter, program }: SyntaxQuestion, files: string[]): string[] {
  const paths = files.map((file) => `./${file}`);
  if (interpreter === "python3") return [program ?? "python3", "-I", "-B", "-c", pythonScript, ...paths];
  return interpreter === "bash" ? ["bash", "--norc", "-n", ...paths] : ["node", "--check", ...paths];
}

interface Output {
  lines: { text: string; stream: string }[];
  failed: boolean;
}

function read(interpreter: Interpreter, files: string[], { lines, failed }: Output): SyntaxReport {
  if (interpreter === "python3") return readPython(lines, failed);
  if (!failed) return { version: interpreter, faults: [] };
  const text = lines.map((line) => line.text).join("\n");
  const line = Number(/(?:line |:)(\d+)(?::|\n|$)/.exec(text)?.[1] ?? 1);
  const message = /(?:Error: .*|syntax error.*|unexpected .*)/.exec(text)?.[0] ?? text.slice(0, 200);
  return { version: interpreter, faults: [{ file: files[0] ?? "", line, message }] };
}

function readPython(lines: Output["lines"], failed: boolean): SyntaxReport {
  const values = lines.filter(({ stream }) => stream === "stdout").map(({ text }) => parsed(text));
  const version = values.find((value) => "version" in value)?.version;
  if (failed || version === undefined) return { problem: `python3: ${lines.at(-1)?.text ?? "no answer"}` };
  const faults = values
    .filter((value) => "file" in value)
    .map(({ file, line, message }) => ({
      file: String(file).replace(/^\.\//, ""),
      line: Number(line),
      message: String(message),
    }));
  return { version: `python ${String(version)}`, faults };
}

function parsed(text: string): { [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function chunks<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
