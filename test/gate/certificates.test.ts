// Certificates: what is signed, what is refused, and that nothing changed by one byte is believed.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Transcript } from "../../src/base/transcript.ts";
import type { Contract } from "../../src/base/types.ts";
import {
  bundleOf,
  type Envelope,
  keyId,
  opened,
  parseEnvelope,
  seal,
  statementType,
} from "../../src/gate/certificates/dsse.ts";
import { type CertifyFrame, certifiable } from "../../src/gate/certificates/refusal.ts";
import { certificateId, revokedToo, standingOf } from "../../src/gate/certificates/revocations.ts";
import { statementsOf } from "../../src/gate/certificates/statement.ts";
import { type Verification, type VerifyInput, verifyCertificate } from "../../src/gate/certificates/verify.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { runModule } from "../../src/session/run.ts";
import { prepare } from "../../src/session/session.ts";

const tiny = "fixtures/contracts/tiny";
const p256 = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ed = generateKeyPairSync("ed25519");
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

interface Run {
  contract: Contract;
  report: ModuleReport;
  transcript: Transcript;
}

/** One real run of a real module serves all tests. */
const run: Run = await (async () => {
  const prepared = prepare("fixtures/modules/tiny/good", { contract: tiny });
  return { contract: prepared.contract, ...(await runModule(prepared)) };
})();

const now = new Date();
const frame = (more: Partial<CertifyFrame> = {}): CertifyFrame => ({
  now,
  validDays: 180,
  contract: { version: run.contract.version, digest: run.contract.digest },
  dirty: false,
  subject: { kind: "digest", name: "good", digest: run.report.target.digest ?? "" },
  ...more,
});

function signed(key: KeyObject = p256.privateKey, report: ModuleReport = run.report) {
  const answer = certifiable(run.report, frame());
  if ("refused" in answer) throw new Error(answer.refused);
  return Object.fromEntries(
    Object.entries(
      statementsOf({
        module: report,
        subject: answer.subject,
        reached: answer.reached,
        issued: now,
        validDays: 180,
        report: hash("report"),
        transcript: hash("transcript"),
        publish: true,
      }),
    ).map(([name, text]) => [name, seal(text, statementType, key)]),
  ) as { [name: string]: Envelope };
}

function check(envelope: Envelope, more: Partial<VerifyInput> = {}): Verification {
  return verifyCertificate({
    file: "certificate",
    envelope,
    keys: [p256.publicKey],
    now,
    contract: () => run.contract,
    evidence: { transcript: { file: "run.ndjson", sha256: hash("transcript"), read: run.transcript } },
    subject: { name: "good", digest: run.report.target.digest ?? "" },
    ...more,
  });
}

const stateOf = ({ checks }: Verification, name: string) => checks.find((one) => one.name === name)?.state;
const certificate = signed().certificate as Envelope;

describe("what is signed", () => {
  test("a certificate of a real run holds: signature, subject, contract, expiry, and the same outcomes when judged again", () => {
    const result = check(certificate);
    expect(result.checks.filter(({ state }) => state !== "ok").map(({ name }) => name)).toEqual(["revocation"]);
    expect(result.verdict).toBe("valid");
    expect(result.certificate).toMatchObject({
      level: "full",
      unsafe_probes: false,
      publish: true,
      counts: { all: run.report.verdict.counts },
    });
  });

  test("Ed25519 keys sign too; any other kind is refused in words", () => {
    const envelope = signed(ed.privateKey).certificate as Envelope;
    expect(check(envelope, { keys: [ed.publicKey] }).verdict).toBe("valid");
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(() => seal("{}", statementType, rsa.privateKey)).toThrow("neither ECDSA P-256 nor Ed25519");
  });

  test("the two other statements are shaped as their predicates ask", () => {
    const { svr, testResult } = signed();
    const read = (one: Envelope | undefined) => JSON.parse(Buffer.from(one?.payload ?? "", "base64").toString());
    expect(read(svr)).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "good", digest: { dirHash: (run.report.target.digest ?? "").slice(8) } }],
      predicateType: "https://in-toto.io/attestation/svr/v0.2",
      predicate: {
        verifier: { policies: [{ digest: { sha256: run.contract.digest } }] },
        timeCreated: run.report.started,
        properties: ["CONFORM_TINY_1_CORE", "CONFORM_TINY_1_FULL"],
      },
    });
    const { predicate } = read(testResult);
    expect(predicate).toMatchObject({ result: "PASSED", warnedTests: [], failedTests: [] });
    expect(predicate.passedTests).toHaveLength(run.report.verdict.counts.pass);
  });

  test("a Sigstore bundle holds the same envelope", () => {
    const bundle = JSON.parse(JSON.stringify(bundleOf(certificate)));
    expect(bundle.mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
    expect(parseEnvelope(bundle, "bundle")).toEqual(certificate);
  });
});

