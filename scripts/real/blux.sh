#!/usr/bin/env bash
# Judges BLUX modules on FastAPI, Starlette and aiohttp, served by uvicorn, hypercorn and granian; by hand, outside CI: each takes a minute.
#   scripts/real/blux.sh [NAME ...]
# What must fail stands in scripts/real/blux/variations.py, the dated result in docs/real-modules.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet fastapi==0.165.0 uvicorn==0.54.0 starlette==1.10.0 hypercorn==0.18.0 granian==2.8.9 aiohttp==3.14.5 pyyaml
python3 "$here/blux/variations.py" "$work/modules"
cd "$work"
for name in "${@:-$(ls modules | grep -v json)}"; do
  for one in $name; do
    node "$here/../../dist/conform.cjs" "modules/$one" --contract blux --run "$work/venv/bin/python -m src.river_gauge.api" \
      --out "reports/$one" --reporter "json=$one.json" > /dev/null || true
    python3 - "$one" <<'PY'
import json, sys
name = sys.argv[1]
with open(f"{name}.json") as file:
    module = json.load(file)["modules"][0]
with open("modules/expected.json") as file:
    expected = json.load(file)[name]
failed = [one["id"] for one in module["results"] if one["outcome"]["kind"] in ("fail", "error")]
print("ok  " if sorted(failed) == sorted(expected) else "DIFF", name, module["verdict"]["kind"], *failed)
PY
  done
done
