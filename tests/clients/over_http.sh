#!/usr/bin/env bash
# Starts the program as an HTTP server with the sandbox behind it, and drives it with the clients of run.sh: over
# Streamable HTTP, then over HTTP+SSE.
#
#   tests/clients/over_http.sh [BINARY]     target/release/ghl-contacts-mcp unless given
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=${1:-target/release/ghl-contacts-mcp}
log=target/clients/logs/http-server.err
mkdir -p target/clients/logs
"$binary" http --sandbox --listen 127.0.0.1:0 2>"$log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
url=
for _ in $(seq 100); do
  url=$(grep -o 'http://[^ ]*/mcp' "$log" | head -n 1 || true)
  [[ -n $url ]] && break
  sleep 0.1
done
tests/clients/run.sh --transport http "$url"
tests/clients/run.sh --transport sse "${url%/mcp}/sse"
