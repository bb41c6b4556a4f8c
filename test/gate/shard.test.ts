// Which part of many modules a machine judges: by flag, by what CI systems set, by the module's name.
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { parseShard, partOf, shardOf } from "../../src/gate/fleet/shard.ts";

describe("which part", () => {
  const gitlab = { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "4" };
  const kubernetes = { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "3" };
  const slurm = {
    SLURM_ARRAY_TASK_ID: "7",
    SLURM_ARRAY_TASK_COUNT: "3",
    SLURM_ARRAY_TASK_MIN: "5",
    SLURM_ARRAY_TASK_MAX: "7",
    SLURM_ARRAY_TASK_STEP: "1",
  };
  const bazel = { TEST_SHARD_INDEX: "2", TEST_TOTAL_SHARDS: "3", TEST_SHARD_STATUS_FILE: "/t/s" };

  test.each([
    ["2/4", {}, 1, { index: 2, count: 4, from: "--shard" }],
    ["1/1", gitlab, 9, { index: 1, count: 1, from: "--shard" }],
    [undefined, gitlab, 2, { index: 2, count: 4, from: "CI_NODE_INDEX" }],
    [undefined, kubernetes, 2, { index: 1, count: 3, from: "JOB_COMPLETION_INDEX" }],
    [undefined, bazel, 2, { index: 3, count: 3, from: "TEST_SHARD_INDEX", statusFile: "/t/s" }],
    [undefined, { ...bazel, ...slurm }, 2, { index: 3, count: 3, from: "TEST_SHARD_INDEX", statusFile: "/t/s" }],
    [undefined, slurm, 2, { index: 3, count: 3, from: "SLURM_ARRAY_TASK_ID" }],
    [
      "auto",
      { ...slurm, SLURM_ARRAY_TASK_ID: "25", SLURM_ARRAY_TASK_STEP: "10", SLURM_ARRAY_TASK_MAX: "25" },
      2,
      { index: 3, count: 3, from: "SLURM_ARRAY_TASK_ID" },
    ],
    [
      undefined,
      { CIRCLE_NODE_INDEX: "1", CIRCLE_NODE_TOTAL: "5" },
      2,
      { index: 2, count: 5, from: "CIRCLE_NODE_INDEX" },
    ],
    [undefined, { CIRCLE_NODE_INDEX: "0", CIRCLE_NODE_TOTAL: "1" }, 2, undefined],
    ["auto", { CIRCLE_NODE_INDEX: "0", CIRCLE_NODE_TOTAL: "1" }, 2, { index: 1, count: 1, from: "CIRCLE_NODE_INDEX" }],
    [
      undefined,
      { BUILDKITE_PARALLEL_JOB: "4", BUILDKITE_PARALLEL_JOB_COUNT: "5" },
      2,
      { index: 5, count: 5, from: "BUILDKITE_PARALLEL_JOB" },
    ],
    [
      undefined,
      { STRATEGY_JOB_INDEX: "0", STRATEGY_JOB_TOTAL: "256" },
      2,
      { index: 1, count: 256, from: "STRATEGY_JOB_INDEX" },
    ],
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
    { SLURM_ARRAY_TASK_ID: "9", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_MAX: "9" },
  ])("%j is refused", (env) => {
    expect(() => shardOf(undefined, env, 2)).toThrow(UsageError);
  });

  test("two systems that disagree are told, both", () => {
    expect(() => shardOf("auto", { ...gitlab, ...kubernetes }, 2)).toThrow(
      "Kubernetes (JOB_COMPLETION_INDEX) says 1/3, GitLab (CI_NODE_INDEX) says 2/4",
    );
    expect(shardOf("1/9", { ...gitlab, ...kubernetes }, 2)).toMatchObject({ index: 1, count: 9 });
  });

  test("auto without variables names them", () => {
    expect(() => shardOf("auto", {}, 2)).toThrow("JOB_COMPLETION_INDEX with JOB_COMPLETIONS");
    expect(() => shardOf("auto", { JOB_COMPLETION_INDEX: "1" }, 2)).toThrow("JOB_COMPLETIONS is not");
  });

  test("the parts are even, and a new module moves no other", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `./modules/m-${i}`);
    const sizes = [1, 2, 3, 4].map((part) => names.filter((name) => partOf(name, 4) === part).length);
    expect(sizes.reduce((a, b) => a + b)).toBe(1000);
    for (const size of sizes) expect(Math.abs(size - 250)).toBeLessThan(50);
  });
});
