// Transcript files: written and read back without loss, cut anywhere, changed anywhere, and valid under the published schema.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { UsageError } from "../../src/base/errors.ts";
import type { TranscriptEvent } from "../../src/base/events.ts";
import type { Transcript, TranscriptFooter, TranscriptHeader } from "../../src/base/transcript.ts";
import type { Json } from "../../src/base/types.ts";
import { formatTranscript, parseTranscript } from "../../src/report/transcript.ts";
import type { eventShape, footerShape, headerShape } from "../../src/report/transcript-schema.ts";

// Both directions: a field added to one side only does not compile.
const shapeToHeader = (header: Required<Omit<z.output<typeof headerShape>, "kind">>): Required<TranscriptHeader> =>
  header;
const headerToShape = (header: TranscriptHeader): Omit<z.input<typeof headerShape>, "kind"> => header;
const shapeToEvent = (event: Required<z.output<typeof eventShape>>): Required<TranscriptEvent> => event;
const shapeToFooter = (footer: Required<Omit<z.output<typeof footerShape>, "kind">>): Required<TranscriptFooter> =>
  footer;

const header: TranscriptHeader = {
  format: 1,
  tool: { name: "conform", version: "1.2.3" },
  contract: { name: "clock", version: "1.0.0", digest: "d" },
  target: { kind: "command", label: "./clock" },
  started: "2026-01-02T03:04:05.000Z",
  params: { zone: "UTC" },
  profile: "quick",
  strict: true,
  time_scale: 2,
  filtered: "--only a",
  plan: { scenarios: ["main"], requirements: ["a/b"] },
};
const event = (n: number, data: { [key: string]: Json } = {}): TranscriptEvent => ({
  n,
  t: n / 10,
  scenario: "main",
  kind: "line",
  data: { stream: "stdout", bytes: 0, ...data },
});
const footer: TranscriptFooter = { events: 2, duration_ms: 12.5, interrupted: "SIGINT", sha256: "" };
const whole: Transcript = {
  header,
  events: [
    {
      n: 1,
      t: 0.1,
      scenario: "main",
      step: "s",
      kind: "line",
      proc: "main",
      data: { text: "é\u2028\n", stream: "stdout", bytes: 4 },
    },
    event(2, JSON.parse('{"__proto__": {"x": 1}}')),
  ],
  footer,
};
const written = formatTranscript(whole);
const lines = written.split("\n").slice(0, -1);

/** The lines with one of them changed, hash and all else left. */
const withLine = (index: number, change: (line: string) => string) =>
  `${lines.map((line, i) => (i === index ? change(line) : line)).join("\n")}\n`;

test("shape and types agree", () => {
  expect(headerToShape(header)).toBe(header);
  for (const same of [shapeToHeader, shapeToEvent, shapeToFooter]) expect(same).toBeTypeOf("function");
});

