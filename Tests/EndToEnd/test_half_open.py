"""Peers that half-close, reset, trickle, or speak no HTTP; and a process without descriptors."""

import re
import select
import socket
import time

import pytest

from rest import Api, ok
from waiting import DEADLINE, eventually
from wire import Wire

RESET = b"\1\0\0\0\0\0\0\0"
#: How long a request's head may take is for the server to say; somewhat longer than any would allow.
HEAD_LIMIT = 20
BODY_LIMIT = 45


def reset(wire):
    """Closes with a reset: SO_LINGER with zero."""
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    wire.close()


def open_stream(server, token):
    wire = Wire(server)
    wire.request("GET", "/sse/connect", token)
    frames = wire.data_frames(wire.head())
    assert next(frames)["type"] == "connection.established"
    return wire, frames


# Half-closed and reset.


@pytest.mark.parametrize("calls", [1, 5])
def test_a_peer_that_has_said_all_is_answered_or_cut_off(team, calls):
    with Wire(team.server) as wire:
        for _ in range(calls):
            wire.request("GET", "/api/tasks", team.token())
        wire.socket.shutdown(socket.SHUT_WR)
        everything = wire._reader.read()
        assert everything.count(b"HTTP/1.1 200 ") in range(calls + 1)
        assert everything == b"" or everything.endswith(b"]}") or everything.endswith(b"}")


def test_a_body_that_is_half_closed_is_not_acted_on(team):
    for headers, body in (
        ([("Content-Length", "500")], b'{"name":"x"}'),
        ([("Transfer-Encoding", "chunked")], b'c\r\n{"name":"x"}\r\n'),
        ([("Transfer-Encoding", "chunked")], b'c\r\n{"name":"x"}\r\n0\r\n'),
    ):
        with Wire(team.server) as wire:
            wire.request("POST", "/api/tasks", team.token(), [("Content-Type", "application/json"), *headers])
            wire.send(body)
            wire.socket.shutdown(socket.SHUT_WR)
            answer = wire._reader.read()
            assert not answer or re.match(rb"HTTP/1\.1 [45]", answer), answer[:200]
    assert team.api("ann").tasks() == []


def test_half_closed_streams_all_leave(team):
    admin = team.admin()
    wires = [open_stream(team.server, team.token(f"user{i % 5}"))[0] for i in range(50)]
    assert admin.stats()["totalConnections"] == 50
    for wire in wires:
        wire.socket.shutdown(socket.SHUT_WR)
    eventually(lambda: admin.stats()["totalConnections"] == 0, "all half-closed streams left")
    for wire in wires:
        wire.close()


def test_resets_in_mid_stream_harm_nobody(team):
    admin = team.admin()
    watcher = team.stream("watcher")
    api = team.api("writer")
    api.create_task("before")
    assert admin.stats()["totalConnections"] == 1
    before = team.server.descriptors()
    for round in range(3):
        wires = [open_stream(team.server, team.token(f"user{i % 5}"))[0] for i in range(40)]
        for i, wire in enumerate(wires):
            if i % 4 == 0:
                api.create_task(f"round {round}", description="d" * 2000)
            reset(wire)
    watcher.wait_for_seq(api.last_seq)
    assert len(watcher.durable()) == 31
    eventually(lambda: admin.stats()["totalConnections"] == 1, "all reset streams left")
    eventually(lambda: team.server.descriptors() <= before + 2, "their descriptors are free")


def test_requests_that_are_reset_while_answered_harm_nobody(team):
    api = team.api("writer")
    for i in range(30):
        api.create_task(f"task {i}", description="d" * 4000)
    for _ in range(60):
        wire = Wire(team.server, receive_buffer=4096)
        for _ in range(4):
            wire.request("GET", "/api/tasks?limit=100", team.token())
        reset(wire)
    ok(api.get("/api/tasks"))


# What is no HTTP, or could be read in two ways (RFC 9112 §2.2, §3, §5, §6, §7, §11.2).

HEAD = b"Host: x\r\nAuthorization: Bearer TOKEN\r\n"
GET = b"GET /api/tasks HTTP/1.1\r\n" + HEAD
POST = b"POST /api/tasks HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
BODY = b'{"name":"x"}'
CHUNKS = b"c\r\n" + BODY + b"\r\n0\r\n\r\n"
LENGTH = b"Content-Length: 12\r\n"
CODING = b"Transfer-Encoding: chunked\r\n"


def line(text):
    return text + b"\r\n" + HEAD + b"\r\n"


def coding(value):
    return POST + b"Transfer-Encoding:" + value + b"\r\n\r\n" + CHUNKS


def length(value):
    return POST + b"Content-Length:" + value + b"\r\n\r\n" + BODY


def chunks(body):
    return POST + CODING + b"\r\n" + body


def header(text):
    return GET + text + b"\r\n\r\n"


