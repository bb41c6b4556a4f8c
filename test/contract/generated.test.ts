// Nothing that is generated has drifted from its sources; `npm run generate` mends it.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generated } from "../../scripts/generated.ts";

it("generated files are up to date (npm run generate)", async () => {
  const files = await generated();
  expect(files.size).toBeGreaterThan(2);
  for (const [file, content] of files) expect(readFileSync(file, "utf8"), file).toBe(content);
});
