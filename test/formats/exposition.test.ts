// The exposition engine: places of problems, rules of the validity pass, bounds, and the plain objects it gives.
import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../../src/formats/exposition/catalogue.ts";
import {
  families,
  formatOf,
  lint,
  type ParseOptions,
  parseExposition,
  parses,
  samples,
  validate,
} from "../../src/formats/exposition/exposition.ts";
import { LISTED_MAX } from "../../src/formats/exposition/findings.ts";

function parsed(text: string, options: ParseOptions = { format: "prometheus" }) {
  return parseExposition(Buffer.from(text), options);
}

function ids(text: string, format: "prometheus" | "openmetrics" = "prometheus"): string[] {
  return validate(parsed(text, { format })).map(({ id, line }) => `${id}:${line}`);
}

describe("problems", () => {
  test("name line, column, expected, found and the line", () => {
    const [finding, ...others] = validate(parsed('good 1\nbäd{a="ü",b=7} 1\n# fine\n'));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: "number", level: "MUST", line: 2, column: 2, text: 'bäd{a="ü",b=7} 1' });
    expect(validate(parsed('a{b="ü",c=7} 1\n'))[0]).toMatchObject({
      id: "label-value",
      line: 1,
      column: 11,
      expected: 'a label value in double quotes (")',
      actual: '"7}"',
    });
  });

  test("do not stop the reading", () => {
    expect(ids('a{ 1\nb 1\nc d\ne 1 x\n1f 2\ng{h="i",h="i"} 1\n')).toEqual([
      "label-name:1",
      "number:3",
      "timestamp:4",
      "metric-name:5",
      "duplicate-label:6",
    ]);
  });

  test("show a window of a long line, and no control characters", () => {
    const long = parsed(`a{b="${"x".repeat(5000)}"} \u001b[31m1\n`);
    const [finding] = validate(long);
    expect(finding?.text?.length).toBeLessThan(170);
    expect(finding?.text).toMatch(/^…x+"\} \\u001b\[31m1$/);
    expect(finding?.column).toBe(5009);
  });

  test("are listed to a bound and counted beyond it", () => {
    const findings = validate(parsed("0\n".repeat(10_000)));
    expect(findings).toHaveLength(LISTED_MAX);
    expect(findings.at(-1)?.more).toBe(10_000 - LISTED_MAX);
  });

  test("find every line that is not UTF-8, at its first broken byte", () => {
    const body = Buffer.concat([
      Buffer.from('# HELP a ä\na{b="é'),
      Buffer.from([0xe2, 0x82]),
      Buffer.from('"} 1\nb 2\n'),
    ]);
    const findings = validate(parseExposition(body, { format: "prometheus" }));
    expect(findings).toMatchObject([{ id: "utf8", line: 2, column: 7, actual: "byte 0xe2" }]);
  });

  test("a line with carriage return keeps its sample", () => {
    const exposition = parsed("a 1\r\nb 2 3\r\n");
    expect(validate(exposition).map(({ id }) => id)).toEqual(["line-ending", "line-ending"]);
    expect([...samples(exposition)].map(({ name, value }) => [name, value])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});

const HISTOGRAM = "# TYPE h histogram\n";
const wrong: [string, string, string[]][] = [
  [
    "buckets not monotonic",
    `${HISTOGRAM}h_bucket{le="1"} 3\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n`,
    ["bucket-cumulative:3"],
  ],
  ["no +Inf", `${HISTOGRAM}h_bucket{le="1"} 3\nh_sum 1\nh_count 3\n`, ["bucket-inf:2"]],
  ["_count differs", `${HISTOGRAM}h_bucket{le="+Inf"} 2\nh_sum 1\nh_count 3\n`, ["histogram-count:4"]],
  ["_sum missing", `${HISTOGRAM}h_bucket{le="+Inf"} 2\nh_count 2\n`, ["histogram-parts:2"]],
  [
    "bounds out of order",
    `${HISTOGRAM}h_bucket{le="2"} 1\nh_bucket{le="1.0"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
    ["bucket-order:3"],
  ],
  ["bucket without le", `${HISTOGRAM}h_bucket 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`, ["bucket-le:2"]],
  ["negative counter", "# TYPE c counter\nc -1\n", ["counter-negative:2"]],
  ["NaN counter", "# TYPE c counter\nc NaN\n", ["counter-nan:2"]],
  ["duplicate series in another order", 'a{b="1",c="2"} 1\na{c="2", b="1"} 2\n', ["duplicate-series:2"]],
  ["family split", 'a 1\nb 1\na{c="d"} 2\n', ["family-split:3"]],
  ["quantile 2", '# TYPE s summary\ns{quantile="2"} 1\ns_sum 1\ns_count 1\n', ["quantile-range:2"]],
  ["one series with two timestamps", "a 1 4\na 1 5\n", ["duplicate-series:2"]],
];

describe("validity", () => {
  test.each(wrong)("%s", (_, text, expected) => expect(ids(text)).toEqual(expected));

  test("histograms whose parts are not next to each other are put together", () => {
    const buckets = ["x", "y"].map((v) => `h_bucket{v="${v}",le="1"} 1\nh_bucket{v="${v}",le="+Inf"} 2\n`).join("");
    const parts = `${["x", "y"].map((v) => `h_sum{v="${v}"} 1\n`).join("")}h_count{v="x"} 2\nh_count{v="y"} 2\n`;
    expect(ids(HISTOGRAM + buckets + parts)).toEqual([]);
  });

  test("the level follows the format", () => {
    const body = "# TYPE c counter\nc_total NaN\n";
    expect(validate(parsed(body.replace("c_total", "c")))[0]?.level).toBe("SHOULD");
    expect(validate(parsed(`${body}# EOF\n`, { format: "openmetrics" }))[0]?.level).toBe("MUST");
  });

  test("every finding is in the catalogue once", () => {
    const known = CATALOGUE.map(({ id }) => id);
    expect(new Set(known).size).toBe(known.length);
    for (const [, text] of wrong) for (const { id } of validate(parsed(text))) expect(known).toContain(id);
  });

  test("in a cut body the last line, the end and what may stand behind the cut are no faults", () => {
    const text = '# TYPE h histogram\nh_bucket{le="1.0"} 1\nh_bucket{le="2.0"} 2\nc{d';
    const exposition = parsed(text, { format: "openmetrics", cut: true });
    expect(validate(exposition)).toEqual([]);
    expect([...samples(exposition)]).toHaveLength(2);
  });
});

