#!/usr/bin/env bash
# @bufbuild/cel 0.6.1 (Common Expression Language for JavaScript) converts text as JavaScript's Number and BigInt do, where CEL asks for an error:
#   int("")     is 0        int("0x10") is 16      int("  7 ") is 7
#   double("")  is 0        double("abc") is NaN, no error
#   timestamp("2024-02-30T00:00:00Z") is 1 March 2024
# A condition such as int(version_part) > 0 therefore decides something for text that is no number at all.
# Seen on 2026-11-28 with Node 20.20.2. Fails when one of these changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @bufbuild/cel@0.6.1 >/dev/null
cat >try.mjs <<'JS'
import { run } from "@bufbuild/cel";
const seen = (text) => {
  try {
    const value = run(text);
    if (value instanceof Error) return "error";
    return value?.message?.seconds === undefined ? `${typeof value} ${value}` : `timestamp ${value.message.seconds}`;
  } catch {
    return "error";
  }
};
const expected = {
  'int("")': "bigint 0",
  'int("0x10")': "bigint 16",
  'int("  7 ")': "bigint 7",
  'int("abc")': "error",
  'double("")': "number 0",
  'double("abc")': "number NaN",
  'timestamp("2024-02-30T00:00:00Z")': "timestamp 1709251200",
};
for (const [text, wanted] of Object.entries(expected)) {
  const got = seen(text);
  console.log(`${text.padEnd(40)} ${got}`);
  if (got !== wanted) {
    console.error(`changed: ${wanted} is expected here`);
    process.exitCode = 1;
  }
}
JS
node try.mjs