MALFORMED = {
    # Lengths and codings: the ways to smuggle.
    "coding and length": POST + CODING + LENGTH + b"\r\n" + CHUNKS,
    "length and coding": POST + LENGTH + CODING + b"\r\n" + CHUNKS,
    "coding in HTTP/1.0": coding(b" chunked").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "coding xchunked": coding(b" xchunked"),
    "coding identity": coding(b" identity"),
    "coding gzip": coding(b" gzip"),
    "coding gzip, chunked": coding(b" gzip, chunked"),
    "coding chunked, gzip": coding(b" chunked, gzip"),
    "coding chunked, chunked": coding(b" chunked, chunked"),
    "coding chunked twice": POST + CODING + CODING + b"\r\n" + CHUNKS,
    "coding chunked, then another": POST + CODING + b"Transfer-Encoding: cow\r\n\r\n" + CHUNKS,
    "coding after a vertical tab": coding(b" \x0bchunked"),
    "coding in quotes": coding(b' "chunked"'),
    "coding with a parameter": coding(b" chunked;q=1"),
    "coding on a folded line": coding(b"\r\n chunked"),
    "coding, a space before its colon": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "two equal lengths": POST + LENGTH + LENGTH + b"\r\n" + BODY,
    "two lengths": POST + LENGTH + b"Content-Length: 13\r\n\r\n" + BODY,
    "a list of equal lengths": length(b" 12, 12"),
    "a list of lengths": length(b" 12, 13"),
    "length +12": length(b" +12"),
    "length -12": length(b" -12"),
    "length 0xc": length(b" 0xc"),
    "length 1 2": length(b" 1 2"),
    "length 12.0": length(b" 12.0"),
    "length 12 and a vertical tab": length(b" 12\x0b"),
    "length of nothing": length(b""),
    "length 2^64 + 12": length(b" 18446744073709551628"),
    "length 2^63": length(b" 9223372036854775808"),
    # Chunks.
    "chunk size ended by a bare LF": chunks(b"c\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk extension ended by a bare LF": chunks(b"c;a\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk extension with a bare CR": chunks(b"c;\rx\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk data ended by a bare LF": chunks(b"c\r\n" + BODY + b"\n0\r\n\r\n"),
    "chunk data longer than its size": chunks(b"c\r\n" + BODY + b"XX0\r\n\r\n"),
    "chunk size -1": chunks(b"-1\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size +c": chunks(b"+" + CHUNKS),
    "chunk size 0xc": chunks(b"0x" + CHUNKS),
    "chunk size behind a space": chunks(b" " + CHUNKS),
    "chunk size before a space": chunks(b"c \r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size of nothing": chunks(b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size over 64 bits": chunks(b"ffffffffffffffff" + CHUNKS),
    "trailer with a space in its name": chunks(b"c\r\n" + BODY + b"\r\n0\r\nX Y: z\r\n\r\n"),
    "trailer without a colon": chunks(b"c\r\n" + BODY + b"\r\n0\r\nXY\r\n\r\n"),
    # Header fields.
    "a folded field": header(b"X-A: b\r\n c"),
    "a space before the first field": b"GET /api/tasks HTTP/1.1\r\n " + HEAD + b"\r\n",
    "a field without a name": header(b": x"),
    "a space in a name": header(b"X Y: x"),
    "a tab before the colon": header(b"X-Y\t: x"),
    "a control in a name": header(b"X\x01: x"),
    "brackets in a name": header(b"X(Y): x"),
    "UTF-8 in a name": header("é: x".encode()),
    "a bare CR in a value": header(b"X: a\rb"),
    "a CR before the line's end": header(b"X: a\r"),
    "NUL in a value": header(b"X: a\0b"),
    "no host": b"GET /api/tasks HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    "two hosts": header(b"Host: y"),
    "a host that is none": GET.replace(b"Host: x", b"Host: x y") + b"\r\n",
    # Request lines.
    "lines ended by bare CR": GET.replace(b"\r\n", b"\r") + b"\r",
    "a space in the target": line(b"GET /api/ta sks HTTP/1.1"),
    "tabs between": line(b"GET\t/api/tasks\tHTTP/1.1"),
    "a space behind the version": line(b"GET /api/tasks HTTP/1.1 "),
    "a space before the method": line(b" GET /api/tasks HTTP/1.1"),
    "http in small letters": line(b"GET /api/tasks http/1.1"),
    "version 1.10": line(b"GET /api/tasks HTTP/1.10"),
    "version 0.9": line(b"GET /api/tasks HTTP/0.9"),
    "version 2.0": line(b"GET /api/tasks HTTP/2.0"),
    "version 1": line(b"GET /api/tasks HTTP/1"),
    "no version": line(b"GET /api/tasks"),
    "a method in small letters": line(b"get /api/tasks HTTP/1.1"),
    "a method that is no token": line(b"G@T /api/tasks HTTP/1.1"),
    "a target without a slash": line(b"GET api/tasks HTTP/1.1"),
    "NUL in the target": line(b"GET /\0 HTTP/1.1"),
    "ESC in the target": line(b"GET /\x1b HTTP/1.1"),
    "UTF-8 in the target": line("GET /é HTTP/1.1".encode()),
    "a target of 70 000 bytes": line(b"GET /" + b"a" * 70_000 + b" HTTP/1.1"),
    "a method of 70 000 bytes": line(b"G" * 70_000 + b" / HTTP/1.1"),
    "a response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 32 + b"\r\n\r\n",
    "an HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "zeros": b"\0" * 4096,
}


def answers_to(server, sent):
    """The statuses answered until the server ends the connection, or has answered twice."""
    with Wire(server) as wire:
        wire.socket.settimeout(HEAD_LIMIT)
        wire.send_until_answered(sent)
        received = b""
        try:
            while len(found := re.findall(rb"^HTTP/1\.\d (\d{3})", received, re.M)) < 2:
                if not (data := wire.socket.recv(65536)):
                    break
                received += data
        except ConnectionResetError:
            pass
        return [int(status) for status in found]


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_malformed_is_refused_once_and_the_connection_ended(team, case):
    """What stands behind it, a whole request, must be taken for neither a body nor a second request."""
    api = team.api("ann")
    behind = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    statuses = answers_to(team.server, MALFORMED[case].replace(b"TOKEN", api.token.encode()) + behind)
    assert len(statuses) <= 1 and all(400 <= status < 600 for status in statuses), statuses
    ok(Api(team.server.url).get("/healthz"))
    assert api.tasks() == []


@pytest.mark.parametrize("offered", ["h2c", "TLS/1.2", "something/1"])
def test_an_upgrade_that_is_not_made_leaves_the_connection_usable(team, offered):
    """RFC 9110 §7.8: a server may ignore the offer; curl makes it with each `--http2`."""
    with Wire(team.server) as wire:
        wire.socket.settimeout(15)
        fields = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", offered), ("HTTP2-Settings", "AAMAAABk")]
        for _ in range(2):
            wire.request("GET", "/api/boards", team.token(), fields)
            assert wire.response().status == 200


# Slow, and silent.


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
    body = POST.replace(b"TOKEN", team.token().encode()) + b'Content-Length: 5000\r\n\r\n{"name":"'
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
    print({trickle.what: round(trickle.ended, 1) for trickle in trickles})
    for trickle in trickles:
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


# Out of descriptors.


def test_without_descriptors_the_old_stay_and_the_new_come_later(start_server, make_team):
    server = start_server(open_files=128)
    team = make_team(server)
    api, admin = team.api("writer"), team.admin()
    api.create_task("first")
    admin.stats()
    streams, waiting = [], []
    while not waiting:
        assert len(streams) < 200, "128 descriptors were enough for 200 streams"
        wire = Wire(server)
        wire.socket.settimeout(3)
        try:
            wire.request("GET", "/sse/connect", team.token(f"user{len(streams) % 10}"))
            answer = wire.head()
            frames = wire.data_frames(answer)
            first = next(frames)
        except (TimeoutError, AssertionError, ConnectionResetError, BrokenPipeError):
            # Not accepted yet, or hung up on: both are fair.
            waiting.append(wire)
            continue
        if answer.status == 200 and first["type"] == "connection.established":
            wire.socket.settimeout(DEADLINE)
            streams.append((wire, frames))
        else:
            waiting.append(wire)
    assert len(streams) >= 30

    # Those who are here are served as before, while others knock.
    for _ in range(20):
        wire = socket.socket()
        wire.setblocking(False)
        wire.connect_ex((server.host, server.port))
        waiting.append(wire)
    before, began = server.cpu_seconds(), time.monotonic()
    count = 0
    while time.monotonic() - began < 3:
        api.create_task(f"meanwhile {count}")
        count += 1
        for _, frames in streams:
            assert next(event for event in frames if "seq" in event)["seq"] == api.last_seq
        time.sleep(0.2)
    share = (server.cpu_seconds() - before) / (time.monotonic() - began)
    print(f"{len(streams)} streams; {share:.0%} of a core while others knocked")
    assert share < 0.5, f"it spins: {share:.0%} of a core"
    assert admin.stats()["totalConnections"] >= len(streams)

    # And when some leave, new ones come in.
    for wire in waiting:
        wire.close()
    for wire, _ in streams[:20]:
        wire.close()
    for i in range(10):
        assert team.stream(f"late{i}").established
    ok(Api(server.url).get("/healthz"))
    for wire, _ in streams[20:]:
        wire.close()
    eventually(lambda: admin.stats()["totalConnections"] == 10, "the late ones are left")
    server.stop()
