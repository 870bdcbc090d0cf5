"""What keeps a stream open, and what ends it."""

import time

from sse import Stream
from waiting import eventually
from wire import Wire


def test_an_idle_stream_hears_a_heartbeat(start_server, make_team):
    server = start_server({"BOARDCAST_SSE_HEARTBEAT_SECONDS": "1"})
    team = make_team(server)
    with Wire(server) as wire:
        wire.request("GET", "/sse/connect", team.token())
        answer = wire.head()
        assert answer.status == 200
        lines = wire.lines(answer)
        beats = 0
        for line in lines:
            if line.startswith(b":heartbeat"):
                beats += 1
            if beats == 3:
                break
        assert beats == 3


def test_the_heartbeat_is_announced_and_is_no_event(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_SSE_HEARTBEAT_SECONDS": "1"}))
    stream = team.stream("ann")
    assert stream.established["heartbeatSeconds"] == 1
    eventually(lambda: any("heartbeat" in frame.comments for frame in stream.frames()), "a heartbeat came")
    assert stream.types() == ["connection.established"]


def test_a_stream_ends_when_its_token_expires(start_server, make_team):
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    expires = int(time.time()) + 3
    with Stream(server.url + "/sse/connect", team.token(exp=expires)) as stream:
        closing = stream.wait_for_type("stream.closing")
        assert time.time() >= expires - 0.1, "not before its time"
        assert closing["reason"] == "token_expired"
        assert closing.data.get("reconnect") is False or isinstance(closing["reconnectAfterMilliseconds"], int)
        assert "timestamp" in closing.data
        assert stream.wait_for_end() is None, "the response ends properly"
        assert stream.types()[-1] == "stream.closing", "nothing follows"
        frame = next(frame for frame in stream.frames() if frame.json and frame.json["type"] == "stream.closing")
        assert frame.id is None and "seq" not in frame.json


def test_a_neighbour_stays_when_a_token_expires(start_server, make_team):
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    lasting = team.stream("ann")
    with Stream(server.url + "/sse/connect", team.token(ttl=2)) as stream:
        stream.wait_for_end()
    api = team.api("ben")
    api.create_task("still here")
    lasting.wait_for_seq(api.last_seq)
    assert lasting.types() == ["connection.established", "task.created"]
