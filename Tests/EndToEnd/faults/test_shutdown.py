"""SIGTERM: streams are told and ended properly, requests finish, the exit code is 0."""

import re

from rest import Api, ok
from sse import CURSOR
from wire import Wire


def test_sigterm_tells_every_stream_and_exits_0(start_server, make_team):
    server = start_server()
    team = make_team(server)
    streams = [team.stream(f"user{i}") for i in range(10)]
    api = team.api("ann")
    api.create_task("the last")
    server.stop()
    for stream in streams:
        assert stream.wait_for_end() is None, "the response ends properly"
        assert stream.types() == ["connection.established", "task.created", "stream.closing"]
        closing = stream.events[-1]
        assert closing["reason"] == "server_draining"
        assert isinstance(closing["reconnectAfterMilliseconds"], int)


def test_after_a_drain_readers_resume_without_a_gap(start_server, make_team):
    server = start_server()
    team = make_team(server)
    stream = team.stream("ann")
    team.api("ben").create_task("before")
    server.stop()
    stream.wait_for_end()
    cursor = stream.events[-1].id
    assert CURSOR.match(cursor)
    team.close()

    server.start()
    api = team.api("ben")
    api.create_task("after")
    stream = team.stream("ann", last_event_id=cursor)
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == ["after"]
    server.stop()


def test_a_request_in_flight_is_finished(start_server, make_team):
    server = start_server()
    team = make_team(server)
    body = b'{"name":"in flight"}'
    with Wire(server) as wire:
        # Half of it is there when the signal comes.
        wire.request("POST", "/api/tasks", team.token(), [
            ("Content-Type", "application/json"), ("Content-Length", str(len(body))),
        ])
        wire.send(body[:5])
        stream = team.stream("ann")
        server.terminate()
        stream.wait_for_type("stream.closing")
        wire.send(body[5:])
        answer = wire.response()
        assert answer.status in (201, 503), "either done or refused, never cut off"
    assert server.process.wait(60) == 0
    team.close()
    server.start()
    names = [task["name"] for task in team.api("ann").tasks()]
    assert names == (["in flight"] if answer.status == 201 else [])


def test_a_stop_without_anyone_connected_is_clean(start_server):
    server = start_server()
    ok(Api(server.url).get("/healthz"))
    server.stop()
    assert not re.search(r"fatal error|precondition failed|crash", server.log(), re.I)


def test_only_one_line_is_printed_on_stdout(start_server):
    """Data on stdout, talk on stderr."""
    server = start_server()
    server.stop()
    assert len(server.stdout_lines) == 1, server.stdout_lines
