// Flags about many modules on many machines: lists, parts, earlier runs, queues.
import type { Flag } from "./flag-types.ts";

const help = (text: string) => ({ help: text }) as const;
const required = { required: true } as const;

/** Commands that are told which modules there are. */
const listing = { run: {}, plan: {}, "queue add": {} } as const;

export const flagsOfFleets = {
  "modules-from": {
    value: "file",
    type: "text",
    help: "a list of modules: one target a line, or NDJSON; - is standard input",
    on: { ...listing, merge: help("the list that was judged, so that what is missing can be named") },
  },
  resume: {
    type: "yes",
    help: "go on where the result file of a shard that was killed ends",
    on: { run: {} },
  },
  since: {
    value: "run",
    type: "text",
    help: "take over the verdicts of an earlier run where nothing changed: its result files or its report.json",
    on: { run: {} },
  },
  timings: {
    value: "run",
    type: "text",
    help: "share modules out by how long they took in an earlier run, longest first",
    on: { run: {}, plan: {} },
  },
  shards: { value: "n", type: "whole", help: "how many parts", on: { plan: required } },
  queue: {
    value: "url",
    type: "text",
    help: "Redis or Valkey: redis://host:port/db",
    on: { worker: required, "queue add": required, "queue status": required, "queue collect": required },
  },
  "queue-name": {
    value: "queue",
    type: "text",
    help: "name of the queue; every run over a registry has its own",
    on: {
      worker: { default: "conform" },
      "queue add": { default: "conform" },
      "queue status": { default: "conform" },
      "queue collect": { default: "conform" },
    },
  },
  concurrency: { value: "n", type: "whole", help: "modules at once (default: one per CPU)", on: { worker: {} } },
  "stalled-after": {
    value: "s",
    type: "number",
    help: "seconds after which the job of a worker that is gone is given to another",
    on: { worker: { default: 30 } },
  },
  until: {
    value: "state",
    type: ["stopped", "empty"],
    help: "end when told to, or when nothing is left to do",
    on: { worker: { default: "stopped" } },
  },
  wait: { type: "yes", help: "wait until everything has been judged", on: { "queue collect": {} } },
  clear: { type: "yes", help: "remove the queue when its results are written", on: { "queue collect": {} } },
} as const satisfies Record<string, Flag>;
