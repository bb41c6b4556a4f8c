// Which part of many modules a machine judges: by flag, by what CI systems set, by the module's name.
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { parseShard, partOf, shardOf } from "../../src/gate/shard.ts";

describe("which part", () => {
  const gitlab = { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "4" };
  const kubernetes = { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "3" };
  const bazel = { TEST_SHARD_INDEX: "2", TEST_TOTAL_SHARDS: "3", TEST_SHARD_STATUS_FILE: "/t/s" };

  test.each([
    ["2/4", {}, 1, { index: 2, count: 4, from: "--shard" }],
    ["1/1", gitlab, 9, { index: 1, count: 1, from: "--shard" }],
    [undefined, gitlab, 2, { index: 2, count: 4, from: "CI_NODE_INDEX" }],
    [undefined, kubernetes, 2, { index: 1, count: 3, from: "JOB_COMPLETION_INDEX" }],
    [undefined, { ...gitlab, ...bazel }, 2, { index: 3, count: 3, from: "TEST_SHARD_INDEX", statusFile: "/t/s" }],
    ["auto", kubernetes, 1, { index: 1, count: 3, from: "JOB_COMPLETION_INDEX" }],
    [undefined, gitlab, 1, undefined],
    ["off", gitlab, 2, undefined],
    [undefined, { CI_NODE_INDEX: "2" }, 2, undefined],
    [undefined, {}, 2, undefined],
  ])("%s in %j with %i targets", (wanted, env, targets, expected) => {
    expect(shardOf(wanted, env, targets)).toEqual(expected);
  });

  test.each(["0/4", "5/4", "1/0", "1", "a/b", "1/4/2", "-1/4", "1.5/4", "1/99999", "", " 1/4"])(
    "%j is refused",
    (text) => {
      expect(() => parseShard(text)).toThrow(UsageError);
    },
  );

  test.each([
    { CI_NODE_INDEX: "x", CI_NODE_TOTAL: "4" },
    { CI_NODE_INDEX: "0", CI_NODE_TOTAL: "4" },
    { JOB_COMPLETION_INDEX: "3", JOB_COMPLETIONS: "3" },
  ])("%j is refused", (env) => {
    expect(() => shardOf(undefined, env, 2)).toThrow(UsageError);
  });

  test("auto without variables names them", () => {
    expect(() => shardOf("auto", {}, 2)).toThrow("JOB_COMPLETION_INDEX with JOB_COMPLETIONS");
  });

  test("the parts are even, and a new module moves no other", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `./modules/m-${i}`);
    const sizes = [1, 2, 3, 4].map((part) => names.filter((name) => partOf(name, 4) === part).length);
    expect(sizes.reduce((a, b) => a + b)).toBe(1000);
    for (const size of sizes) expect(Math.abs(size - 250)).toBeLessThan(50);
  });
});
