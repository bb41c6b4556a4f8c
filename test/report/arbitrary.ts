// Random reports for property tests: all outcomes, hostile text, empty to thousands of requirements.
import fc from "fast-check";
import type { Evidence, Finding, Outcome, Result } from "../../src/base/judged.ts";
import type { Json, Level } from "../../src/base/types.ts";
import type { ModuleReport, Report } from "../../src/report/types.ts";
import { HOSTILE } from "./broken.ts";
import { moduleOf, reportOf, verdictOf } from "./cases.ts";

/** Planted where a module's text goes; no report may show them. */
export const SECRETS = {
  module: "/srv/secret-place/modules/m1",
  home: "/home/planted-user",
  host: "planted-host-7",
};

const nasty = fc.constantFrom(
  HOSTILE,
  "",
  " ",
  "::error::x",
  "]]>",
  "--><script>",
  "</details></summary>",
  "```\n~~~",
  "| a | b |",
  "\u0000\u0001\ufffe\ud800",
  "ok 1 - injected # TODO",
  "Bail out!",
  "...\n---",
  "{{7*7}} ${x} %0A%25",
  "__proto__",
  "\u2028\u2029\u202e",
  "9".repeat(400),
);
const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: "binary", maxLength: 20 }), nasty);
/** Any 16-bit units, lone surrogates included. */
const units = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((list) => String.fromCharCode(...list));
/** The contract's own words: hostile perhaps, but they know nothing of the machine. */
const own = fc.oneof(text, units);
const foreign = fc.oneof(
  own,
  fc.constantFrom(`${SECRETS.module}/index.js on ${SECRETS.host}`, `cat ${SECRETS.home}/.netrc`),
);

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    foreign,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(foreign, tie("value"), { maxKeys: 3 }).map((value) => ({ ...value })),
  ),
})).value;

const finding: fc.Arbitrary<Finding> = fc
  .record({
    at: foreign,
    expected: json,
    actual: json,
    events: fc.array(fc.nat(1000), { maxLength: 3 }),
    file: fc.option(fc.constantFrom("manifest.toml", "/etc/secret/manifest.toml", "../../up.toml", "C:\\m\\x.toml"), {
      nil: undefined,
    }),
    line: fc.option(fc.integer({ min: 1, max: 999 }), { nil: undefined }),
  })
  .map(({ file, line, ...rest }) =>
    file === undefined ? rest : { ...rest, place: { file, ...(line === undefined ? {} : { line }) } },
  );

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ kind: fc.constant("pass" as const), events: fc.array(fc.nat(99), { maxLength: 2 }) }),
  fc
    .record({
      first: finding,
      rest: fc.array(finding, { maxLength: 4 }),
      omitted: fc.option(fc.nat(9999), { nil: undefined }),
    })
    .map(
      ({ first, rest, omitted }): Outcome => ({
        kind: "fail",
        findings: [first, ...rest],
        ...(omitted === undefined ? {} : { omitted }),
      }),
    ),
  fc.record({ kind: fc.constant("blocked" as const), by: own, reason: foreign }),
  fc.record({ kind: fc.constant("skipped" as const), reason: foreign }),
  fc.record({ kind: fc.constant("error" as const), message: foreign }),
);

const evidence: fc.Arbitrary<Evidence> = fc.record({
  event: fc.nat(9999),
  t: fc.double({ min: 0, max: 1000, noNaN: true }),
  scenario: own,
  step: own,
  text: foreign,
});

/** Ids carry a number, so that each is found again in a report. */
const anyResult = (n: number): fc.Arbitrary<Result> =>
  fc
    .record({
      area: fc.constantFrom("handshake", "metrics", "endpoints"),
      level: fc.constantFrom<Level>("MUST", "SHOULD", "MAY"),
      text: own,
      outcome,
      strict: fc.boolean(),
      baseline: fc.option(fc.record({ reason: own }), { nil: undefined }),
      hint: own,
      evidence: fc.array(evidence, { maxLength: 3 }),
      repeat: fc.array(foreign, { maxLength: 2 }),
      sources: fc.array(own, { maxLength: 2 }),
    })
    .map(({ strict, baseline, ...rest }) => {
      const known = rest.outcome.kind === "fail" && baseline !== undefined ? { baseline } : {};
      const binding = baseline === undefined && (rest.level === "MUST" || (strict && rest.level === "SHOULD"));
      return { ...rest, ...known, id: `${rest.area}/id-${n}-x`, binding, scenarios: ["main"] };
    });

const anyModule = (n: number): fc.Arbitrary<ModuleReport> =>
  fc
    .record({
      name: fc.oneof(foreign, fc.constantFrom("./m", "./M", "../../x", "CON")),
      results: fc.nat(12).chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => anyResult(n * 100 + i)))),
      notes: fc.array(foreign, { maxLength: 2 }),
      partial: fc.option(foreign, { nil: undefined }),
      profile: fc.option(own, { nil: undefined }),
    })
    .map(({ name, results, notes, partial, profile }) =>
      moduleOf(name, results, verdict(results), {
        notes,
        ...(partial === undefined ? {} : { partial }),
        ...(profile === undefined ? {} : { profile }),
      }),
    );

export const anyReport: fc.Arbitrary<Report> = fc
  .nat(3)
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => anyModule(i))))
  .map((modules) => reportOf(modules, verdict(modules.flatMap((module) => module.results))));

/** One module of so many requirements, the same every time. */
export function bigReport(size: number): Report {
  const shapes = fc.sample(anyResult(0), { numRuns: 50, seed: 7 });
  const results = Array.from({ length: size }, (_, i): Result => {
    const shape = shapes[i % shapes.length];
    if (shape === undefined) throw new Error("no sample");
    return { ...shape, id: `${shape.area}/id-${i}-x` };
  });
  const one = verdict(results);
  return reportOf([moduleOf("./big", results, one)], one);
}

function verdict(results: Result[]): ReturnType<typeof verdictOf> {
  const failed = results.some((result) => result.binding && result.outcome.kind === "fail");
  const open = results.some(({ outcome }) => outcome.kind === "error" || outcome.kind === "blocked");
  const passed = results.some(({ outcome }) => outcome.kind === "pass");
  return verdictOf(results, failed ? "nonconformant" : open || !passed ? "inconclusive" : "conformant", ["a reason"]);
}
