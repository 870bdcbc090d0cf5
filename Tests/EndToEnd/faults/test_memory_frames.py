"""The newest events of all tenants in memory: within one bound, and nothing is lost for those whose events had to go."""

import os

from board_model import assert_dense
from rest import ok
from scale import report, scale
from sse import seq_of
from wire import Wire

TENANTS = scale(24, 100)
EVENTS = 40
#: Of each event; with it a tenant's log takes more than a megabyte in memory.
PADDING = "d" * 20_000
#: What the server may grow by while each tenant writes a megabyte of events; a sanitizer keeps several bytes for each.
LIMIT = int(os.environ.get("BOARDCAST_TEST_MEBIBYTES") or 16) << 20


def fill(api):
    """As much of a log as would fill the tenant's share of memory."""
    for i in range(EVENTS):
        ok(api.publish("test.fill", {"i": i, "padding": PADDING}), 202)


def test_idle_streams_of_many_tenants_cost_no_events(start_server, make_team):
    """Each tenant's log is long; its one stream stands at the head and needs none of it."""
    server = start_server()
    teams = [make_team(server) for _ in range(TENANTS)]
    for team in teams:
        fill(team.api("hook", role="service"))
    server.restart()
    teams[0].stream("first")
    before = server.rss_bytes()
    for team in teams[1:]:
        team.stream("ann")
    grown = server.rss_bytes() - before
    report(tenants_with_an_idle_stream=TENANTS, mebibytes_before=before >> 20, kibibytes_more=grown >> 10)
    assert grown < LIMIT


def test_readers_of_many_tenants_share_a_bound_and_miss_nothing(start_server, make_team):
    """Slow readers whose events have long left memory get each of them once, and in order."""
    server = start_server({"BOARDCAST_LIMITS_RECENT_FRAMES_BYTES": str(2 << 20)})
    teams = [make_team(server) for _ in range(TENANTS)]
    apis = [team.api("hook", role="service") for team in teams]
    streams = [team.stream("ann", types="test.*") for team in teams]
    starts = [seq_of(api.head()) for api in apis]
    slow = []
    for team in teams[:4]:
        wire = Wire(server, receive_buffer=4096)
        wire.request("GET", "/sse/connect?types=test.*", team.token("slow"))
        slow.append((wire, wire.head()))
        assert slow[-1][1].status == 200
    # The first round fills what a running server has anyhow: SQLite's cache, the allocator's arenas.
    for api in apis:
        fill(api)
    before = server.rss_bytes()
    for api in apis:
        fill(api)
    grown = server.rss_bytes() - before
    for stream, start in zip(streams, starts):
        stream.wait_for_seq(start + 2 * EVENTS)
        assert_dense([event.seq for event in stream.events if event.type == "test.fill"], start + 1)
    for (wire, answer), start in zip(slow, starts):
        seqs = []
        for frame in wire.data_frames(answer):
            if "seq" in frame:
                seqs.append(frame["seq"])
            if seqs and seqs[-1] == start + 2 * EVENTS:
                break
        assert_dense(seqs, start + 1)
        wire.close()
    report(
        tenants_that_write=TENANTS, slow_readers=len(slow), events=2 * EVENTS * TENANTS, lost=0,
        mebibytes_before=before >> 20, kibibytes_more=grown >> 10)
    assert grown < LIMIT
