"""A restart under many streams: all come back, and nothing is lost or doubled."""

import resource
import time

import tokens
from board_model import assert_dense
from herd import Herd
from rest import Api, ok
from scale import percentile, report, scale

STREAMS = scale(300, 5000)
EVENTS = scale(20, 50)


def test_everybody_comes_back_after_a_kill_and_misses_nothing(start_server):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = start_server({
        "BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "100000", "BOARDCAST_LIMITS_CONNECTIONS_PER_TENANT": "100000"})
    token = tokens.mint("crowd")
    api = Api(server.url, tokens.mint("ann", role="admin"))

    def publish(count):
        for number in range(count):
            seq = ok(api.post("/api/publish", {"type": "tick.tock", "data": number, "boardId": "main"}), 202).json()
        return seq["seq"]

    with Herd() as herd:
        first = [herd.open(server, token) for _ in range(STREAMS)]
        herd.run(lambda: all(member.cursor for member in first), deadline=120)
        head = publish(EVENTS)
        herd.run(lambda: all(member.cursor.startswith(f"{head}-") for member in first), deadline=120)
        server.kill()
        herd.run(lambda: all(member.ended for member in first), deadline=120)
    server.start()
    api = Api(server.url, api.token)
    last = publish(EVENTS)
    with Herd() as herd:
        began, back = time.monotonic(), {}
        second = [herd.open(server, token, f"/sse/connect?since={member.cursor}") for member in first]

        def all_are_back():
            for number, member in enumerate(second):
                if number not in back and member.cursor and member.cursor.startswith(f"{last}-"):
                    back[number] = time.monotonic() - began
            return len(back) == STREAMS

        herd.run(all_are_back, deadline=120)
        for member in second:
            assert member.status == 200 and member.events[0]["recovered"] is True
            assert_dense([event["seq"] for event in member.events if "seq" in event], head + 1)
    report(
        streams=STREAMS, deliveries=2 * STREAMS * EVENTS, lost=0, doubled=0, refused=0,
        caught_up_p50_seconds=round(percentile(list(back.values()), 0.5), 2),
        caught_up_all_seconds=round(max(back.values()), 2))
