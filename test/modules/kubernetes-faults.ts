// Manifests with one fault, and which requirements see it.
import {
  also,
  containers,
  deployment,
  edited,
  type Files,
  list,
  matching,
  one,
  original,
  own,
  service,
  sidecar,
} from "./kubernetes-parts.ts";

export const faults: [string, Files, string[]][] = [
  [
    "a wrong probe inside a List",
    one(
      edited(list, [
        "/health, port: 8000 }\n                initialDelaySeconds: 5",
        "/ready, port: 8000 }\n                initialDelaySeconds: 5",
      ]),
    ),
    ["probes"],
  ],
  ["a wrong target inside a List", one(edited(list, ["targetPort: 8000", "targetPort: 8080"])), ["service-port"]],
  ["a limit below its request inside a List", one(edited(list, ["memory: 512Mi", "memory: 128Mi"])), ["resources"]],
  [
    "a wrong probe beside a right sidecar",
    one(
      edited(
        original,
        [containers, containers + sidecar(9113, "/health")],
        [
          "/health, port: 8000 }\n            initialDelaySeconds: 30",
          "/ping, port: 8000 }\n            initialDelaySeconds: 30",
        ],
      ),
    ),
    ["probes"],
  ],
  [
    "the probe on the sidecar's port",
    one(
      edited(
        original,
        [containers, containers + sidecar()],
        [
          "/health, port: 8000 }\n            initialDelaySeconds: 30",
          "/health, port: 9113 }\n            initialDelaySeconds: 30",
        ],
      ),
    ),
    ["probes"],
  ],
  [
    "no probe at all",
    one(edited(original, [/ {10}livenessProbe:[\s\S]*?periodSeconds: 10\n/.exec(original)?.[0] ?? "", ""])),
    ["probes"],
  ],
  [
    "the Service on the sidecar's port alone",
    one(edited(original, [containers, containers + sidecar()], ["targetPort: 8000", "targetPort: 9999"])),
    ["service-port"],
  ],
  [
    "another port in the second file",
    { "k8s/a.yaml": deployment, "k8s/b.yaml": edited(service, ["targetPort: 8000", "targetPort: web"]) },
    ["service-port"],
  ],
  [
    "a fault in one of two colours",
    also(
      edited(original, [`name: ${own}\n`, "name: green\n"], [`app: ${own}`, "app: green"], ["cpu: 500m", "cpu: 100m"]),
    ),
    ["resources"],
  ],
  [
    "expressions that do not match",
    one(
      edited(original, [
        `    matchLabels:\n      app: ${own}\n`,
        "    matchExpressions: [{ key: app, operator: In, values: [other] }]\n",
      ]),
    ),
    ["selectors"],
  ],
  [
    "labels of a Deployment that differ",
    one(edited(original, [matching, "      app: other\n  template:"])),
    ["selectors"],
  ],
  ["lower-case ki", one(edited(original, ["memory: 256Mi", "memory: 900000ki"])), ["resources"]],
  [
    "a port in quotes",
    one(edited(original, ["- containerPort: 8000", '- containerPort: "8000"'])),
    ["probes", "container-port", "service-port"],
  ],
  [
    "an annotation without quotes",
    one(edited(original, ['prometheus.io/scrape: "true"', "prometheus.io/scrape: yes"])),
    ["metrics-annotations"],
  ],
  ["a variable without quotes", one(edited(original, ["value: production", "value: on"])), ["env"]],
  ["two keys of one name", one(edited(original, ["replicas: 1", "replicas: 1\n  replicas: 2"])), ["parses"]],
  [
    "an anchor that is not there",
    one(
      edited(original, [
        "httpGet: { path: /health, port: 8000 }\n            initialDelaySeconds: 5",
        "httpGet: *none\n            initialDelaySeconds: 5",
      ]),
    ),
    ["parses"],
  ],
];
