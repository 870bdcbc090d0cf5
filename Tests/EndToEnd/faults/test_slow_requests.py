"""Requests that trickle, and connections that are kept without a word: they hold up nobody."""

import select
import time

from scale import most
from wire import Wire

#: How long a request's head may take is for the server to say; somewhat longer than any would allow.
HEAD_LIMIT = 20
BODY_LIMIT = 45


class Trickle:
    """A connection that sends a byte now and then, for ever."""

    def __init__(self, server, what, begin, allowed):
        self.what, self.allowed, self.wire = what, allowed, Wire(server)
        self.wire.send(begin)
        self.began, self.ended = time.monotonic(), None

    def step(self):
        """Sends a byte, unless the server has had enough."""
        try:
            readable, _, _ = select.select([self.wire.socket], [], [], 0)
            if readable and not self.wire.socket.recv(65536):
                self.ended = time.monotonic() - self.began
            elif self.what != "silent":
                self.wire.send(b"a")
        except OSError:
            self.ended = time.monotonic() - self.began
        assert self.ended or time.monotonic() - self.began < self.allowed, f"{self.what}: still open"


def test_slow_requests_are_cut_off_and_hold_up_nobody(team):
    """Heads and bodies that trickle, so that a limit on silence alone would never end them."""
    server = team.server
    head = b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX-Slow: "
    body = b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % team.token().encode()
    body += b'Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"name":"'
    trickles = [
        Trickle(server, "a request line", b"GET /api/tasks?q=", HEAD_LIMIT),
        Trickle(server, "a head", head, HEAD_LIMIT),
        Trickle(server, "a stream's head", head.replace(b"/api/tasks", b"/sse/connect"), HEAD_LIMIT),
        Trickle(server, "a second head", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + head, HEAD_LIMIT),
        Trickle(server, "a body", body, BODY_LIMIT),
    ]
    api = team.api("ann")
    stream = team.stream("ben")
    while any(trickle.ended is None for trickle in trickles):
        for trickle in trickles:
            if trickle.ended is None:
                trickle.step()
        api.create_task("meanwhile")
        stream.wait_for_seq(api.last_seq)
        # The pace of the trickle, not a wait for anything.
        time.sleep(0.25)
    for trickle in trickles:
        most(**{f"{trickle.what} cut off after seconds": trickle.ended})
        trickle.wire.close()
    assert {task["name"] for task in api.tasks()} == {"meanwhile"}


def test_idle_kept_connections_hold_up_nobody_and_still_serve(team):
    wires = [Wire(team.server) for _ in range(100)]
    for wire in wires:
        wire.request("GET", "/healthz")
    for wire in wires:
        assert wire.response().status == 200
    api, stream = team.api("ann"), team.stream("ben")
    for i in range(10):
        api.create_task(f"task {i}")
    stream.wait_for_seq(api.last_seq)
    before = team.server.cpu_seconds()
    for wire in wires:
        wire.request("GET", "/healthz")
        assert wire.response().status == 200
        wire.close()
    assert team.server.cpu_seconds() - before < 5