test("is read back as it was written", () => {
  const read = parseTranscript(written);
  expect(read).toEqual({ ...whole, footer: { ...footer, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(Object.keys(read.events[1]?.data ?? {})).toEqual(["stream", "bytes", "__proto__"]);
  expect(formatTranscript(read)).toBe(written);
  expect(lines).toHaveLength(4);
});

test("every line is valid under the published schema", () => {
  const schema = JSON.parse(readFileSync(new URL("../../reports/transcript.schema.json", import.meta.url), "utf8"));
  const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
  for (const line of lines) expect(validate(JSON.parse(line)), line).toBe(true);
  for (const [index, from, to] of [
    [0, '"format":1', '"format":2'],
    [1, '"n":1', '"n":0'],
    [1, '"data":{', '"datum":{'],
    [3, '"sha256":"', '"sha256":"x'],
  ] as const) {
    expect(validate(JSON.parse(lines[index]?.replace(from, to) ?? "")), to).toBe(false);
  }
});

describe("cut off", () => {
  test("at any byte it is a transcript without footer, with every whole event", () => {
    const start = (lines[0]?.length ?? 0) + 1;
    for (let end = start; end < written.length - 1; end++) {
      const cut = parseTranscript(written.slice(0, end));
      expect(cut.footer).toBeUndefined();
      expect(cut.events.length).toBe(
        written.slice(0, end).split("\n").slice(1, -1).length + (isWhole(written, end) ? 1 : 0),
      );
    }
    expect(parseTranscript(written.slice(0, -1)).footer?.events).toBe(2);
  });

  test("within the header it is nothing", () => {
    for (const text of ["", "\n", lines[0]?.slice(0, 50) ?? ""])
      expect(() => parseTranscript(text, "t.ndjson")).toThrow(UsageError);
  });
});

/** Does the cut leave a whole line without its line break? */
function isWhole(text: string, end: number): boolean {
  return text[end] === "\n";
}

test.each<[name: string, text: string, message: string]>([
  ["nothing", "", "t.ndjson: not a transcript: it has no header"],
  ["a report", '{"format":1,"modules":[]}\n', "t.ndjson:1: not a transcript: the first line is no header"],
  [
    "another format",
    withLine(0, (line) => line.replace('"format":1', '"format":2')),
    "t.ndjson:1: transcript format 2 is not known; this conform reads 1",
  ],
  ["no JSON", withLine(1, () => "{oops"), "t.ndjson:2: not JSON"],
  ["no event", withLine(1, () => "[1]"), "t.ndjson:2: Invalid input: expected object, received array"],
  [
    "an event without kind",
    withLine(2, (line) => line.replace('"kind":"line",', "")),
    "t.ndjson:3: kind: not a kind of event that this conform knows",
  ],
  [
    "data that is no object",
    withLine(2, (line) => line.replace(/"data":.*/, '"data":[]}')),
    "t.ndjson:3: data: Invalid input: expected object, received array",
  ],
  [
    "a stream that is none",
    withLine(1, (line) => line.replace('"stdout"', '"stdin"')),
    't.ndjson:2: data.stream: Invalid option: expected one of "stdout"|"stderr"',
  ],
  [
    "an event too few",
    `${[...lines.slice(0, 1), ...lines.slice(2)].join("\n")}\n`,
    "t.ndjson:2: event 2 where event 1 is due",
  ],
  [
    "an event twice",
    `${[...lines.slice(0, 2), ...lines.slice(1)].join("\n")}\n`,
    "t.ndjson:3: event 1 where event 2 is due",
  ],
  [
    "the last event gone",
    `${[...lines.slice(0, 2), ...lines.slice(3)].join("\n")}\n`,
    "t.ndjson:3: the footer counts 2 events, the file has 1",
  ],
  [
    "a changed observation",
    withLine(1, (line) => line.replace("é", "e")),
    "t.ndjson:4: the file was changed after it was written: its hash is not the footer's",
  ],
  ["two of them", written + written, "t.ndjson:5: there is more after the footer"],
  [
    "escapes in its text",
    withLine(0, (line) => line.replace('"format":1', '"format":"\\u001b[31m"')),
    't.ndjson:1: transcript format "\\u001b[31m" is not known; this conform reads 1',
  ],
])("%s is refused with its line", (_name, text, message) => {
  expect(() => parseTranscript(text, "t.ndjson")).toThrow(new UsageError(message));
});

test("any events survive the way through the file", () => {
  const data = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>, {
    maxKeys: 5,
  });
  fc.assert(
    fc.property(fc.array(data, { maxLength: 8 }), fc.boolean(), (all, ended) => {
      const transcript: Transcript = {
        header,
        events: all.map((one, index) => event(index + 1, JSON.parse(JSON.stringify(one)))),
        ...(ended ? { footer: { events: all.length, duration_ms: 1, sha256: "" } } : {}),
      };
      const text = formatTranscript(transcript);
      const read = parseTranscript(text);
      expect(read.events).toEqual(transcript.events);
      expect(read.footer === undefined).toBe(!ended);
      expect(formatTranscript(read)).toBe(text);
    }),
    { numRuns: 200 },
  );
});
