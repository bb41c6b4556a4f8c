#!/usr/bin/env bash
# The judging step of action.yml. Reads CONFORM_* and GITHUB_*; writes reports, the job summary and the step's outputs.
set -euo pipefail

conform() { node "$GITHUB_ACTION_PATH/dist/conform.cjs" "$@"; }
usage() {
  echo "::error title=conform::$1"
  exit 2
}
output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

# Lines of $1 as words in the array named $2; globs are expanded when $3 is "glob".
words() {
  local -n list=$2
  local line
  while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [ -n "$line" ] || continue
    if [ "${3:-}" = glob ] && [[ "$line" == *[\*\?\[]* ]] && [[ "$line" != http*://* ]]; then
      local found=()
      mapfile -t found < <(compgen -G "$line" | LC_ALL=C sort)
      [ "${#found[@]}" -gt 0 ] || usage "targets: nothing matches $line"
      list+=("${found[@]}")
    else
      list+=("$line")
    fi
  done <<<"$1"
}

out="${CONFORM_OUT:-reports/latest}"
fail_on="${CONFORM_FAIL_ON:-verdict}"
case "$out" in *$'\n'*) usage "out: expected one folder" ;; esac
case "$fail_on" in verdict | new | any) ;; *) usage "fail-on: expected verdict, new or any" ;; esac
case "${CONFORM_STRICT:-false}" in true | false) ;; *) usage "strict: expected true or false" ;; esac
if [ "$fail_on" != verdict ] && [ -z "${CONFORM_BASE:-}" ]; then usage "fail-on $fail_on needs base"; fi

flags=()
[ -z "${CONFORM_CONTRACT:-}" ] || flags+=(--contract "$CONFORM_CONTRACT")
[ -z "${CONFORM_CONFIG:-}" ] || flags+=(--config "$CONFORM_CONFIG")
[ "${CONFORM_STRICT:-false}" = false ] || flags+=(--strict)
words "${CONFORM_ARGS:-}" flags

# $1: folder of the reports; further arguments go to conform.
judge() {
  local folder=$1
  shift
  local targets=()
  words "${CONFORM_TARGETS:-.}" targets glob
  conform "${targets[@]}" "${flags[@]}" --out "$folder" "$@"
}

# The key is for certifying alone; nothing that is started may see it.
certify_key="${CONFORM_CERTIFY_KEY:-}"
unset CONFORM_CERTIFY_KEY
kept=()
[ -z "$certify_key" ] || [ "${GITHUB_REF_TYPE:-}" != tag ] || kept=(--transcript "$out/transcript.ndjson")

code=0
judge "$out" "${kept[@]}" --reporter text --reporter junit --reporter json --reporter html --reporter github || code=$?
output exit-code "$code"
[ -f "$out/report.json" ] || exit "$code"
output verdict "$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).verdict.kind' "$out/report.json")"
output report "$out/report.json"
output junit "$out/junit.xml"
output html "$out/report.html"
# Every module of the run that earns a certificate gets one; why another gets none is told.
certify() {
  local keys folder=$out/certificates name subject transcript file
  keys="$(mktemp -d)"
  (umask 077 && printf '%s\n' "$certify_key" >"$keys/key.pem")
  conform keys show "$keys/key.pem" | sed -n '/BEGIN/,/END/p' >"$keys/key.pub.pem"
  while IFS=$'\t' read -r name subject transcript file; do
    if conform certify "$out/report.json" --module "$name" --subject "$subject" --transcript "$transcript" \
      --key "$keys/key.pem" --publish --bundle ${CONFORM_CONTRACT:+--contract "$CONFORM_CONTRACT"} --out "$folder/$file.intoto.json"; then
      cp "$transcript" "$folder/$file.transcript.ndjson"
    else
      echo "::warning title=conform::$file gets no certificate"
    fi
  done < <(node -e '
    const { modules } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const path = process.argv[2];
    for (const { name, target } of modules) {
      const own = name.replaceAll(/[^\w.-]+/g, "_");
      if (/[\t\n]/.test(name + target.label)) continue;
      console.log([name, target.label, modules.length === 1 ? path : `${path}.${own}`, own.replace(/^[._]+/, "") || "module"].join("\t"));
    }' "$out/report.json" "$out/transcript.ndjson")
  if [ -d "$folder" ]; then
    conform registry build "$folder" --key "$keys/key.pub.pem" --sign-key "$keys/key.pem" --out "$out/site" ${CONFORM_CONTRACT:+--contract "$CONFORM_CONTRACT"}
    output certificates "$folder"
  fi
  rm -rf "$keys"
}
[ "${#kept[@]}" = 0 ] || certify

[ -n "${CONFORM_BASE:-}" ] || exit "$code"

# The base is judged in a working tree of its own, as if conform had been started there.
tree="$(mktemp -d)"
trap 'git worktree remove --force "$tree/base" 2>/dev/null || true; rm -rf "$tree"' EXIT
git worktree add --quiet --detach "$tree/base" "$CONFORM_BASE^{commit}" || usage "base: $CONFORM_BASE is no commit that was fetched"
(cd "$tree/base/$(git rev-parse --show-prefix)" && judge "$tree/report" --reporter json --quiet) || true
if [ ! -f "$tree/report/report.json" ]; then
  echo "::warning title=conform::the base could not be judged, so there is nothing to compare with"
  exit "$code"
fi
worse=0
delta_fail=new
[ "$fail_on" != any ] || delta_fail=any
conform diff "$tree/report/report.json" "$out/report.json" --fail-on "$delta_fail" \
  --reporter text --reporter "json=$out/delta.json" --reporter "markdown=$out/delta.md" || worse=$?
[ ! -f "$out/delta.md" ] || cat "$out/delta.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
output delta "$out/delta.md"
output worse "$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).worse' "$out/delta.json")"
[ "$fail_on" = verdict ] || code=$worse
exit "$code"
