// The lint pass beside promtool itself, on 5,000 families. Runs where a promtool is: `npm run promtool` builds one.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { lint, parseExposition, parses } from "../../src/formats/exposition/exposition.ts";
import { familiesOf } from "./families.ts";
import { findPromtool } from "./find-promtool.ts";

const promtool = findPromtool();
const why = promtool === undefined ? " (skipped: no promtool 3.16 here; npm run promtool builds one)" : "";

test.skipIf(promtool === undefined)(`5,000 families get the complaints of promtool, and no others${why}`, () => {
  for (const seed of [1, 2]) {
    const families = familiesOf(seed, 2500);
    const input = families.join("");
    const { stderr, status } = spawnSync(promtool ?? "", ["check", "metrics"], { input, encoding: "utf8" });
    expect(status).toBe(3);
    const found = new Set<string>();
    for (const body of families)
      for (const { family, message } of lint(parseExposition(Buffer.from(body), { format: "prometheus" })))
        found.add(`${family} ${message}`);
    expect([...found].sort()).toEqual([...new Set(stderr.trimEnd().split("\n"))].sort());
  }
});

/** Bodies with one twist each: promtool reads it or not, and so does conform. What differs is listed with its reason. */
const TWISTS: [body: string, reason?: string][] = [
  ["a 1\n"],
  ["a{} 1\n"],
  ['a{b="c",} 1\n'],
  ['{"a.b",c="d"} 1\n', "promtool reads text as if without escaping=allow-utf-8; Prometheus' scrape parser reads it"],
  ["a 1 -5\n"],
  ["a\t1\t2\n"],
  [" a 1\n"],
  ["\n\na 1\n"],
  ["# anything\na 1\n"],
  ["a 1"],
  ["a\n"],
  ["a b\n"],
  ['a{b="c} 1\n'],
  ['a{b="\\x"} 1\n'],
  ["a 1 2 3\n"],
  ["a 1 2.5\n"],
  ["# TYPE a thing\na 1\n"],
  ["# TYPE a gauge\n# TYPE a gauge\na 1\n"],
  ["# HELP a x\n# HELP a y\na 1\n"],
  ['# TYPE h histogram\nh_bucket{le="x"} 1\n'],
  ["a 1 \n", "blanks at the end of a line are ignored by the format; expfmt-refuses tells it"],
  ["a 0x1p3\n", "the format allows what Go's ParseFloat reads; expfmt-refuses tells it"],
  ['{b="c","a"} 1\n', "the grammar of the format has a quoted name first"],
  ["# TYPE a COUNTER\na 1\n"],
  ["# TYPE a\na 1\n", "the format expects a type; Prometheus' scrape parser refuses the line too"],
];

test.skipIf(promtool === undefined)(`bodies are read as promtool reads them${why}`, () => {
  for (const [body, reason] of TWISTS) {
    const { status } = spawnSync(promtool ?? "", ["check", "metrics"], { input: body });
    const own = parses(parseExposition(Buffer.from(body), { format: "prometheus" }));
    expect({ body, read: own !== (reason !== undefined) }).toEqual({ body, read: status !== 1 });
  }
});
