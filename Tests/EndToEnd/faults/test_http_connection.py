"""One TCP connection at a time: kept alive, pipelined, half closed, and abused."""

import http.client
import json

import pytest

from rest import Api, check_problem, ok
from waiting import DEADLINE, eventually
from wire import Wire


def next_event(frames, type):
    return next(event for event in frames if event["type"] == type)


def connections(team):
    return team.admin().stats()["totalConnections"]


def test_a_stream_can_be_the_second_request_of_a_connection(team):
    """A browser does this after a preflight or a call."""
    connection = http.client.HTTPConnection(team.server.host, team.server.port, timeout=DEADLINE)
    headers = {"Authorization": f"Bearer {team.token('ann')}"}
    connection.request("GET", "/api/tasks", headers=headers)
    socket = connection.sock
    assert connection.getresponse().read()
    connection.request("GET", "/sse/connect", headers=headers)
    assert connection.sock is socket, "the server closed a connection that it should have kept"
    answer = connection.getresponse()
    assert answer.status == 200 and answer.getheader("Content-Type") == "text/event-stream"

    def event():
        while not (line := answer.readline()).startswith(b"data:"):
            assert line, "the stream ended"
        return json.loads(line[5:])

    assert event()["type"] == "connection.established"
    assert connections(team) == 1
    task = team.api("ben").create_task("Heard on an old connection")
    while (heard := event())["type"].startswith("presence."):
        pass
    assert heard["task"] == task
    answer.close()
    connection.close()
    eventually(lambda: connections(team) == 0, "the server noticed that the reader has gone")


def test_a_pipelined_stream_is_answered_in_its_turn(team):
    token = team.token("ann")
    with Wire(team.server) as wire:
        first = f"GET /api/boards HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        second = f"GET /sse/connect HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        wire.send((first + second).encode())
        assert wire.response().status == 200
        answer = wire.head()
        assert answer.status == 200 and answer.header("Content-Type") == "text/event-stream"
        frames = wire.data_frames(answer)
        assert next(frames)["type"] == "connection.established"
        task = team.api("ben").create_task("Heard in the pipeline")
        assert next_event(frames, "task.created")["task"] == task


def test_pipelined_calls_are_answered_in_order(team):
    api = team.api("ann")
    tasks = [api.create_task(f"task {i}") for i in range(10)]
    with Wire(team.server) as wire:
        wire.send(b"".join(
            f"GET /api/tasks/{task['id']} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode()
            for task in tasks
        ))
        assert [wire.response().json for _ in tasks] == tasks


def test_garbage_after_a_stream_request_harms_nobody_else(team):
    """Whether such a client gets its stream is its own affair."""
    with Wire(team.server) as wire:
        wire.request("GET", "/sse/connect", team.token("ann"))
        wire.send(b"garbage\x00\xff" * 100)
    eventually(lambda: connections(team) == 0, "the connection left the count")
    ok(team.api("ann").get("/api/tasks"))


@pytest.mark.parametrize("calls_before", [0, 1], ids=["first request", "second request"])
def test_a_half_closed_stream_ends(team, calls_before):
    with Wire(team.server) as wire:
        for _ in range(calls_before):
            wire.request("GET", "/api/tasks", team.token())
            wire.response()
        wire.request("GET", "/sse/connect", team.token())
        answer = wire.head()
        frames = wire.data_frames(answer)
        assert next(frames)["type"] == "connection.established"
        assert connections(team) == 1
        wire.socket.shutdown(1)
        eventually(lambda: connections(team) == 0, "the half-closed stream left the count")


@pytest.mark.parametrize("calls_before", [0, 1], ids=["first request", "second request"])
def test_a_reset_stream_ends(team, calls_before):
    wire = Wire(team.server)
    for _ in range(calls_before):
        wire.request("GET", "/api/tasks", team.token())
        wire.response()
    wire.request("GET", "/sse/connect", team.token())
    assert next(wire.data_frames(wire.head()))["type"] == "connection.established"
    wire.reset()
    eventually(lambda: connections(team) == 0, "the reset stream left the count")


def test_a_request_with_connection_close_is_the_last(team):
    with Wire(team.server) as wire:
        wire.request("GET", "/api/tasks", team.token(), [("Connection", "close")])
        assert wire.response().status == 200
        assert wire.ended()


