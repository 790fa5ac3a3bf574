#!/bin/sh
# Checks, tests and compiles the policies: policy.wasm (committed) and the digests from which a test tells a stale one.
# OPA comes from PATH or $TW_CACHE/bin; otherwise it is built there (about two minutes; needs Go).
set -eu
cd "$(dirname "$0")"
version=v1.22.0
cache=${TW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewind}/bin
PATH=$PATH:$cache
if ! command -v opa >/dev/null; then
  echo "building opa $version into $cache" >&2
  GOBIN=$cache CGO_ENABLED=0 go install -trimpath -ldflags='-s -w' "github.com/open-policy-agent/opa@$version"
fi

opa fmt --diff --fail .
opa check --strict .
opa test --coverage --threshold 100 --format=json . >/dev/null || { opa test -v .; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=$(for file in *.rego; do case $file in *_test.rego) ;; *) echo "$file" ;; esac; done)
# shellcheck disable=SC2086 # one word per file
opa build -t wasm -e tradewind/order/decision -e tradewind/product/decision -o "$work/bundle.tar.gz" $sources
tar -xzf "$work/bundle.tar.gz" -C "$work" /policy.wasm 2>/dev/null
cat "$work/policy.wasm" >policy.wasm
# shellcheck disable=SC2086 # one word per file
sha256sum $sources policy.wasm >policy.sha256
