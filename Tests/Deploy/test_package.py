"""The Debian package: what lintian says, and its life in a Debian from the installation to the purge."""

import json
import stat
import urllib.request

from conftest import run


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def call(url, path, token=None, body=None):
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=60) as answer:
        return json.load(answer)


def test_lintian_has_nothing_to_say(package):
    run("lintian", "--allow-root", "--fail-on", "error,warning", package())


def test_the_same_sources_make_the_same_package(package):
    assert package().read_bytes() == package(again=True).read_bytes()


def test_the_package_names_the_libraries_of_the_binary(package):
    depends = run("dpkg-deb", "--field", package(), "Depends")
    for library in ("libc6", "libssl3", "libsqlite3-0", "zlib1g"):
        assert library in depends


def test_life_of_a_package_from_installation_to_purge(debian, package, version):
    debian.install(package())
    assert debian.run("boardcast", "--version").split()[0] == version
    secret = debian.path("/etc/boardcast/secrets/auth.secret")
    assert mode(secret) == 0o640 and len(secret.read_bytes()) >= 32
    assert debian.run("stat", "-c", "%U:%G", "/etc/boardcast/secrets/auth.secret", "/etc/boardcast/boardcast.yaml",
                      "/var/lib/boardcast").split() == ["root:boardcast", "root:boardcast", "boardcast:boardcast"]
    assert mode(debian.path("/etc/boardcast")) == 0o750 and mode(debian.path("/var/lib/boardcast")) == 0o700
    enabled = debian.path("/etc/systemd/system/multi-user.target.wants/boardcast.service")
    assert enabled.is_symlink()

    def token():
        return debian.run("boardcast", "token", "mint", "--key-file", "/etc/boardcast/secrets/auth.secret",
                          "--sub", "ann", "--tenant", "acme", "--role", "admin").strip()

    url = debian.serve()
    assert call(url, "/healthz") == {"status": "ok"}
    assert call(url, "/api/tasks", token(), {"name": "Kept"})["seq"] == 1
    debian.stop()
    assert debian.path("/var/lib/boardcast/boardcast.sqlite").exists()

    settings = debian.path("/etc/boardcast/boardcast.yaml")
    settings.write_text(settings.read_text().replace("level: info", "level: notice"))
    before = secret.read_bytes()
    debian.install(package(f"{version}+next"))
    assert "level: notice" in settings.read_text()
    assert secret.read_bytes() == before
    url = debian.serve()
    assert call(url, "/api/tasks", token())["items"][0]["name"] == "Kept"
    debian.stop()

    debian.run("dpkg", "--remove", "boardcast")
    assert not debian.path("/usr/bin/boardcast").exists()
    assert settings.exists() and secret.exists()

    said = debian.run("dpkg", "--purge", "boardcast")
    assert not debian.path("/etc/boardcast").exists() and not enabled.is_symlink()
    assert debian.path("/var/lib/boardcast/boardcast.sqlite").exists()
    assert "rm -r /var/lib/boardcast" in said


def test_a_key_that_an_admin_removed_is_not_made_again(debian, package, version):
    debian.install(package())
    secret = debian.path("/etc/boardcast/secrets/auth.secret")
    secret.unlink()
    debian.install(package(f"{version}+next"))
    assert not secret.exists()
