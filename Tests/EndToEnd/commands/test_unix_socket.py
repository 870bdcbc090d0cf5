"""`http.host: unix:PATH`: the gateway on a socket, behind a proxy on the same machine."""

import json
import os
import signal
import stat
import subprocess

import httpx
import pytest

from harness import binary, clean_environment
from tokens import SECRET, mint
from waiting import DEADLINE


class SocketServer:
    def __init__(self, directory, **env):
        self.directory, self.path = directory, directory / "board.sock"
        self.env = {"BOARDCAST_AUTH_SECRET": SECRET, "BOARDCAST_HTTP_HOST": f"unix:{self.path}", **env}
        self.process = None

    def start(self):
        log = open(self.directory / "server.log", "ab")
        self.process = subprocess.Popen(
            [str(binary()), "serve", "--database", f"sqlite:{self.directory / 'board.sqlite'}"],
            env=clean_environment(self.env), stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert line == f"listening on unix:{self.path}\n", (line, self.log())
        return self

    def log(self):
        return (self.directory / "server.log").read_text()

    def end(self, kind=signal.SIGTERM):
        self.process.send_signal(kind)
        return self.process.wait(DEADLINE)

    def curl(self, path, *options):
        done = subprocess.run(
            ["curl", "-sS", "--max-time", str(DEADLINE), "--unix-socket", str(self.path), *options, f"http://localhost{path}"],
            capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self):
        """Starts another process that is to refuse the path; returns its line."""
        done = subprocess.run(
            [str(binary()), "serve", "--database", "sqlite::memory:"], env=clean_environment(self.env),
            capture_output=True, text=True, timeout=DEADLINE)
        assert done.returncode == 2 and done.stdout == "", done.stderr
        return done.stderr


@pytest.fixture
def make(tmp_path):
    servers = []

    def make(**env):
        servers.append(SocketServer(tmp_path, **env))
        return servers[-1]

    yield make
    for server in servers:
        if server.process and server.process.poll() is None:
            server.process.kill()
            server.process.wait(DEADLINE)


AUTH = ["-H", f"Authorization: Bearer {mint(sub='ann', tenant='acme')}"]


def test_calls_and_streams_are_served(make):
    server = make().start()
    assert json.loads(server.curl("/readyz")) == {"status": "ready"}
    made = json.loads(server.curl("/api/tasks", *AUTH, "--json", '{"name":"by socket"}'))
    assert made["task"]["name"] == "by socket"
    stream = subprocess.Popen(
        ["curl", "-sSN", "--unix-socket", str(server.path), *AUTH, "http://localhost/sse/connect?since=0"],
        stdout=subprocess.PIPE, text=True)
    lines = (line for line in stream.stdout if line.startswith("data: "))
    assert json.loads(next(lines)[6:])["type"] == "connection.established"
    server.curl("/api/tasks", *AUTH, "--json", '{"name":"live"}')
    for line in lines:
        event = json.loads(line[6:])
        if event["type"] == "task.created" and event["task"]["name"] == "live":
            break
    assert server.end() == 0
    assert stream.wait(DEADLINE) == 0, "the stream ended in order"
    assert not server.path.exists(), "the socket is removed"


@pytest.mark.parametrize("mode", [None, "0600", "666"])
def test_its_mode_says_who_may_connect(make, mode):
    server = make(**({"BOARDCAST_HTTP_SOCKET_MODE": mode} if mode else {})).start()
    status = os.stat(server.path)
    assert stat.S_ISSOCK(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == int(mode or "0660", 8)


def test_a_socket_that_was_left_behind_is_replaced(make):
    server = make().start()
    server.end(signal.SIGKILL)
    assert server.path.exists()
    server.start()
    assert json.loads(server.curl("/readyz")) == {"status": "ready"}


def test_a_socket_that_is_in_use_is_left_alone(make):
    server = make().start()
    assert "another server listens there" in server.refused()
    assert json.loads(server.curl("/readyz")) == {"status": "ready"}


def test_what_is_no_socket_is_left_alone(make):
    server = make()
    server.path.write_text("precious")
    assert "is no socket" in server.refused()
    assert server.path.read_text() == "precious"


def test_its_peers_are_a_trusted_proxy(make):
    """Bad tokens count for the address that the proxy forwards, and not for all clients together."""
    server = make(BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND="1", BOARDCAST_LIMITS_AUTH_FAILURE_BURST="3").start()
    client = httpx.Client(transport=httpx.HTTPTransport(uds=str(server.path)), base_url="http://localhost")

    def codes(address, count):
        headers = {"Authorization": "Bearer no", **({"X-Forwarded-For": address} if address else {})}
        return [client.get("/api/tasks", headers=headers).status_code for _ in range(count)]

    assert codes("203.0.113.7", 5)[-1] == 429
    assert codes("203.0.113.8", 1) == [401]
    assert codes(None, 5)[-1] == 429, "without a forwarded address all are of this machine"


def test_a_server_for_trying_out_has_an_address_to_open(tmp_path):
    done = subprocess.run(
        [str(binary()), "serve", "--dev", "--host", f"unix:{tmp_path / 'x'}"], env=clean_environment(), cwd=tmp_path,
        capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 2 and "--dev" in done.stderr
