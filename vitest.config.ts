import { defineConfig } from "vitest/config";
import { secondTriesReporter } from "./test/second-tries.ts";

const results = process.env.CONFORM_TEST_RESULTS;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
