// Manifests as people write them: what draws no accusation, and faults that are seen wherever they stand. Expectations were written first.
import { describe, expect, it } from "vitest";
import { accused, deployed, judgedBy } from "./deployed.ts";
import { fair } from "./kubernetes-fair.ts";
import { faults } from "./kubernetes-faults.ts";
import { chart, edited, list, one, template } from "./kubernetes-parts.ts";

describe("Kubernetes files as people write them", () => {
  it.each(fair)("draw no accusation: %s", async (_, files) => {
    const results = await judgedBy("kubernetes/", deployed(["k8s"], files));
    expect(accused("kubernetes/", results)).toEqual([]);
  });

  it.each(faults)("are seen: %s", async (_, files, wanted) => {
    const results = await judgedBy("kubernetes/", deployed(["k8s"], files));
    expect(accused("kubernetes/", results)).toEqual(wanted);
  });

  it("a fault inside a List is told with its line", async () => {
    const text = edited(list, ["memory: 512Mi", "memory: 128Mi"]);
    const results = await judgedBy("kubernetes/", deployed(["k8s"], one(text)));
    const outcome = results.find(({ id }) => id === "kubernetes/resources")?.outcome;
    const line = text.slice(0, text.indexOf("resources:")).split("\n").length;
    expect(outcome).toMatchObject({ kind: "fail", findings: [{ place: { file: "k8s/deployment.yaml", line } }] });
  });

  it("what Kustomize or Helm make of them is said to be unknown", async () => {
    const results = await judgedBy("kubernetes/", deployed(["k8s"], { ...chart, ...template }));
    const kinds = results.find(({ id }) => id === "kubernetes/kinds")?.outcome;
    expect(kinds).toMatchObject({ kind: "skipped", reason: expect.stringContaining("helm template") });
  });
});
