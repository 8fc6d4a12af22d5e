# Every command of this repository, once. `just` lists the recipes; `.ci/run` calls them and has no commands of its own.
#
# Install just with `cargo install just`, `pip install rust-just`, `brew install just` or your system's packages.

binary := "target/release/ghl-contacts-mcp"
debug_binary := "target/debug/ghl-contacts-mcp"

# Lists the recipes.
default:
    @just --list --unsorted

# Shows a tour of the tools through a real MCP session, against the built-in sandbox.
demo: _debug
    {{ debug_binary }} demo

# The fast loop: format, words, the unit tests beside the code, and lints of the program and the specs. With the specs the
# lints use the same dependencies as the tests; without them cargo would build all dependencies again, with other features.
check: format words unit
    cargo clippy --locked --lib --bins --test it -- -D warnings

# Runs the specs of one tool, such as `just spec upsert_contact`, or any tests by a part of their name.
spec NAME:
    cargo test --locked --test it tools::{{ NAME }}

# Accepts what changed on purpose: the snapshots of the specs that match NAME, and what is generated.
accept NAME="": && schemas
    cargo insta test --accept --test it -- {{ NAME }}

# Writes what is generated from the code: tool-schemas/ and docs/errors.md.
schemas: _debug
    {{ debug_binary }} schemas

# Runs the unit tests, which stand beside the code.
unit:
    cargo test --locked --lib

# Formats the code.
fmt:
    cargo fmt

# Runs the whole of CI, or only the stages that are named.
ci *STAGES:
    .ci/run {{ STAGES }}

# Puts the program, an empty server and the peers under target/peers into one run; writes benches/results.md, .json and .svg.
# `--peer COMMAND --map FILE` adds any MCP server on stdio (benches/peers has maps).
compare *OPTIONS: release _compared
    python3 -B benches/drive/compare.py {{ binary }} {{ OPTIONS }}

# What stands beside the program in a comparison.
_compared:
    cargo build --locked --release --example bench_upstream --example bench_floor --example bench_client

# Measures everything, the comparison too: some ten minutes. The earlier soak stays; `--soak 30` runs it again.
results *OPTIONS: release _compared
    python3 -B benches/drive/results.py {{ binary }} {{ OPTIONS }}

# The program with the features that the tests turn on: what `cargo run` builds has others, and would be built beside it.
_debug:
    cargo test --locked --quiet --no-run --test it

# Checks that the code is formatted.
[group('stages of CI')]
format:
    cargo fmt --check

# Checks that no word marks something unfinished.
[group('stages of CI')]
words:
    .ci/words

# Runs the lints over everything, tests and benches included.
[group('stages of CI')]
clippy:
    cargo clippy --locked --all-targets -- -D warnings
    cargo rustc --locked --lib --no-default-features --profile check -- -D warnings

# Runs all tests: README's second command.
[group('stages of CI')]
test:
    cargo test

# Carries out the worked examples of CONTRIBUTING.md in a scratch copy.
[group('stages of CI')]
contributing:
    tests/contributing/replay.py

# Checks licences, bans and sources of all crates; and advisories, where RustSec's database can be reached.
[group('stages of CI')]
deny:
    .ci/deny

# Builds the API documentation, private items included.
[group('stages of CI')]
docs $RUSTDOCFLAGS="-D warnings":
    cargo doc --locked --no-deps --document-private-items

# Builds the program as it is shipped.
[group('stages of CI')]
release:
    cargo build --locked --release

# Carries out every command and block of README, SECURITY and docs/. `just documents --page hosts` takes some pages only,
# `--accept` writes the answers that differ into the pages.
[group('stages of CI')]
documents *OPTIONS:
    tests/documents/run.py {{ binary }} {{ OPTIONS }}

# Builds the packages for Linux on x86-64 and uses each as its users do. `packaging/build` alone builds those of all systems.
[group('stages of CI')]
packages *PARTS:
    packaging/build --target x86_64-unknown-linux-musl {{ PARTS }}
    packaging/test {{ PARTS }}

# Checks that tool-schemas/ and docs/errors.md are current.
[group('stages of CI')]
schemas-check:
    {{ binary }} schemas --check

# Fails if the binary is larger than its limit; start-up times are printed only.
[group('stages of CI')]
startup:
    python3 benches/drive/startup.py {{ binary }} --check

# Counts what does not depend on the machine (requests, bytes, allocations; instructions where valgrind is installed), and
# fails where one is more than 5 % above benches/baseline.json. `just costs --record` writes that file anew.
[group('stages of CI')]
costs *OPTIONS:
    python3 -B benches/drive/costs.py {{ binary }} {{ OPTIONS }}

# Opens more connections than the server takes, repeatedly: other clients are served, and no memory leaks.
[group('stages of CI')]
crowd:
    python3 -B benches/drive/crowd.py {{ binary }} --check

# Calls the tools for a while against a sandbox that fails and answers oddly: the CRM holds what was asked for, and no more.
[group('stages of CI')]
soak MINUTES="0.4":
    python3 -B benches/drive/soak.py {{ binary }} --minutes {{ MINUTES }}

# Several processes with one store, which are killed while the store is stopped: one contact for each person.
[group('stages of CI')]
fleet ROUNDS="10":
    python3 -B benches/drive/fleet.py {{ binary }} --rounds {{ ROUNDS }} --calm

# Shows the tour by the shipped program: README's first command.
[group('stages of CI')]
demo-release:
    cargo run --locked --release -- demo

# Drives the program over stdio with other MCP clients: the Python and TypeScript SDKs, fastmcp, the Inspector.
[group('stages of CI')]
clients:
    tests/clients/run.sh {{ binary }}

# Drives the program with the same clients over both HTTP transports, and through mcp-remote.
[group('stages of CI')]
http-clients:
    tests/clients/over_http.sh {{ binary }}

# Signs in at a certified authorization server with real OAuth clients, in each flow from the first 401 to a revoked token.
[group('stages of CI')]
connectors:
    tests/connectors/run.sh {{ binary }}

# Goes a newcomer's way, from the package to a contact in each host: needs what `packages` and `clients` leave behind.
[group('stages of CI')]
newcomer:
    tests/newcomer.sh

# Runs the official conformance suite on the program, and on the suite's own fixtures.
[group('stages of CI')]
conformance:
    cargo build --locked --example conformance
    tests/conformance/run.sh {{ binary }} target/debug/examples/conformance
