// `conform registry build`: a static site of certificates, each verified while it is built.
import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { makeBadge } from "badge-maker";
import { UsageError } from "../../base/errors.ts";
import { absolute, sha256, shownPath, wallClock } from "../../base/io.ts";
import type { Contract } from "../../base/types.ts";
import { version } from "../../base/version.ts";
import { visible } from "../../base/visible.ts";
import { certificateIn } from "../../gate/certificates/claim.ts";
import { type Envelope, keyId, opened, payloadText, seal } from "../../gate/certificates/dsse.ts";
import { type VerifyInput, verifyCertificate } from "../../gate/certificates/verify.ts";
import { type Entry, entryOf } from "../../gate/registry/entry.ts";
import { siteOf } from "../../gate/registry/site.ts";
import { parseState, type RegistryState } from "../../gate/registry/state.ts";
import { endpointOf } from "../../report/badge.ts";
import type { FlagsOf } from "../../session/flag-values.ts";
import {
  type CertificateFile,
  certificateFiles,
  contractAtHand,
  evidenceAt,
  markOf,
  readEnvelope,
  readText,
} from "../certificates.ts";
import { everyones, ownersOnly, writeWhole } from "../files-out.ts";
import { privateKey, publicKey } from "../keys.ts";
import { note, tell } from "../terminal.ts";
import { dateOf, revokers, standings } from "./verify.ts";

const indexType = "application/vnd.module-conform.registry+json";

