// Adds up the counts and second tries of the JSON results (vitest's form) in a folder: the closing line of CI. Exits 1 when something failed or a file is missing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? ".";
const sum = { passed: 0, failed: 0, skipped: 0 };
const tries = [];
for (const name of ["tests.json", "matrix.json", "hostile.json"]) {
  const file = join(folder, name);
  if (!existsSync(file)) {
    console.log(`no ${name}: that run did not come to its end`);
    sum.failed++;
    continue;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  sum.passed += numPassedTests;
  // A file that does not even load has no failed test of its own.
  sum.failed += numFailedTests === 0 && !success ? 1 : numFailedTests;
  const again = `${file}.second-tries`;
  const { tried, unforgiven } = existsSync(again)
    ? JSON.parse(readFileSync(again, "utf8"))
    : { tried: [], unforgiven: [] };
  tries.push(...tried);
  sum.passed -= unforgiven.length;
  sum.failed += unforgiven.length;
  sum.skipped += numPendingTests + (numTodoTests ?? 0);
}
console.log(`${tries.length} needed a second try${tries.map((name) => `\n  ${name}`).join("")}`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
