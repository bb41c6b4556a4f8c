#!/usr/bin/env bash
# A registry by a queue, for real: Debian's redis-server on loopback, four BullMQ workers of which two are killed, collected and compared with one
# process. Needs redis-server, or root and apt. Usage: fleet-queue.sh [modules]
source "$(dirname "$0")/fleet.sh"
modules=${1:-2000}
if ! command -v redis-server >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
started=()
end() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
socket=$work/redis.sock
port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --bind 127.0.0.1 --unixsocket "$socket" --save "" --appendonly no --dir "$work" >"$work/redis.log" 2>&1 &
started+=($!)
until redis-cli -s "$socket" ping >/dev/null 2>&1; do sleep 0.1; done
tiny_modules "$modules"
cd "$work"
alone
queue=(--queue "redis://127.0.0.1:$port/0" --queue-name registry)
t=$(seconds)
conform queue add "${queue[@]}" --modules-from list.ndjson
workers=()
for n in 1 2 3 4; do
  node "$root/dist/conform.cjs" worker "${queue[@]}" --until empty --concurrency 4 --stalled-after 5 2>"worker-$n.log" &
  workers+=($!)
  started+=($!)
done
judged() { conform queue status "${queue[@]}" --json | node -e 'let t = ""; process.stdin.on("data", (d) => (t += d)).on("end", () => console.log(JSON.parse(t).completed))'; }
until [ "$(judged)" -gt $((modules / 4)) ]; do sleep 0.2; done
kill -KILL "${workers[0]}"
say "killed a worker at $(judged) modules"
until [ "$(judged)" -gt $((modules / 2)) ]; do sleep 0.2; done
kill -KILL "${workers[1]}"
say "killed another at $(judged) modules"
conform queue collect "${queue[@]}" --wait --out collected --reporter json --quiet || [ $? = 1 ]
took=$(($(seconds) - t))
memory=$(redis-cli -s "$socket" info memory | sed -n 's/^used_memory_peak_human:\(.*\)\r$/\1/p')
wait "${workers[2]}" "${workers[3]}"
compare alone/report.json collected/report.json
say "4 workers, two of them killed, over $modules modules on $(nproc) CPUs: $took s; one process: $one s; Redis $(redis-server --version | sed 's/.*v=\([0-9.]*\).*/\1/') held $memory at most"
