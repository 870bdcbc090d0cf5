"""What an admin sees of many connections, page by page, and ending many."""

import pytest

from herd import Herd
from rest import CONNECTION_FIELDS, ok, problem
from waiting import eventually


@pytest.fixture
def crowd(team):
    """120 streams of 6 users on two boards."""
    team.admin().create_board("side")
    with Herd() as herd:
        for i in range(120):
            board = ("main", "side")[i % 2]
            herd.open(team.server, team.token(f"user{i % 6}"), f"/sse/connect?board={board}")
        herd.run(until=lambda: all(member.events for member in herd.members))
        yield herd


def pages(admin, **params):
    """Every connection, page by page."""
    found, cursor = [], None
    while True:
        page = admin.stats(**params, **({"cursor": cursor} if cursor else {}))
        assert "rooms" in page and len(page["connections"]) <= params.get("limit", 1000)
        found += page["connections"]
        cursor = page["nextCursor"]
        if not cursor:
            return found, page["totalConnections"]
        assert page["connections"], "a page with a next one is not empty"


@pytest.mark.parametrize("limit", [1, 7, 50, 119, 120, 121, 1000])
def test_pages_hold_every_connection_once(team, crowd, limit):
    found, total = pages(team.admin(), limit=limit)
    assert total == 120 and len(found) == 120
    expected = {member.events[0]["connectionId"] for member in crowd.members}
    assert {info["id"] for info in found} == expected
    for info in found:
        assert CONNECTION_FIELDS <= set(info) and info["lag"] == 0 and info["queuedBytes"] == 0


def test_filters_and_pages_go_together(team, crowd):
    admin = team.admin()
    for params, count in (
        ({"userId": "user1"}, 20), ({"board": "side"}, 60), ({"userId": "user1", "board": "side"}, 20),
        ({"userId": "user1", "board": "main"}, 0), ({"userId": "nobody"}, 0),
    ):
        found, total = pages(admin, limit=9, **params)
        assert len(found) == len({info["id"] for info in found}) == total == count, params
        assert all(info["userId"] == params.get("userId", info["userId"]) for info in found)
        assert all(params.get("board", "main") in info["boards"] or "board" not in params for info in found)


def test_connections_that_go_between_two_pages_break_nothing(team, crowd):
    admin = team.admin()
    first = admin.stats(limit=40)
    ok(admin.delete("/sse/users/user2/connections", params={"reconnect": "false"}))
    eventually(lambda: admin.stats(limit=1)["totalConnections"] == 100, "they left the count")
    rest, cursor = [], first["nextCursor"]
    while cursor:
        page = admin.stats(limit=40, cursor=cursor)
        rest += page["connections"]
        cursor = page["nextCursor"]
    ids = [info["id"] for info in first["connections"] + rest]
    assert len(ids) == len(set(ids)), "none twice"
    here = {info["id"] for info in pages(admin, limit=1000)[0]}
    assert here <= set(ids), "none missing"


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1e3", "cursor=nonsense", "cursor=1-2-3",
                                   "nonsense=1", "limit=99999999999999999999"])
def test_a_stats_query_that_makes_no_sense_is_400(team, query):
    problem(team.admin().get(f"/sse/stats?{query}"), 400)


def test_another_tenants_connections_are_not_seen(team, make_team, crowd):
    other = make_team(team.server)
    stats = other.admin().stats()
    assert stats["totalConnections"] == 0 and stats["connections"] == []


def test_many_connections_of_a_user_are_ended_together(team, crowd):
    ok(team.admin().delete("/sse/users/user3/connections", params={"reconnect": "true"}))
    cut = [member for i, member in enumerate(crowd.members) if i % 6 == 3]
    crowd.run(until=lambda: all(member.ended for member in cut))
    for member in cut:
        assert member.events[-1]["type"] == "stream.closing" and member.events[-1]["reason"] == "admin"
        assert member.clean, "the response ends properly"
    delays = {member.events[-1]["reconnectAfterMilliseconds"] for member in cut}
    assert len(delays) > 1, "they do not all come back at the same moment"
    seq = team.fence()
    stayed = [member for member in crowd.members if member not in cut]
    crowd.run(until=lambda: all(any(event.get("seq") == seq for event in member.events) for member in stayed))
