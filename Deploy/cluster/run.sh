#!/usr/bin/env bash
# Three gateways on one PostgreSQL behind haproxy, as processes of this machine, to try:  run.sh [PORT]   (make cluster)
# The balancer listens on PORT (8788), the gateways on the three ports above it. Everything is kept in .build/cluster;
# Ctrl-C ends it, and removing that folder begins anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
port=${1:-8788}
boardcast=${BOARDCAST_BIN:-$PWD/.build/release/boardcast}
folder=${CLUSTER_FOLDER:-$PWD/.build/cluster}
postgres=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -1)
fail() { echo "cluster: $*" >&2; exit 2; }
[ -x "$boardcast" ] || fail "$boardcast is not there: make release"
[ -n "$postgres" ] || fail 'PostgreSQL is not installed: Deploy/install-dependencies.sh cluster'
command -v haproxy > /dev/null || fail 'haproxy is not installed: Deploy/install-dependencies.sh cluster'

mkdir -p "$folder"
as=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL does not run as root.
  id postgres > /dev/null 2>&1 || fail 'there is no user postgres, and PostgreSQL does not run as root'
  as=(setpriv --reuid postgres --regid postgres --clear-groups --)
  # Its folder has to be where that user may go.
  database=$(mktemp -d /tmp/boardcast-cluster.XXXXXX)
  kept=$folder/postgresql
  [ ! -d "$kept" ] || mv "$kept" "$database/data"
  chown -R postgres:postgres "$database"
else
  database=$folder
  [ ! -d "$folder/postgresql" ] || mv "$folder/postgresql" "$folder/data"
fi

started=()
end() {
  trap - EXIT INT TERM
  echo 'ending' >&2
  # The balancer first, then the gateways at once, and the database when they have gone.
  for process in "${started[@]}"; do kill -TERM "$process" 2> /dev/null || true; done
  for process in "${started[@]}"; do wait "$process" 2> /dev/null || true; done
  (cd "$database" && "${as[@]}" "$postgres/pg_ctl" -D "$database/data" -m fast -s stop) > /dev/null 2>&1 || true
  if [ -d "$database/data" ]; then mv "$database/data" "$folder/postgresql"; fi
  [ "$database" = "$folder" ] || rm -rf "$database"
}
trap 'exit 130' INT
trap 'exit 143' TERM
trap end EXIT

within() { # seconds, what is awaited, command → 0 once the command succeeds
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null; do
    [ $SECONDS -lt $until ] || fail "$what did not come; the logs are in $folder"
    sleep 0.2
  done
}

if [ ! -d "$database/data" ]; then
  (cd "$database" && "${as[@]}" "$postgres/initdb" -D "$database/data" -U boardcast -A trust -E UTF8 --locale=C.UTF-8 > /dev/null)
fi
(cd "$database" && exec "${as[@]}" "$postgres/pg_ctl" -D "$database/data" -s -w -l "$database/log" \
  -o "-k '$database' -c listen_addresses= -c max_connections=100" start)
within 30 'the database' "$postgres/pg_isready" -q -h "$database"
"$postgres/psql" -h "$database" -U boardcast -d postgres -Atqc "SELECT 1 FROM pg_database WHERE datname = 'boardcast'" \
  | grep -q 1 || "$postgres/psql" -h "$database" -U boardcast -d postgres -qc 'CREATE DATABASE boardcast'

[ -f "$folder/secret" ] || (umask 077; openssl rand -hex 32 > "$folder/secret")
export BOARDCAST_AUTH_SECRET_FILE=$folder/secret BOARDCAST_HTTP_TRUSTED_PROXIES=127.0.0.1
for node in 1 2 3; do
  BOARDCAST_CLUSTER_NODE_NAME=node-$node BOARDCAST_LOG_LEVEL=${BOARDCAST_LOG_LEVEL:-notice} setsid "$boardcast" serve \
    --port $((port + node)) --database "postgres://boardcast@/boardcast?host=${database//\//%2F}" \
    > "$folder/node-$node.log" 2>&1 &
  started+=($!)
done
for node in 1 2 3; do
  ready() {
    kill -0 "${started[node - 1]}" || fail "node-$node has ended: $(tail -n 1 "$folder/node-$node.log")"
    curl -fs "http://127.0.0.1:$((port + node))/readyz"
  }
  within 60 "node-$node" ready
done
PORT=$port NODE1=$((port + 1)) NODE2=$((port + 2)) NODE3=$((port + 3)) \
  setsid haproxy -db -q -f Deploy/cluster/haproxy.cfg > "$folder/haproxy.log" 2>&1 &
started=($! "${started[@]}")
within 20 'the balancer' curl -fs "http://127.0.0.1:$port/readyz"

token=$("$boardcast" token mint --sub dev --tenant demo --role admin --ttl 24h)
if ! curl -fs "http://127.0.0.1:$port/api/tasks?limit=1" -H "Authorization: Bearer $token" | grep -q '"id"'; then
  BOARDCAST_TOKEN=$token "$boardcast" import Docs/examples/tasks.csv --url "http://127.0.0.1:$port" --board main > /dev/null 2>&1 || true
fi
cat << TEXT
Three gateways on one PostgreSQL, behind haproxy. Open:
  http://127.0.0.1:$port/#token=$token
One of them by itself: ports $((port + 1)), $((port + 2)) and $((port + 3)). End one, and its streams go on at the others:
  kill -9 ${started[1]}
Logs: $folder/*.log. Ctrl-C ends all of it.
TEXT
wait -n "${started[0]}" || fail "the balancer has ended; its log is $folder/haproxy.log"
