#!/usr/bin/env bash
# Makes a Debian package:  deb.sh [BINARY]  →  .build/dist/boardcast_VERSION_ARCH.deb
# DEBFULLNAME and DEBEMAIL name who answers for it. DEB_VERSION names another version than the binary's, for a build between two releases: 0.1.0+git20260131.
. "$(dirname "$0")/common.sh"
deb_version=${DEB_VERSION:-$version}
maintainer="${DEBFULLNAME:-Boardcast maintainers} <${DEBEMAIL:-boardcast@users.noreply.github.com}>"
architecture=$(dpkg --print-architecture)
tree=$work/tree
doc=$tree/usr/share/doc/boardcast

install -D -m 755 "$binary" "$tree/usr/bin/boardcast"
strip --strip-all --remove-section=.comment --remove-section=.note "$tree/usr/bin/boardcast"
mkdir -p "$tree/usr/lib/systemd/system"
sed -e 's|/usr/local/bin/|/usr/bin/|g' -e '/^# systemd unit/,/^# `systemctl reload/d' "$root/Deploy/boardcast.service" \
  > "$tree/usr/lib/systemd/system/boardcast.service"
install -D -m 644 "$root/Deploy/package/boardcast.sysusers" "$tree/usr/lib/sysusers.d/boardcast.conf"
install -D -m 644 "$root/Deploy/package/boardcast.tmpfiles" "$tree/usr/lib/tmpfiles.d/boardcast.conf"
settings "$tree/etc/boardcast/boardcast.yaml"
completions "$tree/usr/share/bash-completion/completions/boardcast" \
  "$tree/usr/share/zsh/vendor-completions/_boardcast" "$tree/usr/share/fish/vendor_completions.d/boardcast.fish"
man_pages "$tree/usr/share/man/man1"
gzip -9n "$tree"/usr/share/man/man1/*
mkdir -p "$doc"
cp "$root/README.md" "$doc/"
cp -r "$root/Docs" "$doc/Docs"
find "$doc" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
install -D -m 644 "$root/Deploy/package/debian/lintian-overrides" "$tree/usr/share/lintian/overrides/boardcast"
python3 "$root/Deploy/package/components.py" copyright "$binary" < "$root/Deploy/package/debian/copyright" > "$doc/copyright"
gzip -9n < "$root/CHANGELOG.md" > "$doc/changelog.gz"
{
  echo "boardcast ($deb_version) unstable; urgency=medium"
  echo
  echo "  * See changelog.gz."
  echo
  echo " -- $maintainer  $(date -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$doc/changelog.Debian.gz"

# Which libraries it needs, and from which version on, is what dpkg-shlibdeps finds in the binary.
mkdir -p "$work/shlibs/debian"
printf 'Source: boardcast\n\nPackage: boardcast\nArchitecture: any\n' > "$work/shlibs/debian/control"
libraries=$(cd "$work/shlibs" && dpkg-shlibdeps -O -e"$tree/usr/bin/boardcast" 2> /dev/null | sed 's/^shlibs:Depends=//')

mkdir -p "$tree/DEBIAN"
sed -e "s|@VERSION@|$deb_version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@MAINTAINER@|$maintainer|" -e "s|@LIBRARIES@|$libraries|" \
  -e "s|@SIZE@|$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)|" \
  "$root/Deploy/package/debian/control" > "$tree/DEBIAN/control"
echo /etc/boardcast/boardcast.yaml > "$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "$root/Deploy/package/debian/$script" "$tree/DEBIAN/"; done
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | sort | xargs -d '\n' md5sum > DEBIAN/md5sums)
chmod 644 "$tree/DEBIAN/md5sums" "$tree/DEBIAN/conffiles" "$tree/DEBIAN/control"
same_times "$tree"
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz -z3 --build "$tree" "$out/boardcast_${deb_version}_$architecture.deb"
