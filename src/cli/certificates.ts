// Files that certificates are made of and checked with: envelopes, artefacts, transcripts, contracts.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { UsageError } from "../base/errors.ts";
import { absolute, readUserFile, shownPath } from "../base/io.ts";
import type { Contract } from "../base/types.ts";
import { digestOf } from "../drivers/files/digest.ts";
import { type Envelope, parseEnvelope } from "../gate/certificates/dsse.ts";
import type { Evidence } from "../gate/certificates/evidence.ts";
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
export function readEvidence(path: string, wanted: string | undefined): Evidence {
  if (!existsSync(path)) throw new UsageError(`--evidence ${path}: no such file or folder`);
  if (!statSync(path).isDirectory()) return { transcript: transcriptAt(path) };
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
    transcript: transcriptAt(chosen),
    ...(existsSync(report) ? { report: { file: shownPath(report), sha256: sha256OfFile(report) } } : {}),
  };
}

export function transcriptAt(file: string): Evidence["transcript"] {
  const read = parseTranscript(readUserFile(file, evidenceBytesMax), file);
  return { file, sha256: sha256OfFile(file), read };
}

/** Lower-case hexadecimal. */
export function sha256OfFile(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** A certificate in a folder of them, with the transcript beside it: `x.intoto.json` and `x.transcript.ndjson`. */
export interface CertificateFile {
  /** Relative to the folder, with `/`. */
  name: string;
  path: string;
  transcript?: string;
  /** Changes when one of the two files does. */
  mark: string;
}

/** Sorted by name. Throws UsageError. */
export function certificateFiles(folder: string): CertificateFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new UsageError(`${folder}: no such folder`);
  const names = (readdirSync(folder, { recursive: true }) as string[]).map((name) => name.split(sep).join("/"));
  const there = new Set(names);
  return names
    .filter((name) => /\.(intoto|sigstore)\.json$/.test(name))
    .filter((name) => !name.endsWith(".sigstore.json") || !there.has(name.replace(/\.sigstore\.json$/, ".intoto.json")))
    .sort()
    .map((name) => {
      const beside = name.replace(/\.(intoto|sigstore)\.json$/, ".transcript.ndjson");
      const path = join(folder, name);
      const transcript = there.has(beside) ? join(folder, beside) : undefined;
      return {
        name,
        path,
        ...(transcript === undefined ? {} : { transcript }),
        mark: [path, ...(transcript === undefined ? [] : [transcript])].map(markOf).join(" "),
      };
    });
}

function markOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size}:${mtimeMs}`;
}

/** Text of a file, or nothing. */
export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
