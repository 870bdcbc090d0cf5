"""The archive of a release: complete, reproducible, with a bill of materials that is valid."""

import json
import os
import re
import subprocess
import tarfile

from conftest import BINARY, run
from harness import ROOT


def test_the_archive_has_what_an_installation_needs(archive, tmp_path, version):
    file = next(archive.glob("*.tar.gz"))
    with tarfile.open(file) as tar:
        names = tar.getnames()
        assert names == sorted(names)
        assert {(member.uid, member.gid) for member in tar} == {(0, 0)}
        assert len({member.mtime for member in tar}) == 1
        tar.extractall(tmp_path, filter="data")
    top = tmp_path / file.name.removesuffix(".tar.gz")
    for name in ("README.md", "LICENSE", "THIRD-PARTY-LICENSES.txt", "etc/boardcast.yaml", "systemd/boardcast.service",
                 "systemd/sysusers.conf", "systemd/tmpfiles.conf", "completions/boardcast.bash", "completions/_boardcast",
                 "completions/boardcast.fish", "man/man1/boardcast.1", "Docs/README.md"):
        assert (top / name).stat().st_size > 0, name
    assert run(top / "bin/boardcast", "--version").split()[0] == version
    assert "no symbols" in subprocess.run(["nm", str(top / "bin/boardcast")], capture_output=True, text=True).stderr
    assert "libswift" not in run("ldd", top / "bin/boardcast")


def test_the_same_sources_make_the_same_bytes(archive, tmp_path):
    run(ROOT / "Deploy/package/dist.sh", BINARY, env={"OUT": str(tmp_path)})
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in archive.iterdir()}
    for path in archive.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_the_checksums_are_those_of_the_files(archive):
    checked = run("sha256sum", "-c", "SHA256SUMS", cwd=archive)
    assert len(checked.splitlines()) == len(list(archive.iterdir())) - 1


def test_the_bill_of_materials_is_valid_and_names_what_is_inside(archive):
    file = next(archive.glob("*.spdx.json"))
    run(ROOT / ".venv/bin/pyspdxtools", "-i", file, env={"PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"})
    parts = {part["name"]: part for part in json.loads(file.read_text())["packages"]}
    assert {"boardcast", "swift", "swift-nio", "hummingbird", "GRDB.swift", "Yams"} <= parts.keys()
    assert "jwt-kit" not in parts, "only tests use it"
    pins = {pin["identity"]: pin["state"]["version"] for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    for name, part in parts.items():
        assert re.fullmatch(r"(MIT|Apache-2.0)( WITH Swift-exception)?", part["licenseConcluded"]), name
        assert part["versionInfo"] == pins.get(name.lower(), part["versionInfo"])
