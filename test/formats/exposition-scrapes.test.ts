// The pass across scrapes: counters, creation times, types, families, growth.
import { expect, test } from "vitest";
import { fallsAcross } from "../../src/formats/exposition/connections.ts";
import { type Format, parseExposition } from "../../src/formats/exposition/exposition.ts";
import { compareScrapes, movedCounters } from "../../src/formats/exposition/scrapes.ts";

function scrapes(texts: string[], format: Format = "prometheus") {
  return texts.map((text) =>
    parseExposition(Buffer.from(format === "openmetrics" ? `${text}# EOF\n` : text), { format }),
  );
}

function found(texts: string[], format: Format = "prometheus") {
  return compareScrapes(scrapes(texts, format)).map(({ id, series, family, expected, actual, scrape }) => ({
    id,
    at: series ?? family,
    expected,
    actual,
    scrape,
  }));
}

const counter = (value: number) => `# TYPE c counter\nc{path="/"} ${value}\nc{path="/x"} 5\n`;

test("a counter that falls is named with both values and its scrape", () => {
  expect(found([counter(3), counter(4), counter(2)])).toEqual([
    { id: "counter-fell", at: 'c{path="/"}', expected: ">= 4", actual: 2, scrape: 2 },
  ]);
});

test("labels in another order are the same series", () => {
  expect(found(['# TYPE c counter\nc{a="1",b="2"} 5\n', '# TYPE c counter\nc{b="2", a="1"} 4\n'])).toHaveLength(1);
});

test("gauges and untyped series may fall, buckets may not", () => {
  const body = (v: number) =>
    `# TYPE g gauge\ng ${v}\nu_total ${v}\n# TYPE h histogram\nh_bucket{le="+Inf"} ${v}\nh_sum ${v}\nh_count ${v}\n`;
  expect(found([body(9), body(8)]).map(({ at }) => at)).toEqual(['h_bucket{le="+Inf"}', "h_count"]);
});

const created = (value: number, at: number) => `# TYPE c counter\nc_total ${value}\nc_created ${at}\n`;

test("a fall with a later creation time is a restart, without one it is not", () => {
  expect(found([created(5, 100), created(1, 200)], "openmetrics")).toEqual([]);
  expect(found([created(5, 100), created(1, 100)], "openmetrics").map(({ id }) => id)).toEqual(["counter-fell"]);
});

test("a creation time that moves while the counter goes on", () => {
  expect(found([created(5, 100), created(6, 200)], "openmetrics").map(({ id }) => id)).toEqual(["created-moved"]);
  expect(found([created(5, 100), created(6, 90)], "openmetrics").map(({ id }) => id)).toEqual(["created-moved"]);
});

test("types and families stay", () => {
  expect(found(["# TYPE a gauge\na 1\nb 1\n", "# TYPE a counter\na 1\n"]).map(({ id, at }) => `${id} ${at}`)).toEqual([
    "family-vanished b",
    "type-changed a",
  ]);
});

test("growth names the label that grows", () => {
  const body = (n: number) => Array.from({ length: n }, (_, i) => `a{user="${i}",zone="z"} 1\n`).join("");
  const texts = [5, 10, 15].map((n) => body(n));
  expect(compareScrapes(scrapes(texts))).toMatchObject([
    { id: "cardinality-growth", family: "a", actual: "5, 10, 15", message: expect.stringContaining("label user") },
  ]);
  expect(found([body(5), body(10), body(10)])).toEqual([]);
});

test("moved counters: grown or new above zero, also by name alone", () => {
  const [before, after] = scrapes([
    "# TYPE c counter\nc 1\nx_total 1\ng 1\n",
    "# TYPE c counter\nc 2\nx_total 1\ny_total 4\ng 2\n",
  ]);
  if (before === undefined || after === undefined) throw new Error("two scrapes");
  expect(movedCounters(before, after)).toEqual([
    { name: "c", series: "c", from: 1, to: 2 },
    { name: "y_total", series: "y_total", from: 0, to: 4 },
  ]);
});

test("over connections of their own no counter is lower than an earlier lot saw it; within a lot no order counts", () => {
  const seen = (...lots: number[][]) =>
    fallsAcross(lots.map((lot) => scrapes(lot.map(counter)))).map(({ series, expected, actual, scrape }) => ({
      series,
      expected,
      actual,
      scrape,
    }));
  expect(seen([1], [4, 3], [4, 5, 4])).toEqual([]);
  expect(seen([1], [7, 2, 1], [7, 3])).toEqual([
    {
      series: 'c{path="/"}',
      expected: "at least 7, which connection 2 saw before",
      actual: "3 on connection 6",
      scrape: 5,
    },
  ]);
  expect(fallsAcross([scrapes(["u_total 5\n"]), scrapes(["u_total 4\n"])]), "untyped").toEqual([]);
  const restarted = scrapes([created(5, 100), created(1, 200)], "openmetrics").map((scrape) => [scrape]);
  expect(fallsAcross(restarted)).toEqual([]);
});
