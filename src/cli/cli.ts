// The start file: answers --version at once, loads the rest only when needed, and turns every ending into an exit code.
import { codeOf, isPoverty, ResourceError } from "../base/errors.ts";
import { note } from "./terminal.ts";

declare const __VERSION__: string | undefined;

const argv = process.argv.slice(2);

if (argv[0] === "--version" || argv[0] === "-V") {
  const version = typeof __VERSION__ === "string" ? __VERSION__ : "source";
  const facts = { conform: version, node: process.version, platform: process.platform, arch: process.arch };
  process.stdout.write(argv[1] === "--json" ? `${JSON.stringify(facts)}\n` : `${version}\n`);
} else {
  // A reader that goes away (`conform ... | head`) is no error; a full disk is the machine's, not the module's.
  let lost: NodeJS.ErrnoException | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") lost = error;
  });
  process.stderr.on("error", () => {});
  process.on("exit", () => {
    if (lost !== undefined && (process.exitCode === undefined || Number(process.exitCode) < 3))
      process.exitCode = report(new ResourceError(`cannot write standard output: ${codeOf(lost)}`));
  });
  main(argv).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.exitCode = report(error);
    },
  );
}

async function main(args: string[]): Promise<number> {
  const { program } = await import("./program.ts");
  return program(args);
}

/** Users' mistakes are one line; everything else is a bug of conform and says so. */
function report(error: unknown): number {
  const name = error instanceof Error ? error.name : "";
  const message = error instanceof Error ? error.message : String(error);
  if (name === "UsageError" || name === "ContractError") return said(message, 2);
  if (name === "UnreachableError" || name === "ResourceError") return said(message, 3);
  if (isPoverty(error)) return said(`this machine has run out of something: ${codeOf(error)} (${message})`, 3);
  const stack = error instanceof Error ? error.stack : message;
  return said(
    `this is a bug in conform, not in your module. Please report it with the lines below and the output of \`conform --version --json\`.\n${stack}`,
    70,
  );
}

function said(text: string, code: number): number {
  note(text);
  return code;
}
