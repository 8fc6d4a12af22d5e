#!/usr/bin/env bash
# Signs in to the program as hosts of connectors do: an OAuth authorization server that is certified (oidc-provider), the OAuth
# clients of the Python and TypeScript SDKs in both major versions, mcp-remote and the MCP Inspector, over Streamable HTTP and
# HTTP+SSE, in each flow from the first 401 to a revoked token. Prints a table of clients and flows.
#
#   tests/connectors/run.sh [BINARY [PART]...]     target/release/ghl-contacts-mcp unless given; only clients whose names hold
#                                                  a PART, such as `python-v2` or `sse`
#
# Everything listens on loopback, and ends with the run. The authorization server is installed into target/connectors, the
# clients into target/clients as for tests/clients/run.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$(realpath "${1:-target/release/ghl-contacts-mcp}")
here=tests/connectors
there=target/connectors
. tests/clients/install.sh
install_python v1
install_python v2
install_node tests/clients "$clients"
install_node "$here" "$there"
use_node
mkdir -p "$clients/connectors"
cp "$here"/clients/* "$here/browser.mjs" "$clients/connectors/"
cp "$here"/*.mjs "$there/"
exec timeout 300 node "$there/run.mjs" "$binary" "$clients" "${@:2}"
