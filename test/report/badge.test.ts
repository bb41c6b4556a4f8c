// What a badge says: levels, every reason to be grey, and how it looks in a browser.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import type { Outcome, Result } from "../../src/base/judged.ts";
import type { Level } from "../../src/base/types.ts";
import { verdictOf, verdictOfAll } from "../../src/judge/verdict.ts";
import { badgeOf, endpointOf } from "../../src/report/badge.ts";
import type { ModuleReport } from "../../src/report/types.ts";
import { theCli } from "../cli/the-cli.ts";
import { browserPath } from "./browser.ts";
import { moduleOf, pass, reportOf, result } from "./cases.ts";

const fail: Outcome = { kind: "fail", findings: [{ at: "x", expected: 1, actual: 2, events: [] }] };
const frame = { now: new Date("2026-03-02T00:00:00Z"), validDays: 180, version: "1.0.0" };

function results(...some: [Level, Outcome][]): Result[] {
  return some.map(([level, outcome], i) => result(`a/r${i}`, level, "It does.", outcome));
}
function judged(list: Result[], more: Partial<ModuleReport> = {}): ModuleReport {
  return { ...moduleOf("./m", list, verdictOf(list)), ...more };
}
const good = results(["MUST", pass], ["SHOULD", pass], ["MAY", fail]);
const short = (module: ModuleReport, more = {}) => {
  const { message, color } = badgeOf(module, { ...frame, ...more });
  return `${message}, ${color}`;
};

test("full is every MUST and SHOULD, core is every MUST, a failed MUST is red", () => {
  expect(badgeOf(judged(good), frame)).toEqual({
    label: "pywatt 1.0.0",
    message: "full | 2026-03-01",
    color: "brightgreen",
    reached: "full",
  });
  expect(short(judged(results(["MUST", pass], ["SHOULD", fail])))).toBe("core | 2026-03-01, green");
  expect(short(judged(results(["MUST", fail], ["SHOULD", pass])))).toBe("not conformant | 2026-03-01, red");
});

const error: Outcome = { kind: "error", message: "?" };
const blocked: Outcome = { kind: "blocked", by: "main.started" };
const skipped: Outcome = { kind: "skipped", reason: "not declared" };
test.each<[string, Result[], string]>([
  [
    "a MUST that conform could not tell",
    results(["MUST", pass], ["MUST", error]),
    "inconclusive | 2026-03-01, lightgrey",
  ],
  ["a MUST that was not reached", results(["MUST", pass], ["MUST", blocked]), "inconclusive | 2026-03-01, lightgrey"],
  ["a SHOULD that conform could not tell", results(["MUST", pass], ["SHOULD", error]), "core | 2026-03-01, green"],
  ["a SHOULD that was not reached", results(["MUST", pass], ["SHOULD", blocked]), "core | 2026-03-01, green"],
  [
    "what is not declared does not count",
    results(["MUST", pass], ["SHOULD", skipped]),
    "full | 2026-03-01, brightgreen",
  ],
  ["no MUST judged", results(["MUST", skipped], ["SHOULD", pass]), "inconclusive | 2026-03-01, lightgrey"],
  ["nothing at all", [], "inconclusive | 2026-03-01, lightgrey"],
])("%s", (_, list, expected) => {
  expect(short(judged(list))).toBe(expected);
});

const hidden: Outcome = { kind: "skipped", reason: "cannot be observed on a url" };
test.each<[string, Partial<ModuleReport>, object, string]>([
  ["partial", { partial: "interrupted by SIGINT" }, {}, "partial"],
  ["filtered", { filtered: "--only a/* (1 of 3 requirements)" }, {}, "partial"],
  ["under a profile", { profile: "quick" }, {}, "profile quick"],
  ["with a baseline, even an idle one", { baseline: { file: "b.yaml", entries: 1 } }, {}, "known failures"],
  ["of another contract version", {}, { version: "1.1.0" }, "outdated contract"],
  ["older than its validity", {}, { now: new Date("2026-08-29T00:00:00Z") }, "expired"],
  ["from the future", {}, { now: new Date("2026-02-01T00:00:00Z") }, "undated"],
])("grey: %s", (_, more, other, word) => {
  expect(short(judged(good, more), other)).toBe(`${word} | 2026-03-01, lightgrey`);
  expect(badgeOf(judged(good, more), { ...frame, ...other }).reached).toBeUndefined();
});

test("a baseline without entries, the last valid day and an unknown current version are no reason", () => {
  const same = "full | 2026-03-01, brightgreen";
  expect(short(judged(good, { baseline: { file: "b.yaml", entries: 0 } }))).toBe(same);
  expect(short(judged(good), { now: new Date("2026-08-28T09:00:00Z") })).toBe(same);
  const { version: _, ...unknown } = frame;
  expect(badgeOf(judged(good), unknown).reached).toBe("full");
});

