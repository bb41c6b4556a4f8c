// The HTML report in a real browser: accessible in light and dark, readable without script, searchable with it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadReporter } from "../../src/report/reporters/registry.ts";
import type { Report } from "../../src/report/types.ts";
import { broken } from "./broken.ts";
import { accessibilityFaults, browserArgs, browserPath } from "./browser.ts";
import { conforming, empty, many, moduleOf, reportOf, result, verdictOf } from "./cases.ts";

vi.setConfig({ testTimeout: 60_000 });

const cases: { [name: string]: Report } = {
  conforming: conforming(),
  broken: broken(),
  empty: empty(),
  many: many(broken()),
};

test("300 failing requirements with much evidence stay below 1 MB", async () => {
  const long = "x".repeat(5000);
  const results = Array.from({ length: 300 }, (_, i) =>
    result(
      `area-${i % 12}/requirement-${i}`,
      "MUST",
      "A sentence of usual length that says what is required of it.",
      {
        kind: "fail",
        findings: [
          { at: "main.scrape", expected: long, actual: { a: long }, events: [i] },
          { at: "main.scrape", expected: long, actual: 5, events: [i] },
        ],
      },
      {
        hint: "A hint of usual length that says where to look first.",
        evidence: Array.from({ length: 30 }, (_, n) => ({
          event: n,
          t: n,
          scenario: "main",
          step: "scrape",
          text: long,
        })),
        repeat: ["curl -sS http://127.0.0.1:4100/metrics", `conform ./m --only area-${i % 12}/requirement-${i}`],
      },
    ),
  );
  const verdict = verdictOf(results, "nonconformant", ["all failed"]);
  const text = await html(reportOf([moduleOf("./m", results, verdict)], verdict));
  expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  expect(text.match(/<details class="req /g)).toHaveLength(300);
});

describe.skipIf(browserPath === undefined)("in Chromium (skipped where none is installed)", () => {
  const folder = mkdtempSync(join(tmpdir(), "conform-html-"));
  let browser: BrowserContext;
  let plain: BrowserContext;

  const launch = (name: string, javaScriptEnabled: boolean) =>
    chromium.launchPersistentContext(join(folder, name), {
      executablePath: browserPath ?? "",
      headless: true,
      javaScriptEnabled,
      viewport: { width: 1200, height: 900 },
      args: browserArgs,
    });

  beforeAll(async () => {
    browser = await launch("profile", true);
    plain = await launch("profile-plain", false);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await plain?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: Report, context = browser, hash = ""): Promise<{ page: Page; troubles: string[] }> {
    const file = join(folder, "report.html");
    writeFileSync(file, await html(report));
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("dialog", (dialog) => troubles.push(dialog.message()));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) troubles.push(request.url());
    });
    await page.goto(`${pathToFileURL(file)}${hash}`);
    return { page, troubles };
  }

  test.each(
    Object.keys(cases).flatMap((name) => [
      { name, scheme: "light" as const },
      { name, scheme: "dark" as const },
    ]),
  )(
    "$name is accessible in $scheme, and asks for nothing",
    async ({ name, scheme }) => {
      const { page, troubles } = await open(cases[name] ?? empty());
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      expect(troubles).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.close();
    },
    60_000,
  );

  test("without script the failures and their evidence are there and the tools are not", async () => {
    const { page } = await open(broken(), plain);
    const seen = (await page.locator("main *:visible").allTextContents()).join("\n");
    for (const text of [
      "Not conformant",
      "a connection to 127.0.0.1:4100",
      "ECONNREFUSED",
      "Announce in the server's listen callback.",
      "curl -sS http://127.0.0.1:4100/health",
      "3 requirements wait for this",
      "manifest.toml:4:11",
    ])
      expect(seen).toContain(text);
    expect(await page.locator(".tools").isVisible()).toBe(false);
    const passed = page.locator(".req.pass").first();
    await passed.locator("summary").click();
    expect(await passed.locator(".sources").isVisible()).toBe(true);
    await page.close();
  });

  test("hostile text is text", async () => {
    const { page, troubles } = await open(broken());
    const hint = await page.locator('[id="stdout/json-only"] .note').textContent();
    expect(hint).toContain("\\u001b[31mred\\u001b]8;;http://evil.example/\\u0007link");
    expect(hint).toContain(']]> <script>alert(1)</script> & "quoted"');
    expect(hint).toContain("\\ud800 \\ufffe \\u0000 \\u009b31m\\r\\n::error");
    expect(await page.locator("script").count()).toBe(1);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test("search, filters and keyboard", async () => {
    const { page } = await open(broken());
    const rows = page.locator(".req:visible");
    await page.keyboard.press("/");
    await page.keyboard.type("counter falls");
    expect(await rows.count()).toBe(1);
    expect(await page.locator(".shown").textContent()).toBe("1 of 14 shown");
    await page.keyboard.press("Escape");
    expect(await rows.count()).toBe(14);
    await page.locator("#level").selectOption("SHOULD");
    expect(await rows.count()).toBe(3);
    await page.getByRole("checkbox", { name: "Warning" }).uncheck();
    expect(await rows.count()).toBe(2);
    await page.locator(".req.skipped summary").focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".req.skipped .body").isVisible()).toBe(true);
    await page.close();
  });

  test("a link to a requirement opens it, filtered out or not", async () => {
    const { page } = await open(conforming(), browser, "#metrics/parses");
    const row = page.locator('[id="metrics/parses"]');
    expect(await row.getAttribute("open")).toBe("");
    await page.locator("#search").fill("nothing like it");
    expect(await row.isVisible()).toBe(false);
    await page.evaluate("location.hash = '#metrics/help-text'");
    await page.locator('[id="metrics/help-text"][open]').waitFor();
    await page.close();
  });

  test("it fits a phone, prints without tools, and the timeline has every step that ran", async () => {
    const { page } = await open(broken());
    expect(await page.locator(".line .step").count()).toBe(8);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".tools").isVisible()).toBe(false);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
    await page.close();
  });
});

async function html(report: Report): Promise<string> {
  return (await loadReporter("html")).render(report, {});
}
