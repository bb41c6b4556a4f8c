// Forged certificates: edited reports, other runs' transcripts, odd envelopes, grades that a mended contract would not give.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Transcript, TranscriptHeader } from "../../src/base/transcript.ts";
import type { Contract } from "../../src/base/types.ts";
import { type Envelope, keyId, seal, statementType } from "../../src/gate/certificates/dsse.ts";
import { reportFault } from "../../src/gate/certificates/evidence.ts";
import { certifiable } from "../../src/gate/certificates/refusal.ts";
import { regraded } from "../../src/gate/certificates/rejudge.ts";
import { type Certificate, statementsOf } from "../../src/gate/certificates/statement.ts";
import { type VerifyInput, verifyCertificate } from "../../src/gate/certificates/verify.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { findContract } from "../../src/session/contracts.ts";
import { runModule } from "../../src/session/run.ts";
import { prepare } from "../../src/session/session.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const other = generateKeyPairSync("ed25519");
const hash = createHash("sha256").update("transcript").digest("hex");
const now = new Date();

/** One real run of a real module serves all tests. */
const { contract, report, transcript } = await (async () => {
  const prepared = prepare("fixtures/modules/tiny/good", { contract: "fixtures/contracts/tiny" });
  return { contract: prepared.contract, ...(await runModule(prepared)) };
})();

interface Statement {
  predicate: Certificate;
  [key: string]: unknown;
}

/** What is signed is what `change` makes of an honest statement. */
function certificate(change: (statement: Statement) => void = () => undefined): Envelope {
  const subject = { kind: "digest" as const, name: "good", digest: report.target.digest ?? "" };
  const frame = { now, validDays: 180, contract, dirty: false, subject };
  const answer = certifiable(report, frame);
  if ("refused" in answer) throw new Error(answer.refused);
  const { header } = transcript;
  const of = { module: report, ...answer, issued: now, validDays: 180, report: hash, transcript: hash, header };
  const statement = JSON.parse(statementsOf({ ...of, publish: true }).certificate);
  change(statement);
  return seal(JSON.stringify(statement), statementType, privateKey);
}

function check(envelope: Envelope, read: Transcript = transcript, more: Partial<VerifyInput> = {}) {
  const evidence = { transcript: { file: "run.ndjson", sha256: hash, read } };
  const given = { file: "c", envelope, keys: [publicKey], now, contract: () => contract, evidence, ...more };
  const { verdict, checks } = verifyCertificate(given);
  const [doubt] = checks.filter(({ state }) => state === "bad" || state === "unknown");
  return `${verdict}${doubt === undefined ? "" : ` ${doubt.name}: ${doubt.text}`}`;
}
const signed = (text: string) => seal(text, statementType, privateKey);
const payload = Buffer.from(certificate().payload, "base64").toString();

describe("an edited report is not certified beside its transcript", () => {
  const fault = (change: Partial<ModuleReport>, read: Transcript = transcript) =>
    reportFault({ ...report, ...change }, contract, read);

  test("an honest one is", () => expect(fault({})).toBeUndefined());

  test.each<[string, Partial<ModuleReport>]>([
    ["the levels", { results: report.results.map((one) => ({ ...one, level: "MAY" as const })) }],
    ["the digest", { target: { ...report.target, digest: `dirHash:${hash}` } }],
    ["the program", { target: { ...report.target, program: `sha256:${hash}` } }],
    ["unsafe_probes", { unsafe_probes: true }],
    ["strict", { strict: true }],
    ["the machine", { machine: "cray" }],
    [
      "why something was skipped",
      {
        results: report.results.map((one) =>
          one.outcome.kind === "skipped" ? { ...one, outcome: { ...one.outcome, left_out: "target" as const } } : one,
        ),
      },
    ],
    ["another run", { started: "2026-01-01T00:00:00.000Z" }],
    [
      "the report says fail",
      {
        results: report.results.map((one) => ({
          ...one,
          outcome: { kind: "fail" as const, findings: [{ at: "", expected: 1, actual: 2, events: [] }] },
        })),
      },
    ],
  ])("%s", (words, change) => expect(fault(change)).toContain(words));

  test("what only the transcript tells", () => {
    const { header, footer, events } = transcript;
    if (footer === undefined) throw new Error("the run has no end");
    expect(fault({}, { header, events })).toContain("breaks off");
    expect(fault({}, { header, events, footer: { ...footer, changed: "dirHash:1" } })).toContain("files changed");
    expect(fault({}, { header: { ...header, filtered: "--only x" }, events, footer })).toContain("left out");
    expect(fault({}, { header, events, footer: { ...footer, interrupted: "SIGINT" } })).toContain("end");
  });
});

