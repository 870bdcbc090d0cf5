#!/bin/bash
# Runs the release build in the foreground on a database of its own, for the load tests. End it with TERM.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${TMPDIR:-/tmp}/boardcast-load
rm -rf "$data"
mkdir -p "$data"
export BOARDCAST_AUTH_SECRET=a-secret-for-load-tests-0123456789
# One token stands for every client of a run.
export BOARDCAST_LIMITS_CONNECTIONS_PER_USER=100000 BOARDCAST_LIMITS_CONNECTIONS_PER_TENANT=100000
export BOARDCAST_LIMITS_WRITES_PER_SECOND=1000000 BOARDCAST_LIMITS_WRITE_BURST=1000000
export BOARDCAST_LOG_LEVEL=warning
exec "${BOARDCAST_BIN:-$here/../../.build/release/boardcast}" serve --port 7390 --database "sqlite:$data/load.sqlite"
