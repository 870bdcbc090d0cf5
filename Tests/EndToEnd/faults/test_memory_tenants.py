"""Many tenants at once, each with a full log and a stream: within one bound, and each stream gets its tenant's events."""

import json
import os
import threading

from board_model import assert_dense
from herd import Herd
from scale import report, scale
from team import Team
from wire import Wire

TENANTS = scale(40, 1000)
#: As many as the log of a tenant keeps. All of them together are more than the newest events may take in memory.
EVENTS = scale(50, 100)
PADDING = "d" * 4_000
SETTINGS = {
    "BOARDCAST_EVENTS_RETAIN_COUNT": str(EVENTS),
    # At full size, with all tenants, the default: 256 MiB.
    **scale({"BOARDCAST_LIMITS_RECENT_FRAMES_BYTES": str(4 << 20)}, {}),
}
WRITERS = 8
#: Of the whole process. A build for debugging takes more for itself than its 40 tenants do, and a sanitizer far more.
LIMIT = int(os.environ.get("BOARDCAST_TEST_TENANTS_MEBIBYTES") or scale(160, 400)) << 20


def fill(server, teams):
    """Publishes as many events in each tenant as its log keeps, one tenant after the other."""
    bodies = [json.dumps({"type": "test.fill", "data": {"i": i, "padding": PADDING}}).encode() for i in range(EVENTS)]
    with Wire(server) as wire:
        while True:
            try:
                team = teams.pop()
            except IndexError:
                return
            token = team.token("hook", role="service")
            for body in bodies:
                wire.request("POST", "/api/publish", token, body=body)
                assert wire.response().status == 202


def test_tenants_with_full_logs_and_a_stream_each_stay_within_a_bound(start_server):
    server = start_server(SETTINGS)
    teams = [Team(server, f"tenant-{i}") for i in range(TENANTS)]
    before = server.rss_bytes()
    with Herd() as herd:
        members = [herd.open(server, team.token("ann"), "/sse/connect?types=test.*") for team in teams]
        herd.run(lambda: all(member.cursor for member in members))
        connected = server.rss_bytes()
        left = list(teams)
        writers = [threading.Thread(target=fill, args=(server, left)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        herd.run(lambda: all(len(member.events) > EVENTS for member in members), deadline=scale(60, 900))
        for writer in writers:
            writer.join()
        for member in members:
            assert_dense([event["seq"] for event in member.events if "seq" in event], 1)
        peak = server.peak_bytes()
    report(
        tenants=TENANTS, events_of_each=EVENTS, bytes_of_each=len(PADDING), streams=len(members), lost=0,
        mebibytes_before=before >> 20, mebibytes_with_streams=connected >> 20, mebibytes_at_most=peak >> 20)
    assert peak < LIMIT
