#!/usr/bin/env bash
# Drives the server with foreign clients: the Python and TypeScript SDKs in both major versions, fastmcp and the MCP
# Inspector, with both protocol eras; the SDKs of Gemini and of OpenAI's agents, which convert the tools; and the TypeScript
# SDK through mcp-remote, the bridge from stdio to HTTP.
#
#   tests/clients/run.sh [BINARY]                     over stdio; BINARY is target/release/ghl-contacts-mcp unless given
#   tests/clients/run.sh --transport http|sse URL     against a running server with the sandbox behind it
#
# Clients of the versions pinned here are installed into target/clients, once.
set -euo pipefail
cd "$(dirname "$0")/../.."

transport=stdio
if [[ ${1:-} == --transport ]]; then
  transport=$2
  shift 2
fi
here=tests/clients
there=$PWD/target/clients
mkdir -p "$there/logs" "$there/home"
. "$here/install.sh"

passed=0
failed=0
drive() { # NAME COMMAND... : counts the lines of the command; its stderr is kept, and shown on failure
  local name=$transport-$1 output=$there/logs/$transport-$1.out errors=$there/logs/$transport-$1.err status=0
  shift
  "$@" 2>"$errors" | tee "$output" || status=$?
  local ok bad
  ok=$(grep -c '^ok ' "$output" || true)
  bad=$(grep -c '^FAIL ' "$output" || true)
  if [[ $bad == 0 && ($status != 0 || $ok == 0) ]]; then
    echo "FAIL $name: ended with exit code $status after $ok steps"
    bad=1
  fi
  if [[ $bad != 0 ]]; then
    tail -n 20 "$errors"
  fi
  passed=$((passed + ok))
  failed=$((failed + bad))
}

install_python v1
install_python v2
install_python fastmcp
if [[ $transport == stdio ]]; then
  install_python converters
fi
install_node "$here" "$there"
use_node
cp "$here"/*.mjs "$here/steps.json" "$there/"

inspector=()
if [[ $transport == stdio ]]; then
  binary=$(realpath "${1:-target/release/ghl-contacts-mcp}")
  target=("$binary" stdio --sandbox)
  # The Inspector starts a new server for each call, so the sandbox is a process of its own.
  exec {settings}< <(exec "$binary" sandbox --listen 127.0.0.1:0)
  sandbox=$!
  trap 'kill "$sandbox" 2>/dev/null || true' EXIT
  for _ in GHL_BASE_URL GHL_PIT_TOKEN GHL_LOCATION_ID; do
    if ! read -r -t 10 -u "$settings" setting; then
      echo "$binary sandbox does not print its address, token and location" >&2
      exit 1
    fi
    inspector+=(--env "$setting")
  done
  inspector_target=("$binary" stdio)
else
  target=("$1")
  inspector_target=("$1")
fi

eras=(auto 2026-07-28)
inspector_eras=(modern)
if [[ $transport == sse ]]; then # this transport exists only in the older era
  eras=()
  inspector_eras=()
fi
how=(--transport "$transport")

drive python-v1 "$there/py-v1/bin/python" "$here/sdk.py" --run py-v1 "${how[@]}" "${target[@]}"
for era in legacy "${eras[@]}"; do
  drive "python-v2-$era" "$there/py-v2/bin/python" "$here/sdk.py" --run "py-v2-$era" --mode "$era" "${how[@]}" "${target[@]}"
  drive "fastmcp-$era" "$there/py-fastmcp/bin/python" "$here/fastmcp-client.py" --run "fastmcp-$era" --mode "$era" "${how[@]}" \
    "${target[@]}"
done
drive typescript-v1 node "$there/sdk-v1.mjs" --run ts-v1 "${how[@]}" -- "${target[@]}"
for era in legacy "${eras[@]}"; do
  drive "typescript-v2-$era" node "$there/sdk-v2.mjs" --run "ts-v2-$era" --mode "$era" "${how[@]}" -- "${target[@]}"
done
for era in legacy "${inspector_eras[@]}"; do
  drive "inspector-$era" env HOME="$there/home" node "$there/inspector.mjs" \
    --run "inspector-$era" --mode "$era" "${how[@]}" "${inspector[@]}" -- "${inspector_target[@]}"
done
if [[ $transport == stdio ]]; then
  drive converters "$there/py-converters/bin/python" "$here/converters.py" "$binary"
fi
if [[ $transport != stdio ]]; then
  # It stores data about servers in its home folder.
  drive mcp-remote env HOME="$there/home" node "$there/sdk-v1.mjs" --run mcp-remote -- \
    node "$there/node_modules/mcp-remote/dist/proxy.js" "${target[@]}" --allow-http --transport "$transport-only"
fi

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
