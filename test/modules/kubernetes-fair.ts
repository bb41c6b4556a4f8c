// Manifests that are allowed, and why somebody writes them so.
import {
  also,
  chart,
  containers,
  deployment,
  edited,
  type Files,
  indented,
  job,
  knative,
  kustomization,
  list,
  one,
  original,
  others,
  own,
  patch,
  probes,
  service,
  serviceOf,
  sidecar,
  template,
  workload,
} from "./kubernetes-parts.ts";

export const fair: [string, Files][] = [
  ["a sidecar first", one(edited(original, [containers, containers + sidecar()]))],
  ["a sidecar last", one(edited(original, ["---\napiVersion: v1", `${sidecar()}---\napiVersion: v1`]))],
  [
    "an init container of the same image",
    one(
      edited(original, [
        containers,
        `      initContainers: [{ name: wait, image: "registry.example/${own}:1.0.0", command: [wait] }]\n${containers}`,
      ]),
    ),
  ],
  [
    "a native sidecar",
    one(
      edited(original, [
        containers,
        `      initContainers: [{ name: p, image: p, restartPolicy: Always, ports: [{ containerPort: 15090 }] }]\n${containers}`,
      ]),
    ),
  ],
  ["another Deployment and its Service", also(`${workload("Deployment", "redis")}---\n${serviceOf("redis", 6379)}`)],
  ["another Deployment before it", one(`${workload("Deployment", "redis")}---\n${original}`)],
  ["a StatefulSet beside", also(workload("StatefulSet", "store"))],
  [
    "a worker of the same image without a port",
    also(
      workload("Deployment", "worker").replace(
        /containers:.*/,
        `containers: [{ name: w, image: "registry.example/${own}:1.0.0", command: [python, -m, worker] }]`,
      ),
    ),
  ],
  ["a Job of the same image", also(job)],
  [
    "a Service for the sidecar",
    one(
      edited(`${original}\n---\n${serviceOf("metrics", 9113).replace("app: metrics", `app: ${own}`)}`, [
        containers,
        containers + sidecar(),
      ]),
    ),
  ],
  [
    "a headless Service too",
    also(serviceOf("headless", 8000, ", clusterIP: None").replace("app: headless", `app: ${own}`)),
  ],
  [
    "an ExternalName Service for a peer",
    also(
      "apiVersion: v1\nkind: Service\nmetadata: { name: blux-lite }\nspec: { type: ExternalName, externalName: lite.example }\n",
    ),
  ],
  ["a Service of Knative", also(knative)],
  ["other kinds beside", also(others)],
  ["kind: List", one(list)],
  [
    "a List of Deployments and one of Services",
    one(
      `kind: DeploymentList\napiVersion: apps/v1\nitems:\n${indented(deployment)}\n---\nkind: ServiceList\napiVersion: v1\nitems:\n${indented(service)}`,
    ),
  ],
  ["one file for each", { "k8s/a.yml": deployment, "k8s/net/b.yaml": service }],
  ["JSON", { "k8s/all.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: [] }), ...one(original) }],
  ["empty documents and comments", one(`---\n# nothing\n---\n${original}\n---\n`)],
  [
    "names for ports",
    one(
      edited(
        original,
        ["- containerPort: 8000", "- { name: http, containerPort: 8000 }"],
        ["path: /health, port: 8000", "path: /health, port: http"],
        ["targetPort: 8000", "targetPort: http"],
      ),
    ),
  ],
  ["a Service without targetPort", one(edited(original, ["      targetPort: 8000\n", ""]))],
  [
    "two ports of the Service",
    one(
      edited(original, [
        "    - port: 8000\n",
        "    - { name: a, port: 9, targetPort: 9 }\n    - name: b\n      port: 80\n",
      ]),
    ),
  ],
  [
    "matchExpressions",
    one(
      edited(original, [
        `    matchLabels:\n      app: ${own}\n`,
        `    matchExpressions: [{ key: app, operator: In, values: [${own}] }, { key: old, operator: DoesNotExist }]\n`,
      ]),
    ),
  ],
  ["probes that run curl", one(edited(original, probes))],
  ["a health path with a query", one(edited(original, ["path: /health,", "path: '/health?deep=1',"]))],
  [
    "limits alone: they are the requests too",
    one(edited(original, ["            requests: { memory: 256Mi, cpu: 250m }\n", ""])),
  ],
  [
    "quantities of all kinds",
    one(
      edited(
        original,
        ["memory: 256Mi, cpu: 250m", "memory: 268435456, cpu: +0.25"],
        ["memory: 512Mi, cpu: 500m", "memory: 1Ei, cpu: 250000u"],
      ),
    ),
  ],
  [
    "merge keys",
    one(
      edited(
        `x: &p { path: /health, port: 8000 }\n---\n${original}`,
        ["x: &p { path: /health, port: 8000 }\n---\n", ""],
        [
          "            httpGet: { path: /health, port: 8000 }\n            initialDelaySeconds: 30",
          "            httpGet: &p { path: /health, port: 8000 }\n            initialDelaySeconds: 30",
        ],
        [
          "            httpGet: { path: /health, port: 8000 }\n            initialDelaySeconds: 5",
          "            httpGet: { <<: *p }\n            initialDelaySeconds: 5",
        ],
      ),
    ),
  ],
  [
    "an octal and an underscored port",
    one(edited(original, ["containerPort: 8000", "containerPort: 017500"], ["targetPort: 8000", "targetPort: 8_000"])),
  ],
  [
    "the variables from a ConfigMap",
    one(
      edited(
        original,
        ["          env:\n", "          envFrom: [{ configMapRef: { name: c } }]\n          env:\n"],
        ["            - name: BLUX_ENV\n              value: production\n", ""],
      ),
    ),
  ],
  [
    "an image without registry, by tag and digest",
    one(edited(original, [`registry.example/${own}:1.0.0`, `${own}:1.0.0@sha256:${"0".repeat(64)}`])),
  ],
  [
    "an image that a pipeline fills in",
    one(edited(original, [`registry.example/${own}:1.0.0`, "$REGISTRY/$IMAGE:$TAG"])),
  ],
  ["blue and green", also(edited(original, [`name: ${own}\n`, "name: green\n"], [`app: ${own}`, "app: green"]))],
  [
    "a kustomization that lists resources",
    { ...one(original), "k8s/kustomization.yaml": kustomization("resources: [deployment.yaml]\nnamePrefix: x-\n") },
  ],
  [
    "a kustomization that sets the image",
    {
      ...one(edited(original, [`${own}:1.0.0`, `${own}:dev`])),
      "k8s/kustomization.yaml": kustomization(
        `resources: [deployment.yaml]\nimages: [{ name: registry.example/${own}, newTag: 1.0.0 }]\n`,
      ),
    },
  ],
  [
    "a base with what overlays add missing",
    {
      "k8s/base/d.yaml": edited(original, ["            limits: { memory: 512Mi, cpu: 500m }\n", ""]),
      "k8s/base/kustomization.yaml": kustomization("resources: [d.yaml]\n"),
      "k8s/overlays/prod/kustomization.yaml": kustomization("resources: [../../base]\npatches: [{ path: d.yaml }]\n"),
      "k8s/overlays/prod/d.yaml": patch,
    },
  ],
  [
    "a kustomization of a remote base",
    { "k8s/kustomization.yaml": kustomization("resources: [github.com/org/repo/base?ref=v1]\n") },
  ],
  ["a Helm chart", { ...chart, ...template }],
  ["a Helm chart beside manifests", { ...one(original), ...chart, ...template }],
];
