# shellcheck shell=bash disable=SC2034
# What deb.sh and dist.sh share. Sourced; the binary is $binary.
set -euo pipefail
export LC_ALL=C TZ=UTC
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=${1:-$root/.build/release/boardcast}
out=${OUT:-$root/.build/dist}
# The same sources make the same files: their times are the commit's.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2> /dev/null || date -r "$root/Package.swift" +%s)}
export SOURCE_DATE_EPOCH
day=$(date -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)
version=$("$binary" --version | cut -d ' ' -f 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

man_pages() { # directory
  mkdir -p "$1"
  "$binary" --experimental-dump-help | python3 "$root/Deploy/package/man_pages.py" "$version" "$day" "$1"
}

completions() { # file of bash, of zsh, of fish
  for file in "$@"; do mkdir -p "$(dirname "$file")"; done
  "$binary" completions bash | sed '1{/^#!/d}' > "$1"
  "$binary" completions zsh > "$2"
  "$binary" completions fish > "$3"
}

# The settings as they are installed: the database has a path that does not depend on where a command is started.
settings() { # file
  mkdir -p "$(dirname "$1")"
  sed 's|^  url: sqlite:boardcast.sqlite$|  url: sqlite:/var/lib/boardcast/boardcast.sqlite|' "$root/Config/boardcast.yaml" > "$1"
  grep -q 'url: sqlite:/var/lib/boardcast/boardcast.sqlite' "$1"
}

same_times() { # directory
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}
