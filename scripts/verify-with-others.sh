#!/usr/bin/env bash
# Verifies a fresh certificate with cosign and with in-toto's Go packages, built from the Go module proxy. By hand, outside CI: building takes minutes.
# Prints what was verified and what was refused; fails when cosign takes a changed one or refuses a good one.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${COSIGN_VERSION:-v3.1.3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
conform() { node dist/conform.cjs "$@"; }
contract=fixtures/contracts/tiny

cosign=${COSIGN:-}
if [ -z "$cosign" ]; then
  command -v go >/dev/null || { echo "go is needed to build cosign (or name one with COSIGN)"; exit 2; }
  mkdir "$work/build"
  (cd "$work/build" && go mod init build >/dev/null 2>&1 && go get "github.com/sigstore/cosign/v3/cmd/cosign@$version" >/dev/null 2>&1 &&
    go build -o ../cosign github.com/sigstore/cosign/v3/cmd/cosign)
  cosign=$work/cosign
fi

# The subject is the program; its folder is given too, because a certificate needs every MUST to be seen.
mkdir "$work/project"
cp fixtures/modules/tiny/good/module fixtures/modules/tiny/good/tiny.json "$work/project/"
cp "$work/project/module" "$work/module"
conform "$work/module" --folder "$work/project" --contract $contract --out "$work/out" --reporter json --transcript "$work/run.ndjson" 2>/dev/null
conform keys new --out "$work/key.pem" >/dev/null
conform certify "$work/out/report.json" --subject "$work/module" --transcript "$work/run.ndjson" --key "$work/key.pem" --contract $contract \
  --bundle --out "$work/certificate.intoto.json" >/dev/null

verify() {
  "$cosign" verify-blob-attestation --key "$work/key.pub.pem" --insecure-ignore-tlog=true --new-bundle-format=true \
    --bundle "$1" --type "$2" "$3" >"$work/log" 2>&1
}
types=(urn:module-conform:certificate:v1 https://in-toto.io/attestation/svr/v0.2 https://in-toto.io/attestation/test-result/v0.1)
files=(certificate certificate.svr certificate.test-result)
for i in 0 1 2; do
  verify "$work/${files[i]}.sigstore.json" "${types[i]}" "$work/module" || { cat "$work/log"; echo "REFUSED: ${files[i]}"; exit 1; }
  echo "verified: ${files[i]} (${types[i]})"
done
cp "$work/module" "$work/changed" && echo "# changed" >>"$work/changed"
if verify "$work/certificate.sigstore.json" "${types[0]}" "$work/changed"; then echo "TAKEN: another artefact"; exit 1; fi
echo "refused: another artefact"
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const bundle = JSON.parse(readFileSync(process.argv[1], "utf8"));
  const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64");
  payload[payload.length - 3] ^= 1;
  bundle.dsseEnvelope.payload = payload.toString("base64");
  writeFileSync(process.argv[2], JSON.stringify(bundle));' "$work/certificate.sigstore.json" "$work/forged.sigstore.json"
if verify "$work/forged.sigstore.json" "${types[0]}" "$work/module"; then echo "TAKEN: a changed payload"; exit 1; fi
echo "refused: a changed payload"
if command -v go >/dev/null; then
  mkdir "$work/go" && cp scripts/verify-others.go "$work/go/main.go"
  (cd "$work/go" && go mod init others && go get github.com/secure-systems-lab/go-securesystemslib/dsse@v0.11.0 \
    github.com/in-toto/attestation@v1.2.0 google.golang.org/protobuf) >/dev/null 2>&1
  (cd "$work/go" && go run . "$work")
fi
"$cosign" version 2>/dev/null | sed -n 's/^GitVersion: */cosign /p'
