// The flags of a command, from the table of flags to commander.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Flag, FlagType, OnCommand } from "../session/flag-types.ts";
import type { CommandName } from "../session/flag-values.ts";
import { flags } from "../session/flags.ts";

/** Adds all flags that the table gives to the command of this name. */
export function addFlags(command: Command, name: CommandName): Command {
  for (const [flag, entry] of Object.entries<Flag>(flags)) {
    const own = entry.on[name];
    if (own !== undefined) for (const option of optionsOf(flag, entry, own)) command.addOption(option);
  }
  return command;
}

/** A command below `parent`, with its flags; its own name is the last word. */
export function subcommand(parent: Command, name: CommandName): Command {
  return addFlags(parent.command(name.split(" ").at(-1) ?? name), name);
}

function optionsOf(name: string, entry: Flag, own: OnCommand): Option[] {
  const { type, short, value = name.split("-").at(-1), help, no } = { ...entry, ...own };
  if (no === true) return [new Option(`--no-${name}`, help)];
  const written = `${short === undefined ? "" : `-${short}, `}--${name}`;
  if (type === "yes") return [new Option(written, help)];
  const option = new Option(`${written} <${value}>`, isList(type) ? `${help} (repeatable)` : help);
  const parse = parsers[type as string];
  if (parse !== undefined) option.argParser(parse);
  if (typeof type !== "string") option.choices(type);
  if (own.default !== undefined) option.default(own.default);
  if (own.required === true) option.makeOptionMandatory();
  return type === "file-or-no" ? [option, new Option(`--no-${name}`, no)] : [option];
}

function isList(type: FlagType): boolean {
  return type === "texts" || type === "pairs" || type === "settings";
}

/** What is not listed is text as it is given. Each throws InvalidArgumentError. */
const parsers: { [type: string]: (value: string, before: unknown) => unknown } = {
  texts: collect,
  pairs: collect,
  settings: collect,
  number: positive,
  factor: positive,
  whole,
  mode: fileMode,
};

function collect(value: string, before: unknown): unknown[] {
  return [...(Array.isArray(before) ? before : []), value];
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError("expected a number above 0.");
  return number;
}

function whole(value: string): number {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError("expected a whole number.");
  return number;
}

/** Permissions in octal, as chmod takes them. */
function fileMode(value: string): number {
  if (!/^0?[0-7]{3}$/.test(value)) throw new InvalidArgumentError("expected octal permissions such as 640.");
  return Number.parseInt(value, 8);
}