test("a service of which a MUST cannot be seen earns no level", () => {
  const url = { target: { kind: "url" as const, label: "http://127.0.0.1:1" } };
  const some = [...good, result("a/hidden", "MUST", "It starts.", hidden)];
  expect(short(judged(some, url))).toBe("service only | 2026-03-01, lightgrey");
  expect(short(judged(good, url))).toBe("full | 2026-03-01, brightgreen");
});

test("the endpoint file has the form that shields.io reads", () => {
  expect(endpointOf(badgeOf(judged(good), frame))).toEqual({
    schemaVersion: 1,
    label: "pywatt 1.0.0",
    message: "full | 2026-03-01",
    color: "brightgreen",
    cacheSeconds: 3600,
  });
});

const cli = theCli();
afterAll(() => cli.close());
const today = new Date().toISOString();

test("the command writes one badge, or one per module, and says why it is grey", async () => {
  const contract = { name: "mine", version: "1.0.0", title: "Mine", digest: "x" };
  const fresh = judged(good, { started: today, contract });
  const report = (modules: ModuleReport[]) => {
    writeFileSync(
      join(cli.folder, "r.json"),
      JSON.stringify(reportOf(modules, verdictOfAll(modules.map(({ verdict }) => verdict)))),
    );
    return "r.json";
  };
  const single = await cli.run(["badge", report([fresh]), "--out", "one"]);
  expect(single).toMatchObject({ code: 0 });
  expect(single.stderr).toContain("contract mine does not come with conform");
  expect(readFileSync(join(cli.folder, "one/badge.svg"), "utf8")).toContain(`mine 1.0.0: full | ${today.slice(0, 10)}`);
  const old = judged(good, { started: "2020-01-01T00:00:00Z", contract });
  const both = await cli.run([
    "badge",
    report([
      { ...fresh, name: "m/a" },
      { ...old, name: "m/b" },
    ]),
    "--out",
    "two",
  ]);
  expect(both.stdout).toContain("m/b: mine 1.0.0 | expired | 2020-01-01, lightgrey (the run is older than 180 days)");
  expect(JSON.parse(readFileSync(join(cli.folder, "two/badge-m-b.json"), "utf8"))).toMatchObject({
    color: "lightgrey",
  });
  expect(existsSync(join(cli.folder, "two/badge-m-a.svg"))).toBe(true);
  for (const [args, message] of [
    [["r.json", "--module", "m/x"], 'r.json has no module "m/x"; did you mean "m/a"?'],
    [["r.json", "--valid-days", "soon"], "expected a number above 0"],
    [["r.json", "--contract", "pywatt"], "the report is about contract mine, not pywatt"],
    [["none.json"], "cannot read none.json"],
  ] as const) {
    const { code, stderr } = await cli.run(["badge", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  }
});

test.runIf(browserPath !== undefined)(
  "as a picture: all text is inside, in its colour",
  { timeout: 60_000 },
  async () => {
    const browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const { makeBadge } = await import("badge-maker");
      const badges = [
        badgeOf(judged(good), frame),
        badgeOf(judged(results(["MUST", pass], ["SHOULD", fail])), frame),
        badgeOf(judged(results(["MUST", fail])), frame),
        badgeOf(judged(good), { ...frame, version: "1.1.0" }),
      ];
      const svgs = badges.map(({ label, message, color }) => makeBadge({ label, message, color }));
      // Each as an image of its own, as on a page of a repository: ids inside must not meet.
      const images = svgs.map(
        (svg) => `<p><img src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}"></p>`,
      );
      const boxes = [];
      for (const svg of svgs) {
        await page.setContent(svg);
        boxes.push(
          await page.$eval("svg", (element) => {
            const outer = element.getBoundingClientRect();
            const fits = [...element.querySelectorAll("text")].every((text) => {
              const box = text.getBoundingClientRect();
              return box.width > 0 && box.left >= outer.left && box.right <= outer.right;
            });
            const fills = [...element.querySelectorAll("rect")].map((rect) => rect.getAttribute("fill"));
            return { fits, colour: fills.find((fill) => fill !== "#555" && fill?.startsWith("#")) };
          }),
        );
      }
      expect(boxes).toEqual(["#4b0", "#67ac09", "#dd4343", "#939393"].map((colour) => ({ fits: true, colour })));
      const picture = process.env.CONFORM_PICTURES;
      if (picture !== undefined) {
        mkdirSync(picture, { recursive: true });
        await page.setContent(images.join(""));
        await page.setViewportSize({ width: 320, height: 200 });
        await page.screenshot({ path: join(picture, "badges.png") });
      }
    } finally {
      await browser.close();
    }
  },
);
