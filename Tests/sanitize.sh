#!/usr/bin/env bash
# The whole suite, Swift's tests and end to end, under a sanitizer:  sanitize.sh thread|address
# A report of the sanitizer fails it, whichever process made it.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?thread or address}
build=.build-$kind
reports=$PWD/$build/reports
swift build --build-tests --sanitize="$kind" --scratch-path "$build" -j "${JOBS:-2}"
rm -rf "$reports" && mkdir -p "$reports"
# Swift's runtime keeps its metadata until the process ends: no leaks are looked for. What runs slower waits longer.
export TSAN_OPTIONS="log_path=$reports/report"
export ASAN_OPTIONS="log_path=$reports/report detect_leaks=0"
export PYTHON=$PWD/.venv/bin/python
failed=0
swift test --skip-build --sanitize="$kind" --scratch-path "$build" || failed=1
BOARDCAST_BIN=$build/debug/boardcast BOARDCAST_TEST_DEADLINE=300 "$PYTHON" -m pytest Tests/EndToEnd -q -n 3 --dist loadfile || failed=1
if compgen -G "$reports/*" > /dev/null; then
  cat "$reports"/* >&2
  failed=1
fi
[ $failed -eq 0 ] && echo "clean under the $kind sanitizer"
exit $failed
