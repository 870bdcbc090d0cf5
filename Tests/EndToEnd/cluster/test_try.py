"""`make cluster`, as somebody would try it: three gateways on one PostgreSQL behind haproxy, by one command."""

import os
import re
import signal
import socket
import subprocess

import httpx
import pytest

from harness import ROOT, binary, clean_environment
from rest import Api, ok
from sse import Stream
from waiting import DEADLINE, eventually


def free_ports(count):
    """The first of so many ports in a row that nobody has."""
    for first in range(21_000, 30_000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no ports are free")


@pytest.fixture
def cluster(tmp_path):
    port = free_ports(4)
    process = subprocess.Popen(
        [ROOT / "Deploy" / "cluster" / "run.sh", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=clean_environment({"BOARDCAST_BIN": str(binary()), "CLUSTER_FOLDER": str(tmp_path / "cluster")}),
        start_new_session=True)
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    text = "".join(said)
    assert "Ctrl-C" in text, text + "".join(path.read_text() for path in (tmp_path / "cluster").glob("*.log"))
    yield process, port, text
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)
    process.stdout.close()


def test_three_gateways_are_one_and_end_as_one(cluster, tmp_path):
    process, port, said = cluster
    url, token = re.search(r"(http://127\.0\.0\.1:\d+)/#token=(\S+)", said).groups()
    assert httpx.get(url).text.startswith("<!doctype html>")
    # What is written by the balancer is heard on each of them.
    streams = [Stream(f"http://127.0.0.1:{port + node}/sse/connect", token) for node in (1, 2, 3)]
    task = ok(Api(url, token).post("/api/tasks", {"name": "Tried"})).json()["task"]["id"]
    for stream in streams:
        assert stream.wait_for_type("task.created").data["taskId"] == task
    # One is killed, as it says how; the balancer goes on with the others.
    os.kill(int(re.search(r"kill -9 (\d+)", said)[1]), signal.SIGKILL)
    eventually(lambda: all(ok(Api(url, token).get(f"/api/tasks/{task}")) for _ in range(6)), "the others answer")
    for stream in streams:
        stream.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 130
    assert (tmp_path / "cluster" / "postgresql" / "PG_VERSION").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
