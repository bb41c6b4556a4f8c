// The expectation kinds about metrics, judged on literal observations.
import { describe, expect, test } from "vitest";
import type { Observation } from "../../src/base/types.ts";
import type { Evidences, ExpectationKind } from "../../src/judge/expect/expectation.ts";
import { exposition } from "../../src/judge/expect/exposition.ts";
import { lintKind } from "../../src/judge/expect/lint.ts";
import { metric } from "../../src/judge/expect/metric.ts";
import { scrapesKind } from "../../src/judge/expect/scrapes.ts";

function scrape(body: string, contentType = "text/plain; version=0.0.4"): Observation {
  return {
    ok: true,
    status: 200,
    headers: [["content-type", contentType]],
    body,
    bytes: body.length,
    truncated: false,
    ms: 1,
  };
}

function check<A>(
  kind: ExpectationKind<A>,
  value: unknown,
  it: Observation | undefined,
  others: { [name: string]: unknown } = {},
) {
  const events = new Map<unknown, number[]>([[it, [7]]]);
  Object.values(others).forEach((other, k) => {
    events.set(other, [k + 1]);
  });
  const evidence: Evidences = {
    it,
    sentence: "",
    at: "main.scrape",
    events: [7],
    evaluate: (expression, extra) => {
      const [name, limit] = expression.split(" > ");
      if (limit !== undefined) return Number(extra?.[name ?? ""]) > Number(limit);
      return expression === "it" ? it : others[expression];
    },
    schema: () => null,
    eventsOf: (value) => events.get(value) ?? [],
    place: () => undefined,
  } as Evidences;
  return kind.check(kind.schema.parse(value), evidence);
}

const good = "# HELP a_total x\n# TYPE a_total counter\na_total 1\n";

describe("exposition", () => {
  test("valid holds for a good and an empty body", () => {
    expect(check(exposition, "valid", scrape(good))).toEqual([]);
    expect(check(exposition, "valid", scrape(""))).toEqual([]);
  });

  test("valid names rule, line, column and what was found", () => {
    expect(check(exposition, "valid", scrape("a 1\na{b=c} 1\na 2\n"))).toEqual([
      {
        at: "main.scrape label-value, line 2, column 5: a{b=c} 1",
        expected: 'a label value in double quotes (")',
        actual: '"c}"',
        events: [7],
      },
      {
        at: "main.scrape duplicate-series, line 3: a",
        expected: "each series once",
        actual: "again in line 3",
        events: [7],
      },
    ]);
  });

  test("only and except choose the rules, passes name all of theirs", () => {
    const body = scrape("a 1\na 1\nb");
    const ids = (value: unknown) => {
      const found = check(exposition, value, body);
      return Array.isArray(found) ? found.map(({ at }) => at.split(/[ ,]/)[1]) : found;
    };
    expect(ids({ only: ["parse"] })).toEqual(["number"]);
    expect(ids({ only: ["duplicate-series"] })).toEqual(["duplicate-series"]);
    expect(ids({ except: ["parse", "duplicate-series"] })).toEqual([]);
    expect(ids({ only: ["utf8", "final-newline"] })).toEqual([]);
    expect(exposition.schema.safeParse({ only: ["final-new-line"] }).success).toBe(false);
  });

  test("version and escaping are those that the step asked for", () => {
    const answer = (type: string, accept?: string) => {
      const it = scrape(good, type);
      return accept === undefined ? it : { ...it, sent: { headers: { accept } } };
    };
    const rules = { only: ["content-type", "content-type-version", "content-type-escaping"] };
    const ids = (type: string, accept?: string) => {
      const found = check(exposition, rules, answer(type, accept));
      return Array.isArray(found) ? found.map(({ at }) => at.split(/[ ,]/)[1]) : found;
    };
    const old = "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    const dots = "text/plain;version=1.0.0;escaping=dots,text/plain;version=0.0.4;q=0.5";
    expect(ids("text/plain; version=0.0.4", old)).toEqual([]);
    expect(ids("text/plain; version=1.0.0; escaping=dots", old)).toEqual(["content-type-version"]);
    expect(ids("text/plain; version=1.0.0; escaping=dots")).toEqual([]);
    expect(ids("text/plain; version=1.0.0; escaping=dots", dots)).toEqual([]);
    expect(ids("text/plain; version=1.0.0; escaping=values", dots)).toEqual(["content-type-escaping"]);
    expect(ids("text/plain; version=1.0.0", dots)).toEqual(["content-type-escaping"]);
    expect(ids("text/plain; version=", old)).toEqual(["content-type"]);
  });

  test("a body that is not UTF-8 comes in base64", () => {
    const body = Buffer.concat([Buffer.from('a{b="'), Buffer.from([0xff]), Buffer.from('"} 1\n')]).toString("base64");
    const found = check(exposition, { only: ["utf8"] }, { ok: true, headers: [], body_b64: body });
    expect(found).toMatchObject([{ actual: "byte 0xff" }]);
  });

  test("samples wants at least so many, and nothing else", () => {
    expect(check(exposition, { samples: 1 }, scrape("# nothing\n"))).toEqual([
      { at: "main.scrape samples", expected: ">= 1", actual: 0, events: [7] },
    ]);
    expect(check(exposition, { samples: 1 }, scrape("a 1\na 1\n"))).toEqual([]);
  });

  test("a cut body never passes, but what is wrong in it counts", () => {
    const cut = (body: string) => ({ ...scrape(body), truncated: true });
    expect(check(exposition, "valid", cut("a 1\nb"))).toHaveProperty("undecidable");
    expect(check(exposition, { samples: 2 }, cut("a 1\nb"))).toHaveProperty("undecidable");
    expect(check(exposition, { only: ["utf8"] }, cut("a 1\nb"))).toHaveProperty("undecidable");
    expect(check(exposition, { only: ["number"] }, cut("a x\nb"))).toHaveLength(1);
    expect(check(exposition, { samples: 1 }, cut("a 1\nb"))).toEqual([]);
    expect(check(metric, { name: "b" }, cut("a 1\nb"))).toHaveProperty("undecidable");
    expect(check(lintKind, ["base-unit"], cut("a 1\nb"))).toHaveProperty("undecidable");
    const list = [scrape("# TYPE c counter\nc 1\nd 1\n"), cut("# TYPE c counter\nc 1\nd")];
    expect(check(scrapesKind, { of: "all" }, undefined, { all: list })).toHaveProperty("undecidable");
    expect(check(scrapesKind, { of: "all", only: ["family-vanished"] }, undefined, { all: list })).toHaveProperty(
      "undecidable",
    );
  });

  test("without a body nothing can be told", () => {
    expect(check(exposition, "valid", undefined)).toHaveProperty("undecidable");
    expect(check(exposition, "valid", { ok: false, problem: "refused" })).toHaveProperty("undecidable");
  });
});

