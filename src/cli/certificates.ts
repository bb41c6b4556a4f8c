// Files that certificates are made of and checked with: envelopes, artefacts, transcripts, contracts.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { cannot, UsageError } from "../base/errors.ts";
import { absolute, readUserFile, shownPath } from "../base/io.ts";
import type { Transcript } from "../base/transcript.ts";
import type { Contract } from "../base/types.ts";
import { digestOf } from "../drivers/files/digest.ts";
import { type Envelope, parseEnvelope } from "../gate/certificates/dsse.ts";
import type { EvidenceFiles } from "../gate/certificates/evidence.ts";
import type { NamedSubject } from "../gate/certificates/refusal.ts";
import { parseTranscript } from "../report/transcript.ts";
import { findContract } from "../session/contracts.ts";

const evidenceBytesMax = 256 << 20;

/** Throws UsageError. */
export function readEnvelope(file: string): Envelope {
  const text = readUserFile(file, 32 << 20);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; expected a certificate written by \`conform certify\``);
  }
  return parseEnvelope(value, file);
}

/** A file, a folder, or `name@sha256:<hex>`. Throws UsageError. */
export async function subjectNamed(argument: string): Promise<NamedSubject> {
  const image = /^(?<name>[^\s@]+)@sha256:(?<sha256>[0-9a-f]{64})$/.exec(argument)?.groups;
  if (image !== undefined) return { kind: "image", name: image.name ?? "", sha256: image.sha256 ?? "" };
  const path = absolute(argument);
  if (!existsSync(path)) {
    const hint = argument.includes("@") ? " (an image is named name@sha256:<64 hexadecimal digits>)" : "";
    throw new UsageError(`--subject ${argument}: no such file or folder${hint}`);
  }
  const found = await digestOf(path);
  if ("none" in found) throw new UsageError(`--subject ${argument} has no digest: ${found.none}`);
  return { kind: "digest", name: basename(path), digest: found.digest };
}

/** The contract of that name and version: the given one, or one that comes with conform. */
export function contractAtHand(given: string | undefined): (name: string, version: string) => Contract | undefined {
  const own = given === undefined ? undefined : findContract(given);
  return (name, version) => {
    if (own !== undefined) return own.name === name && own.version === version ? own : undefined;
    try {
      return findContract(`${name}@${version}`);
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  };
}

/** A transcript, or a folder that holds one and perhaps the report. `wanted`: sha256 of the transcript that is looked for. Throws UsageError. */
export function readEvidence(path: string, wanted: string | undefined): EvidenceFiles {
  if (!existsSync(path)) throw new UsageError(`--evidence ${path}: no such file or folder`);
  if (!statSync(path).isDirectory()) return { transcript: evidenceAt(path) };
  const names = readdirSync(path).sort();
  const files = names.filter((name) => name.endsWith(".ndjson")).map((name) => join(path, name));
  const [only] = files;
  const chosen = files.find((file) => sha256OfFile(file) === wanted) ?? (files.length === 1 ? only : undefined);
  if (chosen === undefined) {
    const what =
      files.length === 0 ? "no transcript (*.ndjson)" : "several transcripts, none of which the certificate names";
    throw new UsageError(`--evidence ${path}: the folder holds ${what}`);
  }
  const report = join(path, "report.json");
  return {
    transcript: evidenceAt(chosen),
    ...(existsSync(report) ? { report: { file: shownPath(report), sha256: sha256OfFile(report) } } : {}),
  };
}

/** What is no transcript, or was changed, is the evidence's fault, not the caller's. */
export function evidenceAt(file: string): EvidenceFiles["transcript"] {
  const sha256 = sha256OfFile(file);
  try {
    return { file, sha256, read: parseTranscript(readUserFile(file, evidenceBytesMax), file) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { file, sha256, fault: error.message };
  }
}

/** Throws UsageError. */
export function transcriptAt(file: string): { sha256: string; read: Transcript } {
  const found = evidenceAt(file);
  if ("fault" in found) throw new UsageError(found.fault);
  return found;
}

/** Lower-case hexadecimal. Throws UsageError. */
export function sha256OfFile(file: string): string {
  try {
    // A pipe would be waited for.
    if (!statSync(file).isFile()) throw new UsageError(`${file} is not a file`);
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch (error) {
    throw cannot("read", file, error);
  }
}

/** A certificate in a folder of them, with the transcript beside it: `x.intoto.json` and `x.transcript.ndjson`. */
export interface CertificateFile {
  /** Relative to the folder, with `/`. */
  name: string;
  path: string;
  transcript?: string;
}

/** Sorted by name; nothing below `except`, where copies may lie. Throws UsageError. */
export function certificateFiles(folder: string, except?: string): CertificateFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new UsageError(`${folder}: no such folder`);
  const left = except === undefined ? undefined : `${absolute(except)}${sep}`;
  const names = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => left === undefined || !absolute(join(folder, name)).startsWith(left))
    .map((name) => name.split(sep).join("/"));
  const there = new Set(names);
  return names
    .filter((name) => /\.(intoto|sigstore)\.json$/.test(name))
    .filter((name) => !name.endsWith(".sigstore.json") || !there.has(name.replace(/\.sigstore\.json$/, ".intoto.json")))
    .sort()
    .map((name) => {
      const beside = name.replace(/\.(intoto|sigstore)\.json$/, ".transcript.ndjson");
      const path = join(folder, name);
      return { name, path, ...(there.has(beside) ? { transcript: join(folder, beside) } : {}) };
    });
}

/** Changes when a byte of one of the two files does; times do not count, which a checkout sets anew. */
export function markOf({ path, transcript }: CertificateFile): string {
  return [path, ...(transcript === undefined ? [] : [transcript])].map((file) => hashOrNone(file)).join(" ");
}

function hashOrNone(file: string): string {
  try {
    return sha256OfFile(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return "unreadable";
  }
}

/** Text of a file, or nothing. */
export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
