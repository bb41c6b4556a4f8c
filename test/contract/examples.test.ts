// The stored examples that `conform explain` shows: made by `npm run examples`, complete where every requirement has a mutant.
import { describe, expect, it } from "vitest";
import { examplesOf } from "../../src/contract/examples.ts";
import { findContract } from "../../src/session/contracts.ts";

describe.each([
  ["systemprompt@1", []],
  // The reference has no folder of modules.
  ["systemprompt@2", ["deps/resolvable-in-set"]],
])("%s", (name, without) => {
  const contract = findContract(name);
  const examples = examplesOf(contract);
  const tested = contract.requirements.filter(({ mutant }) => mutant !== undefined).map(({ id }) => id);

  it("shows how every requirement passes", () => {
    expect(tested.filter((id) => examples[id]?.pass === undefined)).toEqual(without);
  });

  it("shows how every requirement fails", () => {
    expect(tested.filter((id) => examples[id]?.fail === undefined)).toEqual([]);
  });

  it("has none of a requirement that is gone", () => {
    const known = new Set(contract.requirements.map(({ id }) => id));
    expect(Object.keys(examples).filter((id) => !known.has(id))).toEqual([]);
  });
});
