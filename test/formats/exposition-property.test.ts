// Properties of the exposition parsers: what is printed is read back, mutated bytes never break them, prom-client agrees.
import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { describe, expect, test } from "vitest";
import { Decimal } from "../../src/formats/exposition/decimal.ts";
import {
  type Format,
  families,
  lint,
  parseExposition,
  samples,
  validate,
} from "../../src/formats/exposition/exposition.ts";
import { parseNumber } from "../../src/formats/exposition/numbers.ts";

interface Printed {
  name: string;
  labels: { [name: string]: string };
  value: number;
  timestamp?: number;
}

const bareName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/).filter((name) => name !== "__name__");
const anyName = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }).filter((name) => name !== "__name__");
const labels = fc.dictionary(fc.oneof(bareName, anyName), fc.string({ maxLength: 20, unit: "grapheme" }), {
  maxKeys: 5,
  noNullPrototype: true,
});
const sample = fc.record(
  { name: fc.oneof(bareName, anyName), labels, value: fc.double(), timestamp: fc.integer() },
  { requiredKeys: ["name", "labels", "value"] },
);

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`));
}

function printed({ name, labels, value, timestamp }: Printed, blank: string): string {
  const bare = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${bare.test(label) ? label : `"${escaped(label)}"`}="${escaped(text)}"`,
  );
  const series = bare.test(name) ? `${name}{${pairs.join(",")}}` : `{${[`"${escaped(name)}"`, ...pairs].join(",")}}`;
  const number = Number.isNaN(value)
    ? "NaN"
    : value === Infinity
      ? "+Inf"
      : value === -Infinity
        ? "-Inf"
        : Object.is(value, -0)
          ? "-0"
          : `${value}`;
  return `${series}${blank}${number}${timestamp === undefined ? "" : `${blank}${timestamp}`}\n`;
}

