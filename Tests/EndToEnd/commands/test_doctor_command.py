"""`boardcast doctor`: what a client would meet between itself and the server, and what to change."""

import json
import socket
import subprocess
import threading

import pytest

from harness import binary, clean_environment, run_command
from waiting import DEADLINE

QUICK = {"BOARDCAST_SSE_HEARTBEAT_SECONDS": "1"}


def examine(url, token, *flags):
    done = run_command("doctor", url, "--json", *flags, env={"BOARDCAST_TOKEN": token})
    body = json.loads(done.stdout)
    assert body["ok"] == (done.returncode == 0)
    return done, {finding["subject"]: (finding["level"], finding["text"]) for finding in body["findings"]}


@pytest.fixture
def quick(start_server, make_team):
    return make_team(start_server(QUICK))


def test_a_server_that_works_is_exit_0(quick):
    done, found = examine(quick.server.url, quick.token("ann"), "--write")
    assert done.returncode == 0, done.stdout
    assert found.keys() == {
        "reachable", "clock", "token", "stream", "heartbeat", "resume", "Last-Event-ID", "long poll", "WebSocket", "write"}
    assert {level for level, _ in found.values()} == {"ok"}
    assert "role member" in found["token"][1] and quick.tenant in found["token"][1]
    assert quick.api().tasks() == [], "its task is deleted"


def test_a_canary_ends_when_something_fails(quick, tmp_path):
    figures = tmp_path / "doctor.prom"
    canary = subprocess.Popen(
        [str(binary()), "doctor", quick.server.url, "--json", "--watch", "1", "--metrics", str(figures)],
        env=clean_environment({"BOARDCAST_TOKEN": quick.token("ann")}), stdout=subprocess.PIPE, text=True)
    assert all(json.loads(canary.stdout.readline())["ok"] for _ in range(2))
    assert "boardcast_doctor_up 1\n" in figures.read_text()
    assert 'boardcast_doctor_ok{subject="last_event_id"} 1\n' in figures.read_text()
    quick.server.kill()
    rest = canary.communicate(timeout=DEADLINE)[0]
    assert canary.returncode == 7 and not json.loads(rest.splitlines()[-1])["ok"]
    assert "boardcast_doctor_up 0\n" in figures.read_text()


def test_nothing_is_written_unasked(quick):
    head = quick.api().head()
    done = run_command("doctor", quick.server.url, env={"BOARDCAST_TOKEN": quick.token("ann")})
    assert done.returncode == 0 and done.stderr == "", done.stdout
    assert all(line.startswith("✓ ") for line in done.stdout.splitlines())
    assert quick.api().head() == head


def test_a_token_that_is_refused_is_exit_3(team):
    done, found = examine(team.server.url, "rubbish")
    assert done.returncode == 3 and "Authorization" in found["token"][1]


def test_a_viewer_cannot_write_and_hears_so(quick):
    done, found = examine(quick.server.url, quick.token("vera", role="viewer"), "--write")
    assert done.returncode == 7 and found["write"][0] == "failure"
    assert found["stream"][0] == "ok"


def test_nobody_there_is_exit_7(team):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done, found = examine(f"http://127.0.0.1:{closed.getsockname()[1]}", team.token("ann"))
    assert done.returncode == 7 and found["reachable"][0] == "failure"


class Proxy:
    """Passes bytes on; drops the header `Last-Event-ID`, or holds back what follows the head of a stream."""

    def __init__(self, port, drops=False, holds=False):
        self.port, self.drops, self.holds = port, drops, holds
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client, server):
        while data := self._read(client):
            if self.drops:
                lines = [line for line in data.split(b"\r\n") if not line.lower().startswith(b"last-event-id:")]
                data = b"\r\n".join(lines)
            server.sendall(data)
        self._end(server)

    def _down(self, server, client):
        held = False
        while data := self._read(server):
            if held:
                continue
            if self.holds and b"text/event-stream" in data:
                data, held = data[:data.index(b"\r\n\r\n") + 4], True
            client.sendall(data)
        self._end(client)

    @staticmethod
    def _read(end):
        try:
            return end.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


@pytest.mark.parametrize("fault, subject, words", [
    ({"drops": True}, "Last-Event-ID", "does not arrive"), ({"holds": True}, "stream", "proxy_buffering off"),
])
def test_a_proxy_in_the_way_is_named_with_what_to_change(quick, fault, subject, words):
    proxy = Proxy(quick.server.port, **fault)
    try:
        done, found = examine(proxy.url, quick.token("ann"))
    finally:
        proxy.listener.close()
    assert done.returncode == 7 and found[subject][0] == "failure" and words in found[subject][1], found
