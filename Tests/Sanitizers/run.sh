#!/usr/bin/env bash
# The whole suite, Swift's tests and end to end, under a sanitizer:  run.sh thread|address
# A report of the sanitizer fails it, whichever process made it.
set -euo pipefail
cd "$(dirname "$0")/../.."
case ${1-} in
  thread) kind=thread fault=race ;;
  address) kind=address fault=overrun ;;
  *) echo "usage: $0 thread|address" >&2; exit 2 ;;
esac
build=$PWD/.build-$kind
reports=$build/reports
fresh() { rm -rf "$reports" && mkdir -p "$reports"; }
silent() { ! compgen -G "$reports/*" > /dev/null; }
# The linker has 120 such lines to say of each program.
terse() { "$@" 2> >(grep -v "Cannot export local symbol" >&2); }

# Swift's runtime keeps its metadata until the process ends: no leaks are looked for. What runs slower waits longer, and
# what keeps shadows of memory has more of it.
export TSAN_OPTIONS="log_path=$reports/report suppressions=$PWD/Tests/Sanitizers/thread.supp"
export ASAN_OPTIONS="log_path=$reports/report detect_leaks=0 quarantine_size_mb=16"
export BOARDCAST_TEST_DEADLINE=300 BOARDCAST_TEST_MEBIBYTES=240 BOARDCAST_TEST_TENANTS_MEBIBYTES=1000
export PYTHON=$PWD/.venv/bin/python
mkdir -p "$build"
clang -O2 -fPIC -c Tests/Sanitizers/mutex.c -o "$build/mutex.o"

# First, whether a fault would be heard of, and no other would.
terse swiftc -sanitize="$kind" Tests/Sanitizers/control.swift -Xlinker "$build/mutex.o" -o "$build/control"
fresh
"$build/control" guarded
silent || { echo "the sanitizer takes a lock for none" >&2; cat "$reports"/* >&2; exit 1; }
"$build/control" "$fault" > /dev/null || true
if silent; then echo "the sanitizer did not see a fault that was made" >&2; exit 1; fi

fresh
terse swift build --build-tests --sanitize="$kind" --scratch-path "$build" -Xlinker "$build/mutex.o" -j "${JOBS:-2}"
failed=0
stdbuf -oL swift test --skip-build --sanitize="$kind" --scratch-path "$build" -Xlinker "$build/mutex.o" || failed=1
BOARDCAST_BIN=$build/debug/boardcast "$PYTHON" -m pytest Tests/EndToEnd -q -n 3 --dist loadfile -o faulthandler_timeout=1200 || failed=1
silent || { cat "$reports"/* >&2; failed=1; }
[ $failed -eq 0 ] && echo "clean under the $kind sanitizer"
exit $failed
