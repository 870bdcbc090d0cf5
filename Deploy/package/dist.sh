#!/usr/bin/env bash
# Makes a release's files:  dist.sh [BINARY]  →  .build/dist/boardcast-VERSION-linux-ARCH.tar.gz, its SBOM, SHA256SUMS
# The same sources, built by the same compiler, make the same bytes.
. "$(dirname "$0")/common.sh"
name=boardcast-$version-linux-$(uname -m)
tree=$work/$name

install -D -m 755 "$binary" "$tree/bin/boardcast"
strip --strip-all "$tree/bin/boardcast"
cp "$root/README.md" "$root/LICENSE" "$root/CHANGELOG.md" "$tree/"
cp -r "$root/Docs" "$tree/Docs"
settings "$tree/etc/boardcast.yaml"
install -D -m 644 "$root/Deploy/boardcast.service" "$tree/systemd/boardcast.service"
install -m 644 "$root/Deploy/package/boardcast.sysusers" "$tree/systemd/sysusers.conf"
install -m 644 "$root/Deploy/package/boardcast.tmpfiles" "$tree/systemd/tmpfiles.conf"
completions "$tree/completions/boardcast.bash" "$tree/completions/_boardcast" "$tree/completions/boardcast.fish"
man_pages "$tree/man/man1"
python3 "$root/Deploy/package/components.py" licenses "$binary" > "$tree/THIRD-PARTY-LICENSES.txt"
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -type f -not -path '*/bin/*' -exec chmod 644 {} +

mkdir -p "$out"
rm -f "$out/$name".* "$out/SHA256SUMS"
tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
  --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9n > "$out/$name.tar.gz"
python3 "$root/Deploy/package/components.py" sbom "$binary" "$out/$name.tar.gz" > "$out/$name.spdx.json"
(cd "$out" && sha256sum "$name.tar.gz" "$name.spdx.json" | tee SHA256SUMS)