describe("round trip", () => {
  test.each(["prometheus", "openmetrics"] as const)("of random samples in %s", (format) => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), fc.constantFrom(" ", "\t", "  \t "), (list, blanks) => {
        const blank = format === "prometheus" ? blanks : " ";
        const text =
          list.map((one) => printed(one as Printed, blank)).join("") + (format === "openmetrics" ? "# EOF\n" : "");
        const exposition = parseExposition(Buffer.from(text), { format });
        expect(exposition.model.problems).toEqual([]);
        const read = [...samples(exposition)].map(({ name, labels, value, timestamp }) => ({
          name,
          labels,
          value,
          timestamp,
        }));
        expect(read).toEqual(list.map((one) => ({ timestamp: undefined, ...one })));
      }),
    );
  });

  test("of numbers: the short way reads what Number reads", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double().map(String), fc.stringMatching(/^[+-]?[0-9]{0,17}\.?[0-9]{0,6}(e[+-]?[0-9]{1,3})?$/)),
        (text) => {
          const bytes = Buffer.from(text);
          const decimal = new Decimal(bytes, "openmetrics");
          const value = decimal.exactly(0, bytes.length);
          const whole = parseNumber(text, "overflow-infinite");
          expect(decimal.end < 0 ? undefined : value).toBe(whole);
          expect(decimal.token(0)).toBe(whole ?? Number.NaN);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** Lines with much in common, so that each one shares something with the line before. */
const alike = fc.record({
  name: fc.constantFrom("a", "ab", "ab_total", "h_bucket", "h_sum", "s", "s_count"),
  labels: fc.array(
    fc.tuple(
      fc.constantFrom("b", "bc", "le", "quantile", "_c", "method"),
      fc.constantFrom("", "1", "12", "0.5", "+Inf", "x", "xy", "\\\\", "x\\n", 'x\\"', "\\q", "longer than four"),
    ),
    { maxLength: 4 },
  ),
  value: fc.constantFrom("1", "-2.5", "1e3", "1.7391350020000003", "NaN", "+Inf", "0x1", "x", ""),
  time: fc.constantFrom("", "", " 1395066363000", " 1.5", " x", " "),
});

describe("plain lines", () => {
  test.each(["prometheus", "openmetrics", "openmetrics@2"] as const)(
    "are read as the grammar of %s reads them",
    (format) => {
      const metadata = "# TYPE h histogram\n# TYPE s summary\n# TYPE ab counter\n";
      const end = format === "prometheus" ? "" : "# EOF\n";
      // A quoted name is never plain.
      const facts = (
        {
          list,
          head,
        }: { list: { name: string; labels: [string, string][]; value: string; time: string }[]; head: string },
        quoted: boolean,
      ) => {
        const lines = list.map(({ name, labels, value, time }) => {
          const pairs = labels.map(([label, text]) => `${label}="${text}"`);
          const braces = quoted
            ? `{${[`"${name}"`, ...pairs].join(",")}}`
            : pairs.length > 0
              ? `${name}{${pairs.join(",")}}`
              : name;
          return `${braces} ${value}${time}\n`;
        });
        const { model } = parseExposition(Buffer.from(`${head}${lines.join("")}${end}`), { format });
        const { count, at: _at, end: _end, name: _name, ...columns } = model.samples;
        return {
          columns: Object.fromEntries(
            Object.entries(columns).map(([key, column]) => [key, [...column.slice(0, count)]]),
          ),
          names: Array.from({ length: count }, (_, i) => [
            model.name(i),
            model.role(i),
            model.familyName(model.family(i)),
          ]),
          problems: model.problems.map(({ id, line, found }) => ({ id, line, found })),
          families: model.families.map(({ type, line, samples, splits, refused }) => ({
            type,
            line,
            samples,
            splits,
            refused,
          })),
        };
      };
      fc.assert(
        fc.property(fc.array(alike, { minLength: 2, maxLength: 12 }), fc.constantFrom(metadata, ""), (list, head) => {
          expect(facts({ list, head }, false)).toEqual(facts({ list, head }, true));
        }),
        { numRuns: 400 },
      );
    },
  );
});

const seeds = [
  '# HELP a_total x\n# TYPE a_total counter\na_total{b="c",d="e\\n"} 1 2\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
  '# TYPE a counter\n# UNIT a_seconds seconds\na_total{b="c"} 1 2 # {x="y"} 1 2\n# TYPE s stateset\ns{s="x"} 1\n{"q.r",t="u"} 1\n# EOF\n',
];

describe("mutated bytes", () => {
  test.each(["prometheus", "openmetrics"] as const)(
    "never break the %s parser; its findings stay in the body",
    (format) => {
      const edits = fc.array(
        fc.tuple(
          fc.nat(400),
          fc.oneof(fc.constantFrom(...Buffer.from(' \t\n\r"\\{}=,#0aN+.e')), fc.nat(255)),
          fc.nat(2),
        ),
        { maxLength: 12 },
      );
      fc.assert(
        fc.property(fc.constantFrom(...seeds), edits, (seed, list) => {
          const bytes = [...Buffer.from(seed)];
          for (const [at, byte, kind] of list)
            bytes.splice(at % (bytes.length + 1), kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
          const body = Buffer.from(bytes);
          const exposition = parseExposition(body, { format });
          const lines = body.toString("latin1").split("\n").length;
          for (const { line, column } of [...validate(exposition), ...lint(exposition)]) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(lines);
            if (column !== undefined) expect(column).toBeGreaterThan(0);
          }
          for (const { series } of samples(exposition)) expect(series.length).toBeGreaterThan(0);
        }),
        { numRuns: 1500 },
      );
    },
  );
});

describe("prom-client", () => {
  // It writes le="1" in OpenMetrics too, where 1.0 is the canonical text.
  test.each<[Format, string, string[]]>([
    ["prometheus", Registry.PROMETHEUS_CONTENT_TYPE, []],
    ["openmetrics", Registry.OPENMETRICS_CONTENT_TYPE, ["bound-canonical"]],
  ])("its output in %s is valid and lint-free but for its bounds", async (format, contentType, known) => {
    const registry = new Registry();
    registry.setContentType(contentType as typeof Registry.PROMETHEUS_CONTENT_TYPE);
    const registers = [registry];
    const counter = new Counter({ name: "app_requests_total", help: "Requests.", labelNames: ["path"], registers });
    counter.inc({ path: 'a"\\\nb' }, 3);
    new Gauge({ name: "app_heat_celsius", help: "Heat, \\ and\nlines.", registers }).set(-1.5);
    const histogram = new Histogram({ name: "app_wait_seconds", help: "Wait.", labelNames: ["h"], registers });
    for (const value of [0.001, 0.2, 7, 100]) histogram.observe({ h: "x" }, value);
    const summary = new Summary({ name: "app_size_bytes", help: "Size.", registers });
    for (const value of [1, 2, 3]) summary.observe(value);
    const exposition = parseExposition(Buffer.from(await registry.metrics()), { contentType });
    expect(exposition.format).toBe(format);
    expect([...validate(exposition), ...lint(exposition)].map(({ id }) => id)).toEqual(known);
    expect(families(exposition).map(({ type }) => type)).toEqual(["counter", "gauge", "histogram", "summary"]);
    const all = [...samples(exposition)];
    expect(all.find(({ name }) => name === "app_requests_total")).toMatchObject({
      labels: { path: 'a"\\\nb' },
      value: 3,
    });
    expect(all.find(({ labels }) => labels.le === "+Inf")?.value).toBe(4);
    expect(families(exposition)[1]?.help).toBe("Heat, \\ and\nlines.");
  });
});
