// What a certificate says: an in-toto Statement v1 with one of three predicates. Pure.
import * as z from "zod";
import { UsageError } from "../../base/errors.ts";
import { parseJson } from "../../base/json.ts";
import type { Counts, OutcomeKind, Result } from "../../base/judged.ts";
import type { TranscriptHeader } from "../../base/transcript.ts";
import type { Level } from "../../base/types.ts";
import { version } from "../../base/version.ts";
import type { Reached } from "../../report/badge.ts";
import type { ModuleReport } from "../../report/types.ts";

export const predicateTypes = {
  /** Ours: what neither of the others has. */
  certificate: "urn:module-conform:certificate:v1",
  /** Simple Verification Result. */
  svr: "https://in-toto.io/attestation/svr/v0.2",
  testResult: "https://in-toto.io/attestation/test-result/v0.1",
} as const;

export type PredicateName = keyof typeof predicateTypes;

const hex = z.string().regex(/^[0-9a-f]{64}$/, "not a sha256 in hexadecimal");
const time = z.iso.datetime({ message: "not a time in ISO 8601, UTC" });
const whole = z.int().min(0);
const counts = z.object({ pass: whole, fail: whole, blocked: whole, skipped: whole, error: whole });

/** At most: name of the digest's kind to lower-case hexadecimal. */
const digestSet = z.record(z.string(), z.string().regex(/^[0-9a-f]+$/));
const subject = z.object({ name: z.string(), digest: digestSet });

const certificate = z.object({
  module: z.string(),
  contract: z.object({ name: z.string(), version: z.string(), digest: z.object({ sha256: z.string() }) }),
  level: z.enum(["core", "full"]),
  judged: time.describe("When the run began."),
  issued: time,
  expires: time,
  tool: z.object({ name: z.string(), version: z.string() }),
  machine: z.string().exactOptional(),
  strict: z.boolean(),
  profile: z.string().nullable().describe("Of the contract; null as long as a run under one earns no certificate."),
  unsafe_probes: z.boolean(),
  params: z
    .record(z.string(), z.json())
    .exactOptional()
    .describe("Parameters of the contract, where the transcript is known."),
  time_scale: z
    .number()
    .exactOptional()
    .describe("Factor on the contract's deadlines, where it was not 1 and the transcript is known."),
  counts: z.object({ all: counts, MUST: counts, SHOULD: counts, MAY: counts }),
  outcomes: z
    .record(z.string(), z.enum(["pass", "fail", "blocked", "skipped", "error"]))
    .describe("Every requirement."),
  skipped: z.record(z.string(), z.string()).describe("Why each skipped one does not apply."),
  evidence: z.object({ report: z.object({ sha256: hex }), transcript: z.object({ sha256: hex }).exactOptional() }),
  publish: z.boolean().describe("The module's owner wants it shown in a registry."),
});

const statement = z.object({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.array(subject).min(1),
  predicateType: z.string(),
  predicate: z.unknown(),
});

export type Subjects = z.infer<typeof subject>[];
export type Certificate = z.infer<typeof certificate>;
export type Statement = z.infer<typeof statement>;

export interface StatementInput {
  module: ModuleReport;
  subject: Subjects;
  reached: Reached;
  issued: Date;
  /** Days from the run on which it is valid. */
  validDays: number;
  report: string;
  transcript?: string;
  /** Of that transcript. */
  header?: Pick<TranscriptHeader, "params" | "time_scale">;
  publish: boolean;
}

/** One statement of each kind about the same run, as the texts that are signed. */
export function statementsOf(input: StatementInput): { [P in PredicateName]: string } {
  const wrap = (name: PredicateName, predicate: object): string =>
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: input.subject,
      predicateType: predicateTypes[name],
      predicate,
    });
  return {
    certificate: wrap("certificate", certificateOf(input)),
    svr: wrap("svr", svrOf(input)),
    testResult: wrap("testResult", testResultOf(input)),
  };
}

function certificateOf({
  module,
  reached,
  issued,
  validDays,
  report,
  transcript,
  header,
  publish,
}: StatementInput): Certificate {
  const { contract, started, results } = module;
  const outcomes: Record<string, OutcomeKind> = Object.fromEntries(
    results.map(({ id, outcome }) => [id, outcome.kind]),
  );
  const skipped = results.flatMap(({ id, outcome }) =>
    outcome.kind === "skipped" ? [[id, outcome.reason] as const] : [],
  );
  return {
    module: module.name,
    contract: { name: contract.name, version: contract.version, digest: { sha256: contract.digest } },
    level: reached,
    judged: started,
    issued: issued.toISOString(),
    expires: expiryOf(started, validDays).toISOString(),
    tool: { name: "conform", version },
    ...(module.machine === undefined ? {} : { machine: module.machine }),
    strict: module.strict,
    profile: module.profile ?? null,
    unsafe_probes: module.unsafe_probes ?? false,
    ...(header === undefined ? {} : { params: header.params }),
    ...(header?.time_scale === undefined ? {} : { time_scale: header.time_scale }),
    counts: { all: countsOf(results), ...countsByLevel(results) },
    outcomes,
    skipped: Object.fromEntries(skipped),
    evidence: {
      report: { sha256: report },
      ...(transcript === undefined ? {} : { transcript: { sha256: transcript } }),
    },
    publish,
  };
}

