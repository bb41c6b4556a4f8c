// Key files: PEM, private ones for their owner's eyes only; a passphrase from a file or from the terminal.
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { codeOf, UsageError } from "../base/errors.ts";
import { readUserFile } from "../base/io.ts";
import { algorithmOf } from "../gate/certificates/dsse.ts";
import { ask, note } from "./terminal.ts";

/** A private key. Asks for its passphrase on the terminal if it has one and no file names it. Throws UsageError. */
export async function privateKey(file: string, passphraseFile: string | undefined): Promise<KeyObject> {
  const pem = readUserFile(file, 1 << 20);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new UsageError(`${file} is not a private key in PEM`);
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0)
    note(`note: ${file} can be read by others; run \`chmod 600\` on it`);
  const locked = /ENCRYPTED/.test(pem);
  const passphrase = locked ? await passphraseFor(file, passphraseFile) : undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new UsageError(`${file}: ${locked ? "the passphrase does not fit" : "not a private key that can be read"}`);
  }
  return usable(key, file);
}

/** Throws UsageError. */
function usable(key: KeyObject, file: string): KeyObject {
  try {
    algorithmOf(key);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${file}: ${error.message}`);
  }
  return key;
}

/** A public key; of a private key's file its public half. Throws UsageError. */
export function publicKey(file: string): KeyObject {
  const pem = readUserFile(file, 1 << 20);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    const locked = /ENCRYPTED/.test(pem) ? "; it is a private key locked by a passphrase" : "";
    throw new UsageError(
      `${file} is not a public key in PEM${locked} (\`conform keys new\` writes one beside each private key)`,
    );
  }
  return usable(key, file);
}

/** Never overwrites; the mode holds from the first byte. Throws UsageError. */
export function writeNew(file: string, text: string, mode: number): void {
  try {
    const fd = openSync(file, "wx", mode);
    writeSync(fd, text);
    closeSync(fd);
  } catch (error) {
    const code = codeOf(error);
    throw new UsageError(
      code === "EEXIST" ? `${file} is there already; a key is never overwritten` : `cannot write ${file}: ${code}`,
    );
  }
}

/** The first line of the file, or what is typed unseen; `twice` for a new one. Throws UsageError. */
export async function passphraseFor(what: string, file: string | undefined, { twice = false } = {}): Promise<string> {
  if (file !== undefined) {
    const [line = ""] = readUserFile(file, 1 << 16).split(/\r?\n/);
    if (line === "") throw new UsageError(`${file}: its first line is empty; a passphrase is due there`);
    return line;
  }
  if (process.stdin.isTTY !== true)
    throw new UsageError(`${what} needs a passphrase, and there is no terminal to ask on: --passphrase-file <file>`);
  ask(`Passphrase for ${what}: `);
  const first = await typed(process.stdin);
  if (!twice) return first;
  if (first === "") throw new UsageError("no passphrase was given");
  ask("The same again: ");
  if ((await typed(process.stdin)) !== first) throw new UsageError("the two passphrases differ; no key was made");
  return first;
}

/** Nothing is echoed: in raw mode the terminal shows only what is written. */
function typed(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (): void => {
      input.setRawMode(false);
      input.pause();
      input.off("data", read);
      ask("\n");
    };
    const read = (data: Buffer): void => {
      for (const character of data.toString("utf8")) {
        const ended = character === "\r" || character === "\n";
        if (ended || character === "\u0003") {
          end();
          if (ended) resolve(text);
          else reject(new UsageError("no passphrase was given"));
          return;
        }
        text = character === "\u007f" ? text.slice(0, -1) : text + character;
      }
    };
    input.setRawMode(true);
    input.resume();
    input.on("data", read);
  });
}
