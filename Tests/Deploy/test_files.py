"""The unit, the image's recipe, the scripts and the manual pages, by those who know such files best."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import BINARY, run
from harness import ROOT


@pytest.fixture
def unit(package, tmp_path):
    """The unit as the package installs it, with programs that there are on this machine."""
    run("dpkg-deb", "--extract", package(), tmp_path / "tree")
    text = (tmp_path / "tree/usr/lib/systemd/system/boardcast.service").read_text()
    assert "/usr/local" not in text
    path = tmp_path / "boardcast.service"
    path.write_text(text.replace("/usr/bin/boardcast", str(BINARY)))
    return path


def test_systemd_finds_no_fault_with_the_unit(unit):
    # As an account that this machine has: that of the unit is made by the package.
    unit.write_text(re.sub(r"^(User|Group)=boardcast$", r"\1=root", unit.read_text(), flags=re.M))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in checked.stderr.splitlines() if "boardcast" in line]
    assert checked.returncode == 0 and not ours, checked.stderr


def test_the_exposure_is_the_one_that_is_documented(unit):
    documented = re.search(r"exposure of (\d+\.\d)", (ROOT / "Docs/OPERATE.md").read_text())[1]
    report = run("systemd-analyze", "security", "--offline=true", f"--threshold={round(float(documented) * 10)}", unit)
    assert re.search(r"Overall exposure level for \S+: (\d+\.\d)", report)[1] == documented


def test_hadolint_finds_no_fault_with_the_dockerfile():
    run(ROOT / ".venv/bin/hadolint", "--ignore", "DL3008", ROOT / "Deploy/Dockerfile")


def test_shellcheck_finds_no_fault_with_the_scripts():
    scripts = [ROOT / "Deploy/install-dependencies.sh", *sorted((ROOT / "Deploy/package").glob("*.sh")),
               *(ROOT / "Deploy/package/debian" / name for name in ("postinst", "prerm", "postrm"))]
    run("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *scripts)


def test_every_command_has_a_manual_page_without_a_fault(package, tmp_path):
    run("dpkg-deb", "--extract", package(), tmp_path)
    pages = sorted((tmp_path / "usr/share/man/man1").glob("*.1.gz"))
    names = {page.name.removesuffix(".1.gz") for page in pages}
    listed = re.findall(r"^  ([a-z]+) +\S", run(BINARY, "--help").partition("SUBCOMMANDS:")[2], re.M)
    assert listed and {"boardcast", *(f"boardcast-{name}" for name in listed)} <= names
    assert {"boardcast-token-mint", "boardcast-job-run"} <= names
    for page in pages:
        text = subprocess.run(["gzip", "-dc", str(page)], capture_output=True, check=True).stdout
        plain = tmp_path / page.stem
        plain.write_bytes(text)
        assert run("mandoc", "-T", "lint", "-W", "warning", plain) == ""
        groff = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", str(plain)], capture_output=True, text=True,
                               check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        assert groff.stderr == ""
    assert "--since" in Path(tmp_path / "boardcast-tail.1").read_text().replace("\\-", "-")
