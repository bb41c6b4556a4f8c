// A real browser for tests of pages, where one is installed; and what axe finds wrong in a page.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const browserPath = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

/** It asks nothing of any network. */
export const browserArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, WCAG 2.2 AA and good practice. */
export async function accessibilityFaults(page: Page): Promise<unknown> {
  // The page's own policy forbids foreign scripts, so axe comes in through the debugger.
  await page.evaluate(axe);
  const { passed, violations } = await page.evaluate<{
    passed: string[];
    violations: unknown[];
  }>(`axe.run().then((found) => ({
    passed: found.passes.map(({ id }) => id),
    violations: found.violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + " " + node.failureSummary),
    })),
  }))`);
  // It did look.
  expect(passed).toEqual(expect.arrayContaining(["color-contrast", "page-has-heading-one"]));
  return violations;
}
