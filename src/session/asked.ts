// What a user asked for, in the form in which it can be asked again: for the repeat commands of reports and for `conform replay`.

import { isSecret } from "../base/secrecy/user.ts";
import type { Asked } from "../base/transcript.ts";
import type { Contract } from "../base/types.ts";
import { look } from "../drivers/files/look.ts";
import type { RunOptions } from "./options.ts";

/** `given` is what the user said beyond what conform would find again by itself. */
export function askedOf(argument: string | string[], given: RunOptions, contract: Contract): Asked {
  const { run, build, cwd, folder, env, headers, transcript } = given;
  const wanted = given.contract === undefined ? undefined : contractWord(given.contract, contract);
  return {
    ...(typeof argument === "string" ? {} : { command: [...argument] }),
    ...(wanted === undefined ? {} : { contract: wanted }),
    ...(run === undefined ? {} : { run }),
    ...(build === undefined ? {} : { build }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(folder === undefined ? {} : { folder: look.shown(look.absolute(folder)) }),
    ...(env === undefined || Object.keys(env).length === 0 ? {} : { env: veiled(env) }),
    ...(headers === undefined || Object.keys(headers).length === 0 ? {} : { headers: veiled(headers) }),
    ...(transcript === undefined ? {} : { transcript: look.shown(look.absolute(transcript)) }),
  };
}

/** A path stays one; a folder that was named like a word becomes one. */
function contractWord(wanted: string, { name }: Contract): string | undefined {
  if (/^[./~]|[\\/]/.test(wanted)) return look.shown(look.absolute(wanted));
  return wanted.split("@")[0] === name ? undefined : `./${wanted}`;
}

/** Values of telling names are variables of the reader's shell. */
function veiled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isSecret(name) ? `$${name.toUpperCase().replaceAll(/\W/g, "_")}` : value,
    ]),
  );
}
