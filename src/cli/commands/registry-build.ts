// `conform registry build`: a static site of certificates, each verified while it is built.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeBadge } from "badge-maker";
import { UsageError } from "../../base/errors.ts";
import { absolute, shownPath, wallClock } from "../../base/io.ts";
import { version } from "../../base/version.ts";
import { visible } from "../../base/visible.ts";
import { certificateIn } from "../../gate/certificates/claim.ts";
import { type Envelope, keyId, seal } from "../../gate/certificates/dsse.ts";
import { certificateId } from "../../gate/certificates/revocations.ts";
import { type VerifyInput, verifyCertificate } from "../../gate/certificates/verify.ts";
import { type Entry, entryOf } from "../../gate/registry/entry.ts";
import { siteOf } from "../../gate/registry/site.ts";
import { parseState, type RegistryState, sha256 } from "../../gate/registry/state.ts";
import { endpointOf } from "../../report/badge.ts";
import { findContract } from "../../session/contracts.ts";
import {
  type CertificateFile,
  certificateFiles,
  contractAtHand,
  readEnvelope,
  readText,
  transcriptAt,
} from "../certificates.ts";
import { everyones, writeWhole } from "../files-out.ts";
import { privateKey, publicKey } from "../keys.ts";
import { note, tell } from "../terminal.ts";
import { dateOf, standings } from "./verify.ts";

const indexType = "application/vnd.module-conform.registry+json";

export interface RegistryBuildFlags {
  key: string[];
  out: string;
  signKey?: string;
  passphraseFile?: string;
  revocations?: string;
  freshDays: number;
  contract?: string;
  title: string;
  url?: string;
  at?: string;
}

/** Exit code 0; a certificate that does not hold is listed as such and told on standard error. Throws UsageError. */
export async function registryBuild(folder: string, flags: RegistryBuildFlags): Promise<number> {
  const keys = flags.key.map(publicKey);
  const now = flags.at === undefined ? wallClock() : dateOf(flags.at);
  const out = absolute(flags.out);
  const contract = contractAtHand(flags.contract);
  const frame = sha256(
    JSON.stringify([version, keys.map(keyId), flags.contract === undefined ? "" : findContract(flags.contract).digest]),
  );
  const before = parseState(readText(join(out, "state.json")), frame);
  const files = certificateFiles(folder);
  if (files.length === 0) throw new UsageError(`${folder} holds no certificates (*.intoto.json, *.sigstore.json)`);
  const found = looked(files, before, { keys, contract });
  const site = siteOf({
    title: flags.title,
    url: flags.url === undefined ? "" : flags.url.replace(/\/*$/, "/"),
    now,
    ...(flags.revocations === undefined
      ? {}
      : { standing: standings(flags.revocations, keys, { now, freshDays: flags.freshDays }) }),
    entries: new Map([...found].map(([file, { entry }]) => [file, entry])),
    before,
    badge: (badge) => ({
      svg: `${makeBadge({ label: badge.label, message: badge.message, color: badge.color })}\n`,
      json: `${JSON.stringify(endpointOf(badge))}\n`,
    }),
  });
  if (flags.signKey !== undefined) await signIndex(site.files, { out, before, flags });
  for (const [path, file] of site.copies) site.files.set(path, `${JSON.stringify(readEnvelope(join(folder, file)))}\n`);
  const pages = await written(out, site.files, before.pages);
  const state: RegistryState = {
    format: 1,
    frame,
    entries: Object.fromEntries(
      [...found].map(([file, one]) => [file, { ...one, state: site.states.get(file) ?? "bad" }]),
    ),
    pages: pages.all,
    changes: site.changes,
  };
  await writeWhole(join(out, "state.json"), `${JSON.stringify(state)}\n`, everyones);
  for (const [file, { entry }] of found)
    if (!entry.sound) note(`${visible(file)} does not hold: ${visible(entry.fault ?? "")}`);
  tell(
    `${shownPath(out)}: ${site.listed.length} modules shown, ${site.facts.unpublished} certificates not published, ${site.facts.bad.length} do not hold; ${pages.changed} files written, ${pages.kept} as they were\n`,
  );
  return 0;
}

/** The same index keeps its signature: a signature is another one each time it is made. */
async function signIndex(
  files: Map<string, string>,
  { out, before, flags }: { out: string; before: RegistryState; flags: RegistryBuildFlags },
): Promise<void> {
  const index = files.get("index.json") ?? "";
  const key = await privateKey(flags.signKey ?? "", flags.passphraseFile);
  const old = before.pages["index.json"] === sha256(index) ? readText(join(out, "index.dsse.json")) : undefined;
  const kept = old?.includes(keyId(key)) === true ? old : undefined;
  files.set("index.dsse.json", kept ?? `${JSON.stringify(seal(index, indexType, key))}\n`);
}

/** What was verified before, under the same keys and contracts, and whose files are as they were, is not verified again. */
function looked(
  files: readonly CertificateFile[],
  before: RegistryState,
  frame: Pick<VerifyInput, "keys" | "contract">,
) {
  const found = new Map<string, { mark: string; entry: Entry }>();
  for (const one of files) {
    const known = before.entries[one.name];
    const same = known !== undefined && known.mark === one.mark;
    const entry = same ? known.entry : entryAt(one, frame);
    // The two statements beside a certificate of conform say nothing that it does not.
    if (entry !== undefined) found.set(one.name, { mark: one.mark, entry });
  }
  return found;
}

/** Undefined for the other statements about the same run. Dates are looked at later, for they are another day's question. */
function entryAt(
  { path, name, transcript }: CertificateFile,
  frame: Pick<VerifyInput, "keys" | "contract">,
): Entry | undefined {
  let envelope: Envelope;
  try {
    envelope = readEnvelope(path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { id: sha256(name), sound: false, fault: "statement: it cannot be read", judged_again: false };
  }
  const said = certificateIn(envelope, name);
  if (said === "another statement") return undefined;
  const now = new Date(said === undefined ? 0 : Date.parse(said.judged));
  const evidence = transcript === undefined ? undefined : evidenceAt(transcript);
  if (evidence !== undefined && "fault" in evidence)
    return { id: certificateId(envelope), sound: false, fault: `evidence: ${evidence.fault}`, judged_again: false };
  return entryOf(
    verifyCertificate({ file: name, envelope, now, ...frame, ...(evidence === undefined ? {} : { evidence }) }),
  );
}

function evidenceAt(file: string): NonNullable<VerifyInput["evidence"]> | { fault: string } {
  try {
    return { transcript: transcriptAt(file) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { fault: "its transcript cannot be read" };
  }
}

/** Files that are as they were are left alone, and what belongs to nobody any more goes. */
async function written(out: string, files: ReadonlyMap<string, string>, before: Record<string, string>) {
  const all: Record<string, string> = {};
  let changed = 0;
  for (const [path, content] of files) {
    const hash = sha256(content);
    all[path] = hash;
    if (before[path] === hash && existsSync(join(out, path))) continue;
    await writeWhole(join(out, path), content, everyones);
    changed++;
  }
  for (const path of Object.keys(before)) {
    const outside = path.split("/").includes("..") || path.startsWith("/");
    if (!(path in all) && !outside) await rm(join(out, path), { force: true });
  }
  return { all, changed, kept: files.size - changed };
}
