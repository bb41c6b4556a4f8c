// Manifests and quantities beside sigs.k8s.io/yaml 1.6 and apimachinery 0.37: vectors with their answers (fixtures/deployment/README.md).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/formats/documents/document.ts";
import { quantityOf } from "../../src/formats/documents/kubernetes.ts";

function vectors<T>(name: string): T[] {
  const text = readFileSync(new URL(`../../fixtures/deployment/${name}`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

/** Read otherwise here: merged keys set again (kubectl takes them, its strict reader does not), values JSON cannot hold. */
const apart = /<<: (\*a|\[\*a|\{q)|^%YAML|^"""|^a: [-+]?\.(inf|INF|nan)/;

describe("manifests as kubectl reads them", () => {
  const all = vectors<{ text: string; refused?: string; documents?: unknown[] }>("kubernetes.jsonl");
  it.each(all.filter(({ text }) => !apart.test(text)).map((vector) => [vector.text, vector] as const))(
    "%j",
    async (text, { refused, documents }) => {
      const read = await parseDocument(text, "yaml", { documents: true, kubectl: true });
      if (refused !== undefined) expect(read.problem).toBeDefined();
      else {
        expect(read.problem).toBeUndefined();
        expect(read.documents?.filter((document) => document !== null)).toEqual(documents);
      }
    },
  );

  it("lets merged keys be set again", async () => {
    const text = "x: &a {p: 1, q: 2}\nb:\n  <<: *a\n  q: 3\n";
    const { data } = await parseDocument(text, "yaml", { kubectl: true });
    expect(data).toEqual({ x: { p: 1, q: 2 }, b: { p: 1, q: 3 } });
  });
});

describe("quantities", () => {
  const all = vectors<{ text: string; refused?: string; value?: string }>("quantities.jsonl");
  /** Below a billionth and above 2^63 they are cut there; `.` and `m` are taken for 0. */
  const cut = new Set([".", "m", "0.0000000001", "1e-30", "99999999999999999999Ei"]);
  it.each(all.filter(({ text }) => !cut.has(text)).map(({ text, value }) => [text, value] as const))(
    "%j",
    (text, value) => {
      expect(quantityOf(text)).toBe(value === undefined ? undefined : Number(value));
    },
  );
});
