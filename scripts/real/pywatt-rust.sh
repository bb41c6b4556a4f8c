#!/usr/bin/env bash
# Builds a module on the published PyWatt Rust SDK (0.5.2 and 0.5.3) and judges it; by hand, outside CI: a build takes minutes.
#   scripts/real/pywatt-rust.sh [SDK version ...]
# The dated result stands in docs/real-modules.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
conform="node $here/../../dist/conform.cjs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR="$work/built"

for version in "${@:-0.5.2 0.5.3}"; do
  for sdk in $version; do
    module="$work/module-$sdk"
    mkdir -p "$module/src" "$module/target/debug"
    cp "$here/pywatt-rust/main.rs" "$module/src/main.rs"
    cat > "$module/Cargo.toml" <<TOML
[package]
name = "module"
version = "0.1.0"
edition = "2021"

[dependencies]
pywatt_sdk = "=$sdk"
axum = "0.8.4"
secrecy = "0.10.3"
serde_json = "1"
tokio = { version = "1", features = ["full"] }

[profile.dev]
debug = false
TOML
    printf 'name = "module"\nversion = "0.1.0"\n\n[[endpoints]]\npath = "/status"\nmethods = ["GET"]\n' > "$module/manifest.toml"
    (cd "$module" && cargo build --quiet && cp "$CARGO_TARGET_DIR/debug/module" target/debug/module)
    for channel in false true; do
      echo "== SDK $sdk, offer_tcp_channel=$channel"
      # The binary alone: its manifest is found beside Cargo.toml.
      (cd "$module" && $conform target/debug/module --contract pywatt --set "offer_tcp_channel=$channel" --reporter text) || true
    done
  done
done