test("lint: all rules or the named ones", () => {
  const body = scrape("# TYPE x_ms counter\nx_ms 1\n");
  const all = check(lintKind, "all", body);
  expect(Array.isArray(all) && all.map(({ at }) => at)).toEqual([
    "main.scrape no-help, line 1: x_ms",
    "main.scrape unit-abbreviation, line 1: x_ms",
    "main.scrape counter-total, line 1: x_ms",
  ]);
  expect(check(lintKind, ["counter-total"], body)).toHaveLength(1);
  expect(check(lintKind, ["base-unit"], body)).toEqual([]);
});

describe("metric", () => {
  const body = scrape(`${good}# TYPE g gauge\ng{zone="eu-1"} 2\ng{zone="us-1"} 3\n`);

  test("is found by name, type, labels, value", () => {
    expect(check(metric, { name: "a_total", type: "counter" }, body)).toEqual([]);
    expect(check(metric, { name: "g", labels: { zone: "eu-*" } }, body)).toEqual([]);
    expect(check(metric, { name: "*_total" }, body)).toEqual([]);
    expect(check(metric, { name: "g", value: "value > 2" }, body)).toEqual([]);
  });

  test("is missing, with what is near", () => {
    expect(check(metric, { name: "nothing" }, body)).toMatchObject([{ actual: "no such metric" }]);
    expect(check(metric, { name: "a_total", type: "gauge" }, body)).toMatchObject([
      { expected: "a_total of type gauge", actual: ["a_total 1 (counter)"] },
    ]);
    expect(check(metric, { name: "g", labels: { zone: "eu-*" }, every: true }, body)).toMatchObject([
      { at: 'main.scrape g, line 6: g{zone="us-1"}' },
    ]);
  });

  test("moves after an earlier scrape", () => {
    const before = scrape(good.replace(" 1\n", " 0\n"));
    expect(check(metric, { name: "a_total", "moves-after": "before" }, body, { before })).toEqual([]);
    expect(
      check(metric, { name: "a_total", "moves-after": "before" }, scrape(good), { before: scrape(good) }),
    ).toMatchObject([{ expected: "a higher value than before", actual: ["a_total 1"], events: [1, 7] }]);
  });
});

describe("scrapes", () => {
  const of = (...values: number[]) =>
    values.map((value) => scrape(`# TYPE c counter\nc ${value}\nprocess_x_total ${10 + value}\n`));

  test("counters that fall, with the events of both scrapes", () => {
    const list = of(3, 2);
    expect(check(scrapesKind, { of: ["s1", "s2"] }, undefined, { s1: list[0], s2: list[1] })).toEqual([
      { at: "scrape 2 of 2 counter-fell, line 2: c", expected: ">= 3", actual: 2, events: [1, 2] },
    ]);
    expect(check(scrapesKind, { of: "all", only: ["type-changed"] }, undefined, { all: list })).toEqual([]);
  });

  test("some counter must move, others than the named", () => {
    expect(check(scrapesKind, { of: "all", moved: {} }, undefined, { all: of(3, 4) })).toEqual([]);
    expect(
      check(scrapesKind, { of: "all", moved: { except: ["process_", "c"] } }, undefined, { all: of(3, 4) }),
    ).toMatchObject([{ expected: "some counter other than process_*, c* grows", actual: "none grew" }]);
  });

  test("one scrape is not enough to tell", () => {
    expect(check(scrapesKind, { of: "all" }, undefined, { all: of(1) })).toEqual({
      undecidable: "there are 1 scrapes; two are needed",
    });
  });
});