MALFORMED = {
    "garbage": b"\x00\x01\x02garbage\r\n\r\n",
    "no version": b"GET /api/tasks\r\n\r\n",
    "version 9": b"GET /api/tasks HTTP/9.9\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n",
    "a space before the colon": b"GET /api/tasks HTTP/1.1\r\nHost : x\r\n\r\n",
    "NUL in a header": b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX-Y: a\x00b\r\n\r\n",
    "negative length": b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "length is a word": b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    "length overflows": b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length and chunks": b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 32 + b"\r\n\r\n",
    "an HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_http_is_400_and_the_end_of_the_connection(team, case):
    with Wire(team.server) as wire:
        wire.send(MALFORMED[case])
        answer = wire.response()
        if answer.status == 505:
            return  # a more exact word for a strange version
        check_problem(answer.status, answer.header("Content-Type"), answer.json, 400)
        assert wire.ended()


def test_a_body_in_bad_chunks_is_400_and_not_acted_on(team):
    with Wire(team.server) as wire:
        wire.request("POST", "/api/tasks", team.token(), [
            ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"),
        ])
        wire.send(b'c\r\n{"name":"x"}\r\nzz\r\n\r\n')
        answer = wire.response()
        check_problem(answer.status, answer.header("Content-Type"), answer.json, 400)
    assert team.api("ann").tasks() == []


def test_a_body_cut_short_is_not_acted_on(team):
    for headers, body in (
        ([("Content-Length", "500")], b'{"name":"x"}'),
        ([("Transfer-Encoding", "chunked")], b'c\r\n{"name":"x"}\r\n'),
    ):
        wire = Wire(team.server)
        wire.request("POST", "/api/tasks", team.token(), [("Content-Type", "application/json"), *headers])
        wire.send(body)
        wire.close()
    # A fence: the server has handled later connections, so it has seen these end.
    api = team.api("ann")
    api.create_task("fence")
    assert [task["name"] for task in api.tasks()] == ["fence"]


@pytest.mark.parametrize("path", ["/healthz", "/api/tasks", "/sse/connect", "/nothing"])
def test_head_has_no_body_and_leaves_the_connection_usable(team, path):
    with Wire(team.server) as wire:
        wire.request("HEAD", path, team.token())
        answer = wire.head()
        assert answer.status in (200, 404, 405)
        if (answer.header("Connection") or "").lower() != "close":
            # Were there a body, it would be taken for the next status line.
            wire.request("GET", "/healthz")
            assert wire.response().status == 200
    assert connections(team) == 0


@pytest.mark.parametrize("path", ["/healthz", "/api/tasks", "/sse/connect"])
def test_options_without_an_origin_is_sane(team, path):
    answer = Api(team.server.url).http.options(path)
    assert answer.status_code in (200, 204, 401, 405)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("count", [10_000, 70_000])
def test_tens_of_thousands_of_headers_are_refused_and_survived(team, count):
    with Wire(team.server) as wire:
        wire.send(f"GET /sse/connect HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {team.token()}\r\n".encode())
        wire.send_until_answered(b"a:b\r\n" * count + b"\r\n")
        answer = wire.head()
        assert answer.status in (400, 431)
    ok(Api(team.server.url).get("/healthz"))


def test_tens_of_thousands_of_trailers_are_refused_and_survived(team):
    with Wire(team.server) as wire:
        wire.request("POST", "/api/tasks", team.token(), [
            ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"),
        ])
        wire.send_until_answered(b'c\r\n{"name":"x"}\r\n0\r\n' + b"a:b\r\n" * 70_000 + b"\r\n")
        # What was refused may be cut off; what was taken may be answered. The server lives.
        try:
            assert wire.head().status in (201, 400, 413, 431)
        except (AssertionError, ConnectionResetError):
            pass
    ok(Api(team.server.url).get("/healthz"))


def test_a_connection_that_says_nothing_holds_up_nobody(team):
    silent = [Wire(team.server) for _ in range(50)]
    for i, wire in enumerate(silent):
        wire.send(b"GET /sse/connect HTTP/1.1\r\nHost: x\r\nX-Slow: "[: i + 1])
    api = team.api("ann")
    stream = team.stream("ben")
    api.create_task("meanwhile")
    stream.wait_for_seq(api.last_seq)
    for wire in silent:
        wire.close()


def test_connections_that_come_and_go_leave_nothing_behind(team):
    for _ in range(5):
        wires = [Wire(team.server) for _ in range(20)]
        for wire in wires:
            wire.request("GET", "/sse/connect", team.token())
        for wire in wires:
            assert wire.head().status == 200
        for wire in wires:
            wire.close()
    eventually(lambda: connections(team) == 0, "every stream left the count")
