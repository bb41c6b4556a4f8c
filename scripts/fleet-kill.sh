#!/usr/bin/env bash
# Kills shards at random moments and resumes them, many times; the merged report must be the same every time. Usage: fleet-kill.sh [times] [modules]
source "$(dirname "$0")/fleet.sh"
times=${1:-50} modules=${2:-40}
trap 'rm -rf "$work"' EXIT
tiny_modules "$modules"
cd "$work"
judge() { conform --modules-from list.ndjson --shard "$1/2" --resume --out "$2/$1" --reporter json --quiet --jobs 4 2>"$2-$1.log"; }
begin=$(date +%s%N)
alone
span=$((($(date +%s%N) - begin) / 1000000))
say "$modules modules in one process: $span ms; now $times runs of two shards, each killed once and resumed"
kills=0 taken=0 runs=0
for ((n = 0; n < times; n++)); do
  mkdir -p "run$n"
  for shard in 1 2; do
    node "$root/dist/conform.cjs" --modules-from list.ndjson --shard "$shard/2" --resume --out "run$n/$shard" --reporter json --quiet --jobs 4 2>/dev/null &
    pid=$!
    sleep "$(awk -v ms=$((RANDOM % (span + 1))) 'BEGIN { print ms / 1000 }')"
    if kill -KILL "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
    wait "$pid" 2>/dev/null || true
    judge "$shard" "run$n" || [ $? = 1 ]
    # Killed before its file began, it has nothing to take over and says nothing of it.
    over=$(sed -n 's/.*, \([0-9]*\) taken over.*/\1/p' "run$n-$shard.log")
    taken=$((taken + ${over:-0}))
  done
  conform merge "run$n" --out "merged$n" --reporter json --quiet || [ $? = 1 ]
  compare alone/report.json "merged$n/report.json" >compared || { cat compared; exit 1; }
  rm -rf "run$n" "merged$n"
  runs=$((runs + 1))
done
cat compared
[ "$runs" = "$times" ] || { echo "only $runs runs of $times came to their end"; exit 1; }
say "$runs runs, $kills kills, $taken modules taken over by resumed shards: the merged report was equal every time"