describe("what is not certified", () => {
  const refused = (report: Partial<ModuleReport>, more: Partial<CertifyFrame> = {}): string => {
    const answer = certifiable({ ...run.report, ...report }, frame(more));
    return "refused" in answer ? answer.refused : "certified";
  };
  const failed = run.report.results.map((one) =>
    one.level === "MUST" && one.outcome.kind === "pass"
      ? { ...one, outcome: { kind: "blocked" as const, by: "x" } }
      : one,
  );

  test.each<[string, string, Partial<ModuleReport>, Partial<CertifyFrame>]>([
    [
      "another build",
      "is not what was judged",
      {},
      { subject: { kind: "digest", name: "good", digest: `dirHash:${"0".repeat(64)}` } },
    ],
    [
      "a module that changed meanwhile",
      "changed while it was judged",
      { target: { ...run.report.target, changed: "dirHash:1" } },
      {},
    ],
    ["no digest", "took no digest", { target: { kind: "folder", label: "x" } }, {}],
    ["partial", "partial", { partial: "interrupted by SIGINT" }, {}],
    ["filtered", "filtered", { filtered: "--only x" }, {}],
    ["a profile", "profile quick", { profile: "quick" }, {}],
    ["a baseline", "known failures", { baseline: { file: "b", entries: 1 } }, {}],
    ["an old run", "older than 180 days", { started: new Date(now.getTime() - 181 * 86_400_000).toISOString() }, {}],
    ["an old contract", "2.0.0 is current", {}, { contract: { version: "2.0.0", digest: "x" } }],
    ["another text of the contract", "another text", {}, { contract: { version: run.contract.version, digest: "x" } }],
    ["a dirty contract", "not committed", {}, { dirty: true }],
    ["results that contradict the verdict", "not every MUST passed", { results: failed }, {}],
    ["an image for a folder", "not an image", {}, { subject: { kind: "image", name: "i", sha256: "0".repeat(64) } }],
    ["a URL without an image", "which build answers", { target: { kind: "url", label: "http://127.0.0.1:1" } }, {}],
  ])("%s", (_, words, report, more) => expect(refused(report, more)).toContain(words));
});

