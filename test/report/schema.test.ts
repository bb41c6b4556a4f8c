// The published shape of reports: kept in step with the types, and what reading one back says.
import { expect, test } from "vitest";
import type { z } from "zod";
import { UsageError } from "../../src/base/errors.ts";
import { parseReport } from "../../src/report/read.ts";
import type { reportShape } from "../../src/report/schema.ts";
import type { Report } from "../../src/report/types.ts";
import { broken } from "./broken.ts";
import { conforming, empty, many } from "./cases.ts";
import { reportComplaints } from "./readers.ts";

// Both directions: a field added to one side only does not compile.
const typeToShape = (report: Report): z.input<typeof reportShape> => report;
const shapeToType = (report: Required<z.output<typeof reportShape>>): Required<Report> => report;

const reports: Report[] = [conforming(), broken(), empty(), many(broken())];

test("every report is valid under the published schema and loses nothing when read back", () => {
  for (const report of reports) {
    expect(reportComplaints(report)).toEqual([]);
    expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(shapeToType(typeToShape(report))).toBe(report);
  }
  expect(reportComplaints({ ...conforming(), format: 2 })).not.toEqual([]);
});

test("keys of a newer conform are dropped", () => {
  expect(parseReport({ ...conforming(), novelty: 1 })).toEqual(conforming());
});

test.each([
  [null, 'r.json: not a report of conform (no "format")'],
  [[], 'r.json: not a report of conform (no "format")'],
  [{ format: 2 }, "r.json: report format 2 is not known; this conform reads 1"],
  [
    { ...conforming(), started: 5 },
    "r.json: not a valid report\nstarted: Invalid input: expected string, received number",
  ],
  [
    { ...conforming(), modules: [{ ...conforming().modules[0], strict: "yes" }] },
    "r.json: not a valid report\nmodules[0].strict: Invalid input: expected boolean, received string",
  ],
])("what does not fit is named %#", (value, message) => {
  expect(() => parseReport(value, "r.json")).toThrow(new UsageError(message));
});