/** Exit code 0; a certificate that does not hold is listed as such and told on standard error. Throws UsageError. */
export async function registryBuild(folder: string, flags: FlagsOf<"registry build">): Promise<number> {
  const keys = flags.key.map(publicKey);
  const now = flags.at === undefined ? wallClock() : dateOf(flags.at);
  const out = absolute(flags.out);
  const frame = sha256(JSON.stringify([version, keys.map(keyId)]));
  // Beside the site, not in it: it knows what nobody asked to have shown.
  const memory = `${out}.state.json`;
  const before = parseState(readText(memory), frame);
  const files = certificateFiles(folder, out);
  if (files.length === 0) throw new UsageError(`${folder} holds no certificates (*.intoto.json, *.sigstore.json)`);
  const found = looked(files, before, { keys, contract: remembered(contractAtHand(flags.contract)) });
  const site = siteOf({
    title: flags.title,
    url: flags.url === undefined ? "" : flags.url.replace(/\/*$/, "/"),
    now,
    ...(flags.revocations === undefined
      ? {}
      : { standing: standings(flags.revocations, revokers(flags, keys), { now, freshDays: flags.freshDays }) }),
    entries: new Map([...found].map(([file, { entry }]) => [file, entry])),
    before,
    badge: (badge) => ({
      svg: `${makeBadge({ label: badge.label, message: badge.message, color: badge.color })}\n`,
      json: `${JSON.stringify(endpointOf(badge))}\n`,
    }),
  });
  if (flags.signKey !== undefined) await signIndex(site.files, { out, flags });
  for (const [path, file] of site.copies) site.files.set(path, `${JSON.stringify(readEnvelope(join(folder, file)))}\n`);
  const pages = await written(out, site.files, before.pages);
  const state: RegistryState = {
    format: 1,
    frame,
    entries: Object.fromEntries(
      [...found].map(([file, one]) => [file, { ...one, state: site.states.get(file) ?? "bad" }]),
    ),
    pages: [...site.files.keys()],
    changes: site.changes,
  };
  await writeWhole(memory, `${JSON.stringify(state)}\n`, ownersOnly);
  for (const [file, { entry }] of found)
    if (!entry.sound) note(`${visible(file)} does not hold: ${visible(entry.detail ?? entry.fault ?? "")}`);
  tell(
    `${shownPath(out)}: ${site.listed.length} modules shown, ${site.facts.unpublished} certificates not published, ${site.facts.bad.length} do not hold; ${pages.changed} files written, ${pages.kept} as they were\n`,
  );
  return 0;
}

/** Of thousands of certificates nearly all ask for the same few. */
function remembered(find: VerifyInput["contract"]): VerifyInput["contract"] {
  const known = new Map<string, Contract | undefined>();
  return (name, version) => {
    const key = JSON.stringify([name, version]);
    if (!known.has(key)) known.set(key, find(name, version));
    return known.get(key);
  };
}

/** The same index keeps its signature: a signature is another one each time it is made. */
async function signIndex(
  files: Map<string, string>,
  { out, flags }: { out: string; flags: FlagsOf<"registry build"> },
): Promise<void> {
  const index = files.get("index.json") ?? "";
  const key = await privateKey(flags.signKey ?? "", flags.passphraseFile);
  const path = join(out, "index.dsse.json");
  const kept = existsSync(path) && signs(path, index, key) ? readText(path) : undefined;
  files.set("index.dsse.json", kept ?? `${JSON.stringify(seal(index, indexType, key))}\n`);
}

function signs(path: string, text: string, key: KeyObject): boolean {
  try {
    const envelope = readEnvelope(path);
    const whose = opened(envelope, [createPublicKey(key)]);
    return "by" in whose && envelope.payloadType === indexType && payloadText(envelope) === text;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** What held before, with the same bytes, keys and contract, is not verified again. */
function looked(
  files: readonly CertificateFile[],
  before: RegistryState,
  frame: Pick<VerifyInput, "keys" | "contract">,
) {
  const found = new Map<string, { mark: string; entry: Entry }>();
  for (const one of files) {
    const mark = markOf(one);
    const known = before.entries[one.name];
    const same = known !== undefined && known.mark === mark && stillJudgedBy(known.entry, frame.contract);
    const entry = same ? known.entry : entryAt(one, frame, sha256(mark));
    // The two statements beside a certificate of conform say nothing that it does not.
    if (entry !== undefined) found.set(one.name, { mark, entry });
  }
  return found;
}

function stillJudgedBy({ says, at_hand }: Entry, contract: VerifyInput["contract"]): boolean {
  return says !== undefined && contract(says.contract, says.version)?.digest === at_hand;
}

/** Undefined for the other statements about the same run; `unread`: its id where it cannot be read. Dates are looked at later, for they are another day's question. */
function entryAt(
  one: CertificateFile,
  frame: Pick<VerifyInput, "keys" | "contract">,
  unread: string,
): Entry | undefined {
  try {
    return entryIn(readEnvelope(one.path), one, frame);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { id: unread, sound: false, fault: "statement", detail: error.message, judged_again: false };
  }
}

function entryIn(
  envelope: Envelope,
  { name, transcript }: CertificateFile,
  frame: Pick<VerifyInput, "keys" | "contract">,
): Entry | undefined {
  const said = certificateIn(envelope, name);
  if (said === "another statement") return undefined;
  const now = new Date(said === undefined ? 0 : Date.parse(said.judged));
  const result = verifyCertificate({
    file: name,
    envelope,
    now,
    ...frame,
    ...(transcript === undefined ? {} : { evidence: { transcript: evidenceAt(transcript) } }),
  });
  const asked = result.certificate?.contract;
  return entryOf(result, asked === undefined ? undefined : frame.contract(asked.name, asked.version));
}

/** Files that are as they should be are left alone, and what belongs to nobody any more goes. */
async function written(out: string, files: ReadonlyMap<string, string>, before: readonly string[]) {
  let changed = 0;
  for (const [path, content] of files) {
    if (readText(join(out, path)) === content) continue;
    await writeWhole(join(out, path), content, everyones);
    changed++;
  }
  for (const path of before) {
    const outside = path.split(/[\\/]/).includes("..") || isAbsolute(path);
    if (!files.has(path) && !outside) await rm(join(out, path), { force: true });
  }
  return { changed, kept: files.size - changed };
}
