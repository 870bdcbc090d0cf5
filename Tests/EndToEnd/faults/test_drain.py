"""SIGTERM under load: everyone is told a time of their own, nobody holds it up, nobody new comes in."""

import signal
import time

import pytest

from frames import handshake
from herd import Herd
from listener import check_closing
from rest import Api, check_problem, ok, problem
from scale import count, most, scale
from sse import Stream
from waiting import DEADLINE, eventually
from wire import Wire

STREAMS = scale(200, 400)
WINDOW = 8


@pytest.fixture
def draining_server(start_server):
    return start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": str(WINDOW)})


def exits(server, within):
    """Waits for the exit code, which must be 0."""
    assert server.process.wait(within) == 0, server.log_tail()


def test_each_stream_is_told_a_time_of_its_own(draining_server, make_team):
    server = draining_server
    team = make_team(server)
    with Herd() as herd:
        for i in range(STREAMS):
            herd.open(server, team.token(f"user{i % (STREAMS // 10)}"))
        herd.run(until=lambda: all(member.events for member in herd.members))
        api = team.api("writer")
        api.create_task("the last")
        server.terminate()
        start = time.monotonic()
        herd.run(until=lambda: all(member.ended for member in herd.members))
        exits(server, WINDOW + 5)
        most(seconds_until_exit=time.monotonic() - start)

        delays = []
        for member in herd.members:
            assert member.status == 200 and member.clean, "the response ends properly"
            types = [event["type"] for event in member.events]
            assert types[0] == "connection.established" and types[-1] == "stream.closing"
            assert types.count("task.created") == 1, "what was written before is told before"
            closing = member.events[-1]
            assert closing["reason"] == "server_draining" and "reconnect" not in closing
            assert b"\nid:" not in b"\n" + member.frames[-1], "an ephemeral event has no id"
            delays.append(closing["reconnectAfterMilliseconds"])
    assert all(type(delay) is int and 0 <= delay <= WINDOW * 1000 for delay in delays), sorted(delays)
    assert len(set(delays)) >= STREAMS / 2, "each has its own"
    # A quarter of the clients comes back in each quarter of the window, more or less.
    quarters = [min(3, delay // (WINDOW * 250)) for delay in delays]
    for quarter in range(4):
        within = quarters.count(quarter)
        assert STREAMS / 16 <= within <= STREAMS / 2, f"quarter {quarter}: {within} of {STREAMS}"
    count(streams_ended_in_their_turn=STREAMS)


def test_while_old_streams_live_nobody_new_comes_in(draining_server, make_team):
    server = draining_server
    team = make_team(server)
    kept = team.keep(Api(server.url))
    ok(kept.get("/readyz"), 200)
    with Herd() as herd:
        for i in range(STREAMS):
            herd.open(server, team.token(f"user{i % (STREAMS // 10)}"))
        herd.run(until=lambda: all(member.events for member in herd.members))
        server.terminate()

        # The probe of a load balancer, on a connection of its own as on an old one.
        eventually(lambda: Api(server.url).get("/readyz").status_code == 503, "not ready, and still listening")
        refused = Api(server.url).get("/readyz")
        problem(refused, 503)
        assert int(refused.headers["Retry-After"]) >= 0
        ok(Api(server.url).get("/healthz"), 200)

        with Stream(server.url + "/sse/connect", team.token("new")) as late:
            closing = late.wait_for_type("stream.closing")
            delay = check_closing(closing, "server_draining", reconnect=True)
            assert late.wait_for_end() is None and late.types() == ["stream.closing"]
            assert late.response.headers["content-type"].startswith("text/event-stream")
            retry = [int(frame.get("retry")) for frame in late.frames() if frame.get("retry")]
            assert retry and 0 < retry[0] and delay >= 0
        herd.run(until=lambda: True)
        assert sum(not member.ended for member in herd.members) > 0, "some old streams still live"
        herd.run(until=lambda: all(member.ended for member in herd.members))
    exits(server, WINDOW + 5)


def test_a_late_websocket_is_told_503(draining_server, make_team):
    server = draining_server
    team = make_team(server)
    streams = [team.stream(f"user{i}") for i in range(20)]
    old = team.socket("ann")
    server.terminate()
    eventually(lambda: Api(server.url).get("/readyz").status_code == 503, "not ready, and still listening")
    with Wire(server) as wire:
        wire.request("GET", "/ws/connect", team.token("new"), handshake())
        answer = wire.response()
        check_problem(answer.status, answer.header("Content-Type"), answer.json, 503)
        assert int(answer.header("Retry-After")) >= 0
    check_closing(old.wait_for_type("stream.closing"), "server_draining", reconnect=True)
    assert old.wait_for_code() == 1001
    for stream in streams:
        assert stream.wait_for_end() is None
    exits(server, WINDOW + 5)


def test_idle_and_half_said_connections_hold_nobody_up(draining_server, make_team):
    server = draining_server
    team = make_team(server)
    silent = [Wire(server) for _ in range(20)]
    half_said = [Wire(server) for _ in range(20)]
    for wire in half_said:
        wire.send(b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX-")
    kept = [Wire(server) for _ in range(20)]
    for wire in kept:
        wire.request("GET", "/healthz")
        assert wire.response().status == 200
    # This one has taken nothing, and does not read.
    stuck = Wire(server, receive_buffer=4096)
    stuck.request("GET", "/sse/connect", team.token("stuck"))
    api = team.api("writer")
    task = api.create_task("big", description="d" * 4000)
    for i in range(150):
        api.patch_task(task["id"], {"name": f"big {i}"})
    server.terminate()
    exits(server, WINDOW + 5)
    for wire in [*silent, *half_said, *kept, stuck]:
        wire.close()


def test_a_second_signal_ends_it_at_once(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "600"})
    team = make_team(server)
    for i in range(5):
        team.stream(f"user{i}")
    kept = Api(server.url)
    ok(kept.get("/readyz"))
    server.terminate()
    eventually(lambda: kept.get("/readyz").status_code == 503, "the drain has begun")
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(20)


def test_sigint_drains_too(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"})
    stream = make_team(server).stream("ann")
    server.process.send_signal(signal.SIGINT)
    check_closing(stream.wait_for_type("stream.closing"), "server_draining", reconnect=True)
    assert stream.wait_for_end() is None
    exits(server, DEADLINE)


def test_after_the_drain_everyone_resumes_without_a_gap(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"})
    team = make_team(server)
    api = team.api("writer")
    with Herd() as herd:
        for i in range(50):
            herd.open(server, team.token(f"user{i}"))
        herd.run(until=lambda: all(member.events for member in herd.members))
        for i in range(10):
            api.create_task(f"before {i}")
        server.terminate()
        herd.run(until=lambda: all(member.ended for member in herd.members))
        before = [[event["seq"] for event in member.events if "seq" in event] for member in herd.members]
        cursors = [member.cursor for member in herd.members]
    exits(server, DEADLINE)
    server.start()
    team.close()
    api = team.api("writer")
    for i in range(10):
        api.create_task(f"after {i}")
    with Herd() as herd:
        for i in range(50):
            herd.open(server, team.token(f"user{i}"), f"/sse/connect?since={cursors[i]}")
        herd.run(until=lambda: all(
            any(event.get("seq") == api.last_seq for event in member.events) for member in herd.members
        ))
        for seen, member in zip(before, herd.members):
            after = [event["seq"] for event in member.events if "seq" in event]
            assert seen + after == list(range(1, api.last_seq + 1))
    count(streams_that_resumed=len(before), lost=0, doubled=0)
