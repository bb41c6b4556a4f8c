// Flags that only single commands take.
import type { Flag } from "./flag-types.ts";

const help = (text: string) => ({ help: text }) as const;
const validDays = { type: "number", default: 180 } as const;
const ofBaseline = { "baseline update": {}, "baseline prune": {}, "baseline why": {} } as const;
const looking = { verify: {}, "registry build": {} } as const;

export const flagsOfCommands = {
  json: {
    type: "yes",
    help: "as JSON",
    on: { list: {}, contracts: {}, plan: {}, "queue status": {}, verify: {}, "keys show": {}, "registry rejudge": {} },
  },
  // conform replay
  step: {
    value: "scenario.step",
    type: "text",
    help: "play the scenario up to this step",
    on: { replay: { required: true } },
  },
  target: { value: "module", type: "text", help: "the module, when it lies elsewhere now", on: { replay: {} } },
  patience: { value: "s", type: "number", help: "seconds that an answer may be late (default 10)", on: { replay: {} } },
  // conform monitor, init, diff, badge
  every: {
    value: "duration",
    type: "text",
    help: "time from run to run of one module: 30s, 5m, 1h",
    on: { monitor: { default: "1m" } },
  },
  listen: {
    value: "address",
    type: "text",
    help: "where /metrics and /health are served; port 0 takes a free one",
    on: { monitor: { default: "127.0.0.1:9464" }, worker: help("where its metrics are served (default: nowhere)") },
  },
  from: {
    value: "package",
    type: "text",
    on: { init: {} },
    help: "where CI gets conform, in npm's words: package@version, a git address, a tarball",
  },
  ci: {
    value: "system",
    type: ["github", "gitlab", "both", "none"],
    help: "which CI files to write",
    on: { init: { default: "both" } },
  },
  force: { type: "yes", help: "overwrite what is there", on: { init: {} } },
  "fail-on": {
    value: "what",
    type: ["new", "any"],
    help: "exit 1 for what got worse, or for any failure of the head",
    on: { diff: { default: "new" } },
  },
  module: {
    value: "name",
    type: "text",
    help: "only this module of the report",
    on: { badge: {}, ...ofBaseline, certify: help("which module of the report") },
  },
  "valid-days": {
    value: "n",
    type: "number",
    help: "days from the run on which it is valid",
    on: { badge: { ...validDays, help: "days from the run on which the badge is valid" }, certify: validDays },
  },
  // conform baseline
  file: {
    value: "file",
    type: "text",
    help: "the baseline (default: the one of the run, or beside the module)",
    on: ofBaseline,
  },
  report: {
    value: "report.json",
    type: "text",
    help: "default reports/latest/report.json, if it is there",
    on: { "baseline why": {} },
  },
  owner: { value: "who", type: "text", help: "who answers for the new entries", on: { "baseline update": {} } },
  reason: {
    value: "why",
    type: "text",
    help: "why they fail",
    on: { "baseline update": {}, "registry revoke": { value: "text", help: "why", default: "not said" } },
  },
  issue: { value: "url", type: "text", help: "where they are being dealt with", on: { "baseline update": {} } },
  expires: {
    value: "day",
    type: "text",
    on: { "baseline update": {} },
    help: "last day of new and of expired entries (default: in 90 days, for new ones)",
  },
  // conform certify, verify, keys, registry
  subject: {
    value: "what",
    type: "text",
    help: "the artefact at hand: a file, a folder, name@sha256:<digest>",
    on: {
      certify: {
        required: true,
        help: "the file or folder that was judged; for a URL an image: name@sha256:<digest>",
      },
      verify: {},
    },
  },
  key: {
    value: "pem",
    type: "text",
    help: "private key (conform keys new)",
    on: {
      certify: {},
      verify: { type: "texts", help: "public key that is trusted" },
      "registry build": { type: "texts", required: true, help: "public key that is trusted" },
      "registry revoke": { required: true, help: "private key that signs the list" },
    },
  },
  keyless: {
    type: "yes",
    help: "in CI: sign with the job's identity instead of a key; contacts the two addresses named with it",
    on: { certify: {} },
  },
  "fulcio-url": {
    value: "address",
    type: "text",
    help: "with --keyless: the certificate authority",
    on: { certify: {} },
  },
  "rekor-url": {
    value: "address",
    type: "text",
    help: "with --keyless: the transparency log, which keeps what it gets",
    on: { certify: {} },
  },
  passphrase: { type: "yes", help: "lock it with a passphrase, asked for on the terminal", on: { "keys new": {} } },
  "passphrase-file": {
    value: "file",
    type: "text",
    help: "first line: the key's passphrase (default: asked for on the terminal)",
    on: {
      certify: {},
      "keys new": help("lock it with the first line of this file"),
      "registry build": help("first line: the signing key's passphrase"),
      "registry revoke": {},
    },
  },
  name: {
    value: "text",
    type: "text",
    help: "what the module is called in the certificate (default: as in the report)",
    on: { certify: {} },
  },
  publish: { type: "yes", help: "the module's owner wants it shown in a registry", on: { certify: {} } },
  bundle: { type: "yes", help: "write Sigstore bundles (v0.3) too", on: { certify: {} } },
  evidence: { value: "path", type: "text", help: "transcript, or a folder with it: judged again", on: { verify: {} } },
  revocations: { value: "file", type: "text", help: "signed list of revoked certificates", on: looking },
  "revocations-key": {
    value: "pem",
    type: "texts",
    help: "public key that signs such lists; default: those of --key",
    on: looking,
  },
  "fresh-days": {
    value: "n",
    type: "number",
    help: "days for which a list says that a certificate is not revoked",
    on: { verify: { default: 7 }, "registry build": { default: 7 } },
  },
  at: {
    value: "date",
    type: "text",
    help: "the day asked about (default: now)",
    on: { verify: {}, "registry build": help("the day that expiry is counted by (default: now)") },
  },
  type: { type: ["p256", "ed25519"], help: "kind of key", on: { "keys new": { default: "p256" } } },
  "sign-key": {
    value: "pem",
    type: "text",
    help: "private key that signs the site's index",
    on: { "registry build": {} },
  },
  title: {
    value: "text",
    type: "text",
    help: "name of the registry",
    on: { "registry build": { default: "Module registry" } },
  },
  url: { value: "address", type: "text", help: "where the site will lie, for its feed", on: { "registry build": {} } },
  list: { value: "file", type: "text", help: "the list", on: { "registry revoke": { default: "revocations.json" } } },
  // conform metrics
  format: {
    type: ["auto", "prometheus", "openmetrics", "openmetrics@1", "openmetrics@2"],
    help: "auto: by content type, else by the text; a version in the content type wins over one here",
    on: { metrics: { default: "auto" } },
  },
  lint: {
    value: "rules",
    type: "text",
    help: "all, none, or ids with commas (rules of promlint of client_golang 1.25, as warnings)",
    on: { metrics: { default: "all" } },
  },
  extended: { type: "yes", help: "series per family and the labels with the most values", on: { metrics: {} } },
  "max-bytes": {
    value: "n",
    type: "whole",
    help: "cut longer bodies there (default: 256 MiB of a URL, 1 GiB of a file)",
    on: { metrics: {} },
  },
  "version-info": {
    type: "yes",
    help: "name the versions of formats and lint rules that are checked",
    on: { metrics: {} },
  },
} as const satisfies Record<string, Flag>;
