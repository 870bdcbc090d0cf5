"""What is tried: the release binary, its package, its archive, and a Debian to install them in."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from debian import Debian
from harness import ROOT

#: The binary of `make release`, with what the linker left beside it.
BINARY = Path(os.environ.get("BOARDCAST_BIN") or ROOT / ".build/release/boardcast").resolve()


def run(*command, env=None, **options):
    """Runs a command that has to succeed, and returns what it printed."""
    done = subprocess.run(
        list(map(str, command)), env={**os.environ, **(env or {})}, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def version():
    return run(BINARY, "--version").split()[0]


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """Makes the package, of another version if one is named; `again` makes one that was made before."""
    made = {}

    def make(version="", again=False):
        if again or version not in made:
            out = tmp_path_factory.mktemp("deb")
            run(ROOT / "Deploy/package/deb.sh", BINARY, env={"OUT": str(out), "DEB_VERSION": version})
            made[version] = next(out.glob("*.deb"))
        return made[version]

    return make


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The folder with the archive and what belongs to it."""
    out = tmp_path_factory.mktemp("dist")
    run(ROOT / "Deploy/package/dist.sh", BINARY, env={"OUT": str(out)})
    return out


@pytest.fixture(scope="session")
def _bare_debian():
    """A Debian as small as it gets, with the libraries that the package names; made once and kept."""
    kept = ROOT / ".build/debian"
    if not (kept / "complete").exists():
        shutil.rmtree(kept, ignore_errors=True)
        lists = "\n".join(path.read_text() for path in Path("/etc/apt").rglob("*") if path.suffix in (".list", ".sources"))
        mirror = re.search(r"https?://\S+?/debian/?(?=\s)", lists)
        run("debootstrap", "--variant=minbase", "--include=libssl3,libsqlite3-0,zlib1g,libstdc++6,ca-certificates",
            "bookworm", kept, mirror[0] if mirror else "http://deb.debian.org/debian")
        (kept / "complete").touch()
    return kept


@pytest.fixture
def debian(_bare_debian, tmp_path):
    """A copy of it, to be changed."""
    run("cp", "-a", "--reflink=auto", _bare_debian, tmp_path / "root")
    debian = Debian(tmp_path / "root")
    yield debian
    debian.close()