test("the format comes from the content type, else from the last line", () => {
  const text = Buffer.from("a 1\n");
  const open = Buffer.from("a 1\n# EOF\n");
  expect(formatOf(text, {})).toBe("prometheus");
  expect(formatOf(open, {})).toBe("openmetrics");
  expect(formatOf(open, { contentType: "text/plain; version=0.0.4" })).toBe("prometheus");
  expect(formatOf(text, { contentType: "application/openmetrics-text; version=1.0.0" })).toBe("openmetrics");
  expect(validate(parseExposition(text, { contentType: "text/html" })).map(({ id }) => id)).toEqual(["content-type"]);
});

test("families and samples are plain objects", () => {
  const exposition = parsed(
    '# TYPE a_seconds summary\n# UNIT a_seconds seconds\n# HELP a_seconds one\\ntwo\na_seconds{quantile="0.5",p="\\"x\\\\"} 1.5\na_seconds_sum 3\na_seconds_count 2\n# EOF\n',
    { format: "auto" },
  );
  expect(families(exposition)).toEqual([
    { name: "a_seconds", type: "summary", typed: true, help: "one\ntwo", unit: "seconds", line: 1, samples: 3 },
  ]);
  expect([...samples(exposition)][0]).toEqual({
    name: "a_seconds",
    family: "a_seconds",
    type: "summary",
    labels: { quantile: "0.5", p: '"x\\' },
    value: 1.5,
    series: 'a_seconds{quantile="0.5",p="\\"x\\\\"}',
    line: 4,
  });
});

test.each([
  ["0", "0.0"],
  ["1", "1.0"],
  ["0.50", "0.5"],
  ["5e-3", "0.005"],
  ["10", "10.0"],
  ["100000", "100000.0"],
  ["1e6", "1e+06"],
  ["0.00001", "1e-05"],
  ["1e+10", undefined],
  ["2.5", undefined],
  ["1.1e-4", undefined],
  ["1234567", undefined],
])("in OpenMetrics 1.0 le=%s should be written %s", (written, canonical) => {
  const text = `# TYPE h histogram\nh_bucket{le="${written}"} 1\nh_bucket{le="+Inf"} 1\n# EOF\n`;
  const expected = canonical === undefined ? [] : [["bound-canonical", `le="${canonical}"`]];
  const found = validate(parsed(text, { format: "openmetrics" }));
  expect(found.map((one) => [one.id, one.expected])).toEqual(expected);
  expect(found.every(({ level }) => level === "SHOULD")).toBe(true);
});

describe("large and hostile bodies stay within bounds", () => {
  test("a line of 8 MB is one problem with a short window", () => {
    const body = Buffer.alloc(8_000_000, "x");
    body.write('a{b="', 0);
    const findings = validate(parseExposition(body, { format: "prometheus" }));
    expect(findings.map(({ id }) => id)).toEqual(["long-line", "label-value"]);
    expect(JSON.stringify(findings).length).toBeLessThan(2000);
  });

  test("a million series are a million rows, without a string for each", () => {
    const lines: string[] = ["# HELP a x", "# TYPE a gauge"];
    for (let i = 0; i < 1_000_000; i++) lines.push(`a{i="${i}"} ${i}`);
    const exposition = parsed(`${lines.join("\n")}\n`);
    expect(exposition.model.samples.count).toBe(1_000_000);
    expect([...validate(exposition), ...lint(exposition)]).toEqual([]);
  });

  test("ten thousand labels in one set, the last one repeated", () => {
    const labels = Array.from({ length: 10_000 }, (_, i) => `l${i}="${i}"`);
    expect(parses(parsed(`a{${labels.join(",")}} 1\n`))).toBe(true);
    expect(ids(`a{${labels.join(",")},l9999="x"} 1\n`)).toEqual(["duplicate-label:1"]);
  });

  test("many names are as many families", () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `m${i} 1`).join("\n");
    expect(families(parsed(`${text}\n`))).toHaveLength(200_000);
  });
});
