// Parts of manifests for the tests of the BLUX contract: the reference's own, edits of it, and what people write beside it.
import { given } from "./deployed.ts";

export const original = given("k8s/deployment.yaml");
export const [deployment = "", service = ""] = original.split("\n---\n");

export function edited(text: string, ...edits: [string, string][]): string {
  return edits.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`nothing to edit: ${from}`);
    return now.replaceAll(from, to);
  }, text);
}

export const indented = (text: string) => text.replace(/^(?=.)/gm, "    ").replace(/^ {4}(?=apiVersion)/m, "  - ");
export const list = `apiVersion: v1\nkind: List\nitems:\n${indented(deployment)}\n${indented(service)}`;

export const sidecar = (port = 9113, path = "/ready") =>
  `        - name: proxy\n          image: registry.example/proxy:2\n          ports: [{ name: proxy, containerPort: ${port} }]\n          livenessProbe: { httpGet: { path: ${path}, port: ${port} } }\n`;
export const containers = "      containers:\n";
export const workload = (kind: string, name: string, image = `registry.example/${name}:7`) =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n  selector: { matchLabels: { app: ${name} } }\n  template:\n    metadata: { labels: { app: ${name} } }\n    spec:\n      containers: [{ name: ${name}, image: "${image}", ports: [{ containerPort: 6379 }] }]\n`;
export const serviceOf = (name: string, port: number, more = "") =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: ${name} }, ports: [{ port: ${port} }]${more} }\n`;
export const own = "sample-blux-module";
export const probes: [string, string] = [
  "httpGet: { path: /health, port: 8000 }",
  "exec: { command: [curl, -f, http://localhost:8000/health] }",
];
export const kustomization = (text: string) =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${text}`;
export const patch = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${own} }\nspec: { replicas: 3 }\n`;
export const chart = {
  "k8s/chart/Chart.yaml": "apiVersion: v2\nname: x\nversion: 0.1.0\n",
  "k8s/chart/values.yaml": "a: 1\n",
};
export const template = {
  "k8s/chart/templates/deployment.yaml":
    "kind: Deployment\nmetadata: { name: {{ .Release.Name }} }\n{{- if .Values.a }}\n",
};
export const job = `apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate }\nspec:\n  template:\n    metadata: { labels: { app: migrate } }\n    spec: { restartPolicy: Never, containers: [{ name: m, image: "registry.example/${own}:1.0.0" }] }\n`;
export const knative = `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: ${own} }\nspec: { template: { spec: { containers: [{ image: x }] } } }\n`;
export const others = ["ConfigMap", "Ingress", "HorizontalPodAutoscaler", "NetworkPolicy", "ServiceAccount"]
  .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${own} }\n`)
  .join("---\n");
export const matching = `      app: ${own}\n  template:`;

export type Files = { [file: string]: string };
export const one = (text: string): Files => ({ "k8s/deployment.yaml": text });
export const also = (text: string): Files => one(`${original}\n---\n${text}`);
