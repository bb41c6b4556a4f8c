#!/usr/bin/env bash
# What the proofs of fleets share: tiny modules, conform, a comparison of two merged reports. Sourced by fleet-slurm.sh, fleet-queue.sh and fleet-kill.sh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
conform() { node "$root/dist/conform.cjs" "$@"; }
contract=$root/fixtures/contracts/tiny
work=$(mktemp -d -t conform-fleet-XXXXXX)
say() { printf '%s  %s\n' "$(date -u +%H:%M:%S)" "$*"; }
seconds() { date +%s; }

# tiny_modules N: N modules in $work/modules, every hundredth of which breaks the contract, and their list.
tiny_modules() {
  mkdir -p "$work/modules"
  for ((i = 0; i < $1; i++)); do
    local folder=$work/modules/m$i hello=world
    ((i % 100 == 7)) && hello=moon
    mkdir "$folder"
    echo "{\"name\":\"m$i\",\"version\":\"1.0.0\",\"licence\":\"MIT\"}" >"$folder/tiny.json"
    printf '#!/bin/sh\necho '\''{"hello":"%s","mood":"bright"}'\''\ncat > /dev/null\n' "$hello" >"$folder/module"
    chmod +x "$folder/module"
    echo "{\"target\":\"modules/m$i\",\"contract\":\"$contract\"}"
  done >"$work/list.ndjson"
}

# alone: what one process says of the list, in ./alone; $one is how many seconds that took.
alone() {
  local begun
  begun=$(seconds)
  conform --modules-from list.ndjson --shard 1/1 --out whole --reporter json --quiet || [ $? = 1 ]
  conform merge whole --out alone --reporter json --quiet || [ $? = 1 ]
  one=$(($(seconds) - begun))
  say "one process: $one s"
}

# compare A B: both report.json say the same of the same modules, times aside, each module once.
compare() {
  node - "$1" "$2" <<'JS'
const { readFileSync } = require("node:fs");
const times = new Set(["started", "duration_ms", "t", "from", "to", "events", "event", "evidence", "actual"]);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const told = (report) => JSON.stringify(report.modules, (key, value) => (times.has(key) ? undefined : value));
const [a, b] = process.argv.slice(2).map(read);
const names = new Set(a.modules.map(({ name }) => name));
if (names.size !== a.modules.length) throw new Error("a module is there twice");
if (a.modules.length !== b.modules.length) throw new Error(`${a.modules.length} modules, not ${b.modules.length}`);
if (told(a) !== told(b)) {
  const other = a.modules.find((one, i) => told({ modules: [one] }) !== told({ modules: [b.modules[i]] }));
  throw new Error(`the reports differ, first in ${other?.name}`);
}
if (a.verdict.kind !== b.verdict.kind || a.verdict.exit !== b.verdict.exit) throw new Error("the verdicts differ");
console.log(`equal: ${a.modules.length} modules, each once, ${a.verdict.kind}`);
JS
}