/** Counted here, not taken over: what is signed must agree with what is listed. */
function countsOf(results: readonly Result[]): Counts {
  const counted = { pass: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const { outcome } of results) counted[outcome.kind] += 1;
  return counted;
}

function countsByLevel(results: readonly Result[]): { [L in Level]: Counts } {
  const of = (level: Level): Counts => countsOf(results.filter((one) => one.level === level));
  return { MUST: of("MUST"), SHOULD: of("SHOULD"), MAY: of("MAY") };
}

/** Validity counts from the run, not from the signature: signing later makes no evidence fresher. */
function expiryOf(started: string, validDays: number): Date {
  return new Date(Date.parse(started) + validDays * 86_400_000);
}

function policyOf({ contract }: ModuleReport): object {
  return { name: `${contract.name}@${contract.version}`, digest: { sha256: contract.digest } };
}

/** The verifier's id changes with its version: other versions may judge otherwise. */
function svrOf({ module, reached }: StatementInput): object {
  return {
    verifier: { id: `urn:module-conform:conform:${version}`, policies: [policyOf(module)] },
    timeCreated: module.started,
    properties: propertiesOf(module, reached),
  };
}

/** `CONFORM_<CONTRACT>_1_CORE`, and `..._FULL` where every SHOULD passed too. */
export function propertiesOf({ contract }: Pick<ModuleReport, "contract">, reached: Reached): string[] {
  const [major = "0"] = contract.version.split(".");
  const scope = `CONFORM_${contract.name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_${major}`;
  return [`${scope}_CORE`, ...(reached === "full" ? [`${scope}_FULL`] : [])];
}

function testResultOf({ module }: StatementInput): object {
  const ids = (level: (name: string) => boolean, kind: OutcomeKind): string[] =>
    module.results.filter((one) => level(one.level) && one.outcome.kind === kind).map(({ id }) => id);
  const warned = ids((level) => level !== "MUST", "fail");
  return {
    result: warned.length > 0 ? "WARNED" : "PASSED",
    configuration: [policyOf(module)],
    passedTests: ids(() => true, "pass"),
    warnedTests: warned,
    failedTests: ids((level) => level === "MUST", "fail"),
  };
}

/** Throws UsageError: what is signed may still be no statement. */
export function parseStatement(text: string, file: string): Statement {
  return read(statement, json(text, file), `${file}: not an in-toto Statement v1`);
}

/** Throws UsageError. */
export function parseCertificate(predicate: unknown, file: string): Certificate {
  return read(certificate, predicate, `${file}: not a certificate of conform`);
}

export function parseSvr(predicate: unknown, file: string): { policy: string | undefined; properties: string[] } {
  const shape = z.object({
    verifier: z.object({ id: z.string(), policies: z.array(z.object({ digest: digestSet.optional() })) }),
    timeCreated: time,
    properties: z.array(z.string()),
  });
  const { verifier, properties } = read(shape, predicate, `${file}: not a Simple Verification Result v0.2`);
  return { policy: verifier.policies[0]?.digest?.sha256, properties };
}

export function parseTestResult(predicate: unknown, file: string): { policy: string | undefined; failed: string[] } {
  const shape = z.object({
    result: z.enum(["PASSED", "WARNED", "FAILED"]),
    configuration: z.array(z.object({ digest: digestSet.optional() })),
    failedTests: z.array(z.string()).default([]),
  });
  const { result, configuration, failedTests } = read(shape, predicate, `${file}: not a test result v0.1`);
  return { policy: configuration[0]?.digest?.sha256, failed: result === "FAILED" ? failedTests : [] };
}

/** Bounded in depth: it may be anybody's. */
function json(text: string, file: string): unknown {
  const { value, problem } = parseJson(text);
  if (value === undefined) throw new UsageError(`${file}: its payload is not JSON: ${problem}`);
  return value;
}

function read<T>(shape: z.ZodType<T>, value: unknown, complaint: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${complaint}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "not valid"}`);
}
