import { defineConfig } from "vitest/config";
import { testFiles } from "./test/modules/slice.ts";
import { secondTriesReporter } from "./test/second-tries.ts";

const results = process.env.CONFORM_TEST_RESULTS;

const named = process.argv.slice(2).some((word) => !word.startsWith("-") && !["run", "watch", "dev"].includes(word));
const files = testFiles(named);

export default defineConfig({
  test: {
    ...files,
    globalSetup: ["test/global-setup.ts"],
    maxConcurrency: 8,
    maxWorkers: 3,
    // Real processes on a shared machine: in CI a test that fails is tried again, counted and named.
    retry: results === undefined ? 0 : 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters:
      results === undefined ? ["default"] : ["default", "json", secondTriesReporter(`${results}.second-tries`)],
    ...(results === undefined ? {} : { outputFile: { json: results } }),
  },
});