describe("a signed lie does not survive its evidence", () => {
  test("an honest one does", () => expect(check(certificate())).toBe("valid"));

  test.each<[string, (statement: Statement) => void]>([
    [
      "invalid contract: it counts 3 MUST pass; by the contract it is 4",
      ({ predicate: { counts } }) => {
        counts.MUST.pass -= 1;
        counts.MAY.pass += 1;
      },
    ],
    ["invalid evidence: judged again, it earns full, not core", ({ predicate }) => (predicate.level = "core")],
    ["unsafe_probes differs", ({ predicate }) => (predicate.unsafe_probes = true)],
    ["strict differs", ({ predicate }) => (predicate.strict = true)],
    ["params differs", ({ predicate }) => (predicate.params = { x: 1 })],
    ["time_scale differs", ({ predicate }) => (predicate.time_scale = 9)],
    ["the time of the run differs", ({ predicate }) => (predicate.judged = now.toISOString())],
    ["another build than the subject", (statement) => (statement.subject = [{ name: "x", digest: { dirHash: hash } }])],
    ["another build", (statement) => (statement.subject as object[]).push({ name: "more", digest: { sha256: hash } })],
    [
      "speaks of x/y",
      ({ predicate }) => {
        delete predicate.outcomes["file/has-name"];
        predicate.outcomes["x/y"] = "pass";
      },
    ],
  ])("%s", (words, change) => expect(check(certificate(change))).toContain(words));

  const { header, events, footer } = transcript;
  const told = (more: Partial<TranscriptHeader>, end = footer) =>
    check(certificate(), { header: { ...header, ...more }, events, ...(end === undefined ? {} : { footer: end }) });

  test("a transcript of a part, of a module that changed, or of no certain build earns nothing", () => {
    expect(told({ filtered: "--only x" })).toContain("filtered");
    expect(told({ profile: "quick" })).toContain("profile quick");
    expect(told({}, { ...(footer ?? { events: 0, duration_ms: 0, sha256: "" }), changed: "dirHash:1" })).toContain(
      "changed",
    );
    const { digest, ...target } = header.target;
    expect(told({ target })).toContain("does not say which build");
    const requirements = header.plan.requirements.filter((id) => id !== "file/has-name");
    expect(told({ plan: { ...header.plan, requirements } })).toMatch(/^invalid evidence/);
    expect(check(certificate(), { header, events })).toContain("breaks off");
  });

  test("nothing is judged for a signature that does not hold", () => {
    const unread = {
      file: "t",
      sha256: hash,
      get read(): Transcript {
        throw new Error("it was judged");
      },
    };
    expect(check(certificate(), transcript, { keys: [other.publicKey], evidence: { transcript: unread } })).toContain(
      "invalid signature",
    );
  });
});

describe("odd envelopes", () => {
  test("one good signature is enough, and must be by the key that it names", () => {
    const [good] = certificate().signatures;
    if (good === undefined) throw new Error("not signed");
    const body = Buffer.from(payload);
    const message = Buffer.concat([
      Buffer.from(`DSSEv1 ${statementType.length} ${statementType} ${body.length} `),
      body,
    ]);
    const stranger = { keyid: keyId(other.publicKey), sig: sign(null, message, other.privateKey).toString("base64") };
    const envelope = { ...signed(payload) };
    expect(check({ ...envelope, signatures: [stranger, ...envelope.signatures] })).toBe("valid");
    expect(check({ ...envelope, signatures: [stranger] })).toContain("invalid signature");
    expect(check({ ...envelope, signatures: [{ sig: envelope.signatures[0]?.sig ?? "" }] })).toBe("valid");
    expect(check({ ...envelope, signatures: [{ ...stranger, sig: good.sig }] })).toContain("invalid signature");
  });

  test.each([
    ["a key twice", payload.replace('"level":"full"', '"level":"core","level":"full"')],
    ["a key twice", payload.replace('"publish":true', '"publish": true')],
    ["a key twice", `${payload}\n`],
    ["not JSON", `${payload}{}`],
    ["nested deeper", payload.replace('"params":{}', `"params":{"x":${"[".repeat(9000)}${"]".repeat(9000)}}`)],
    ["not JSON", "\u0000"],
  ])("%s is refused in words", (words, text) =>
    expect(check(signed(text))).toMatch(new RegExp(`^invalid statement.*${words}`)),
  );
});

describe("judged by the contract as it is now", () => {
  const said: Certificate = JSON.parse(payload).predicate;
  const first = contract.requirements.find(({ id }) => id === "file/has-name");
  if (first === undefined) throw new Error("the tiny contract has changed");
  const added = (more: object): Contract => ({
    ...contract,
    requirements: [...contract.requirements, { ...first, id: "file/new", needs: [], ...more }],
  });

  test("the same contract gives the same", () =>
    expect(regraded(said, contract, transcript)).toMatchObject({ state: "stands", changes: [] }));

  test("a requirement that the run was not planned for is judged all the same", () => {
    expect(regraded(said, added({}), transcript)).toMatchObject({
      state: "stands",
      changes: [{ id: "file/new", before: "none", after: "pass" }],
    });
  });

  test("what was not recorded is open, not failed", () => {
    const state = regraded(said, added({ on: ["elsewhere.step"] }), transcript);
    expect(state).toMatchObject({ state: "open", why: expect.stringContaining("file/new (MUST)") });
  });

  test("a grade that falls is told, also from full to core", () => {
    const folder = mkdtempSync(join(tmpdir(), "conform-stricter-"));
    const text = readFileSync("fixtures/contracts/tiny/contract.yaml", "utf8");
    const stricter = (part: string) => {
      writeFileSync(join(folder, "contract.yaml"), text.replace(`isText(get(it, "data.${part}", null))`, "1 == 2"));
      return regraded(said, findContract(folder), transcript);
    };
    expect(stricter("version")).toMatchObject({ state: "falls", why: "file/has-version (SHOULD) fails" });
    expect(stricter("name")).toMatchObject({ state: "falls", why: "file/has-name (MUST) fails" });
    expect(stricter("licence")).toMatchObject({
      state: "stands",
      changes: [{ id: "file/has-licence", after: "fail" }],
    });
    rmSync(folder, { recursive: true });
  });
});