describe("what is not believed", () => {
  test("1,000 mutations of envelope, subject, evidence and list: none is accepted", () => {
    const text = Buffer.from(certificate.payload, "base64");
    let accepted = 0;
    const tried = (envelope: Envelope, more: Partial<VerifyInput> = {}) => {
      if (check(envelope, more).verdict === "valid") accepted += 1;
    };
    // Spread over the whole payload: each byte changed in another way.
    for (let i = 0; i < 700; i++) {
      const changed = Buffer.from(text);
      const at = Math.floor((i * text.length) / 700);
      changed[at] = (changed[at] ?? 0) ^ (1 << (i % 8));
      tried({ ...certificate, payload: changed.toString("base64") });
    }
    const [signature] = certificate.signatures;
    const sig = Buffer.from(signature?.sig ?? "", "base64");
    for (let i = 0; i < 100; i++) {
      const changed = Buffer.from(sig);
      changed[i % sig.length] = (changed[i % sig.length] ?? 0) ^ (1 << (i % 8));
      tried({ ...certificate, signatures: [{ ...signature, sig: changed.toString("base64") }] });
    }
    const digest = run.report.target.digest ?? "";
    for (let i = 0; i < 64; i++) {
      const at = 8 + i;
      const other = digest[at] === "0" ? "1" : "0";
      tried(certificate, { subject: { name: "good", digest: digest.slice(0, at) + other + digest.slice(at + 1) } });
    }
    for (let i = 0; i < 100; i++)
      tried(certificate, {
        evidence: { transcript: { file: "t", sha256: hash(`transcript ${i}`), read: run.transcript } },
      });
    for (let i = 0; i < 36; i++) tried({ ...certificate, payloadType: `${statementType}${i}` });
    expect(accepted).toBe(0);
  });

  // Made with ssh-keygen of OpenSSH, which also gave the fingerprints.
  test.each([
    [
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENc5CBfTcwdp2O3q5lU1CM8nL1HGnsUTIhBoN0gcTbGj80vhvvCJbUlGB/JfxLI2rEBPdBuaTfy2eCi3jkPQqvQ==",
      "SHA256:jvxYmaHX1VemV6d1YKko8Y01wS+ybS9xBtH23HYqsAI",
    ],
    [
      "MCowBQYDK2VwAyEACZG7YXIHLTCpCC/TlAEPLAEwc1b/TjdEx6hJ0TbTBV8=",
      "SHA256:nviM8LRbXo6Z7VJkj27iBMONf4I3ObJN7vCm6BbXN7o",
    ],
  ])("a key's id is its OpenSSH fingerprint: %s", (spki, fingerprint) => {
    const key = createPublicKey({ key: Buffer.from(spki, "base64"), format: "der", type: "spki" });
    expect(keyId(key)).toBe(fingerprint);
  });

  test("a list of revocations that was changed is not believed, and neither is one signed by somebody else", () => {
    const list = revokedToo(undefined, [certificateId(certificate)], { now, reason: "by mistake" });
    const sealed = seal(JSON.stringify(list), "x", p256.privateKey);
    expect(opened(sealed, [p256.publicKey])).toEqual({ by: keyId(p256.publicKey) });
    expect(opened(sealed, [ed.publicKey])).toHaveProperty("refused");
    const emptied = Buffer.from(JSON.stringify({ ...list, revoked: [] })).toString("base64");
    expect(opened({ ...sealed, payload: emptied }, [p256.publicKey])).toHaveProperty("refused");
  });

  test("being on a list binds however old it is; not being on an old one says nothing", () => {
    const list = revokedToo(undefined, [certificateId(certificate)], {
      now: new Date("2020-01-01T00:00:00Z"),
      reason: "lost key",
    });
    const frame = { now, freshDays: 7 };
    expect(standingOf(list, certificateId(certificate), frame)).toMatchObject({ kind: "revoked", reason: "lost key" });
    expect(standingOf(list, "0".repeat(64), frame)).toMatchObject({ kind: "unknown" });
    expect(standingOf({ ...list, as_of: now.toISOString() }, "0".repeat(64), frame)).toMatchObject({ kind: "good" });
    const standing = (id: string) => standingOf(list, id, frame);
    expect(stateOf(check(certificate, { standing }), "revocation")).toBe("bad");
  });

  test("no key, no contract, an expired day: told apart", () => {
    expect(check(certificate, { keys: [] }).verdict).toBe("unknown");
    expect(check(certificate, { contract: () => undefined }).verdict).toBe("unknown");
    const later = check(certificate, { now: new Date(now.getTime() + 200 * 86_400_000) });
    expect([later.verdict, stateOf(later, "expiry")]).toEqual(["invalid", "bad"]);
    const before = check(certificate, { now: new Date("2020-01-01T00:00:00Z") });
    expect([before.verdict, stateOf(before, "expiry")]).toEqual(["invalid", "bad"]);
  });

  test("a transcript whose outcomes are others makes the certificate worthless", () => {
    const events = run.transcript.events.filter(({ kind, step }) => kind !== "step" || step === undefined);
    const cut = { ...run.transcript, events };
    const result = check(certificate, {
      evidence: { transcript: { file: "t", sha256: hash("transcript"), read: cut } },
    });
    expect(stateOf(result, "evidence")).toBe("bad");
    expect(result.checks.find(({ name }) => name === "evidence")?.text).toMatch(/outcomes differ: \S+ was pass, is/);
  });

  test("one that says more than its own lists do is refused even with a good signature", () => {
    const statement = JSON.parse(Buffer.from(certificate.payload, "base64").toString());
    const lie = (
      change: (predicate: {
        level: string;
        counts: { MUST: { pass: number } };
        outcomes: Record<string, string>;
      }) => void,
    ) => {
      const copy = structuredClone(statement);
      change(copy.predicate);
      return check(seal(JSON.stringify(copy), statementType, p256.privateKey));
    };
    expect(
      stateOf(
        lie(({ counts }) => (counts.MUST.pass += 1)),
        "statement",
      ),
    ).toBe("bad");
    expect(lie(({ outcomes }) => (outcomes[Object.keys(outcomes)[0] ?? ""] = "fail")).verdict).toBe("invalid");
  });

  test.each([
    [null, "no DSSE envelope"],
    [[], "no DSSE envelope"],
    [{}, "are due"],
    [{ payloadType: "x", payload: "e30", signatures: [{ sig: "AA==" }] }, "are due"],
    [{ payloadType: "x", payload: "e30=", signatures: [] }, "are due"],
    [{ payloadType: "x", payload: "e30=", signatures: [{ sig: "A A==" }] }, "are due"],
    [{ dsseEnvelope: 5 }, "no DSSE envelope"],
  ])("%j is no certificate", (value, words) => {
    expect(() =>
      parseEnvelope(typeof value === "string" ? JSON.parse(value === "{}" ? "null" : value) : value, "f"),
    ).toThrow(words);
  });
});
