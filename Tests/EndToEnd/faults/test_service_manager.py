"""What systemd and Docker hear of the server, and the files that say how they are to run it."""

import ast
import re
import signal
import subprocess
import time

import pytest

from harness import ROOT
from notifications import Notifications
from waiting import DEADLINE, eventually


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_it_says_when_it_is_ready_reads_anew_and_goes_down(start_server, tmp_path, kind):
    notifications = Notifications(tmp_path if kind == "path" else None)
    server = start_server(notifications.environment)
    assert notifications.next() == {"READY": "1"}
    server.process.send_signal(signal.SIGHUP)
    before = time.clock_gettime(time.CLOCK_MONOTONIC)
    reloading = notifications.next()
    assert reloading.pop("RELOADING") == "1"
    assert abs(int(reloading.pop("MONOTONIC_USEC")) / 1e6 - before) < DEADLINE and not reloading
    assert notifications.next() == {"READY": "1"}
    server.terminate()
    assert notifications.next() == {"STOPPING": "1"}
    assert server.process.wait(DEADLINE) == 0
    notifications.close()


def test_a_reload_that_fails_ends_ready_too(start_server, tmp_path):
    config = tmp_path / "boardcast.yaml"
    config.write_text("log:\n  level: info\n")
    notifications = Notifications()
    server = start_server(notifications.environment, args=["--config", str(config)])
    assert notifications.next() == {"READY": "1"}
    config.write_text("log:\n  level: shouting\n")
    server.process.send_signal(signal.SIGHUP)
    assert "RELOADING" in notifications.next()
    assert notifications.next() == {"READY": "1"}
    eventually(lambda: "the settings stay as they were" in server.log(), "it says so")
    notifications.close()


def test_nobody_listens_and_nothing_happens(start_server, tmp_path):
    for name in [str(tmp_path / "gone"), "@" + "x" * 300, "vsock:2:1", ""]:
        server = start_server({"NOTIFY_SOCKET": name})
        server.stop()


def test_the_image_finds_out_whether_the_server_is_well(start_server):
    """The very command of the Dockerfile."""
    dockerfile = (ROOT / "Deploy/Dockerfile").read_text()
    # A list of JSON strings, in which a backslash is written twice.
    command = ast.literal_eval(re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", dockerfile, re.S)[1])

    def is_well(port):
        check = [part.replace("8788", str(port)) for part in command]
        return subprocess.run(check, timeout=DEADLINE, capture_output=True).returncode == 0

    server = start_server()
    assert is_well(server.port)
    server.stop()
    assert not is_well(server.port)
    assert re.search(r"^USER \d+$", dockerfile, re.M), "runAsNonRoot refuses a name"


def test_the_unit_reloads_and_does_not_start_in_circles():
    unit = (ROOT / "Deploy/boardcast.service").read_text()
    lines = set(unit.splitlines())
    assert {
        "Type=notify", "ExecReload=kill -HUP $MAINPID", "RestartPreventExitStatus=2", "UMask=0077",
        "CapabilityBoundingSet=", "ProtectClock=yes",
    } <= lines
    assert "LoadCredential" not in unit, "a credential stays as it was at the start"
