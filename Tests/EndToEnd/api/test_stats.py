"""`GET /sse/stats`: who is connected, and how far along."""

import http.client
import threading
import time

import pytest

from rest import CONNECTION_FIELDS, problem
from sse import CURSOR
from waiting import eventually

def test_each_connection_is_described(team, admin):
    before = int(time.time() * 1000)
    stream = team.stream("ann", board="main")
    api = team.api("ben")
    for i in range(3):
        api.create_task(f"task {i}")
    stream.wait_for_seq(api.last_seq)

    stats = admin.stats()
    assert stats["totalConnections"] == 1
    (connection,) = stats["connections"]
    assert CONNECTION_FIELDS <= set(connection)
    assert connection["id"] == stream.established["connectionId"]
    assert connection["userId"] == "ann"
    assert before - 1000 <= connection["connectedAt"] <= time.time() * 1000 + 1000
    assert isinstance(connection["duration"], int) and connection["duration"] >= 0
    assert isinstance(connection["transport"], str)
    assert connection["boards"] == ["main"]
    assert CURSOR.match(connection["cursor"])
    assert connection["queuedBytes"] >= 0
    assert "rooms" in stats and "nextCursor" in stats
    # What a connection has been sent is counted on its own loop; the count follows the delivery.
    eventually(lambda: admin.stats()["connections"][0]["lag"] == 0, "a reader that has everything lags by nothing")
    eventually(lambda: admin.stats()["connections"][0]["sentEvents"] >= 3, "the events sent are counted")


@pytest.mark.parametrize("way", ["stream", "socket", "poll", "behind a proxy that is not trusted"])
def test_each_connection_says_where_it_comes_from(team, admin, way):
    agent = {"User-Agent": "Tried/1.0 (by hand)"}
    if way == "socket":
        team.socket("ann", headers=agent)
    elif way == "poll":
        api = team.api("ann")
        cursor = api.get("/api/events").json()["cursor"]
        path = f"/api/events?since={cursor}&wait=30"
        threading.Thread(target=api.get, args=(path,), kwargs={"headers": agent}, daemon=True).start()
    else:
        team.stream("ann", headers={**agent, **({} if way == "stream" else {"X-Forwarded-For": "192.0.2.7"})})
    (connection,) = eventually(lambda: admin.stats()["connections"], "it is there")
    assert (connection["address"], connection["client"]) == ("127.0.0.1", "Tried/1.0 (by hand)")


def test_a_trusted_proxy_says_where_its_clients_are_and_long_names_are_cut(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.0/8"}))
    team.stream("ann", headers={"X-Forwarded-For": "192.0.2.7", "User-Agent": "x" * 3000})
    (connection,) = team.admin().stats()["connections"]
    assert (connection["address"], connection["client"]) == ("192.0.2.7", "x" * 200)


def test_a_closed_connection_is_no_longer_counted(team, admin):
    stream = team.stream("ann")
    team.stream("ben")
    assert admin.stats()["totalConnections"] == 2
    stream.close()
    eventually(lambda: admin.stats()["totalConnections"] == 1, "the closed connection left the count")
    assert [connection["userId"] for connection in admin.stats()["connections"]] == ["ben"]


def test_filters_choose(team, admin):
    admin.create_board("side")
    team.stream("ann", board="main")
    team.stream("ann", board="side")
    team.stream("ben", board="side")

    def users(**params):
        return sorted(connection["userId"] for connection in admin.stats(**params)["connections"])

    assert users() == ["ann", "ann", "ben"]
    assert users(userId="ann") == ["ann", "ann"]
    assert users(board="side") == ["ann", "ben"]
    assert users(board="side", userId="ann") == ["ann"]
    assert users(userId="nobody") == []


def test_pages_hold_every_connection_once(team, admin):
    streams = [team.stream(f"user{i}") for i in range(7)]
    seen, cursor = [], None
    for _ in range(10):
        page = admin.stats(limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["connections"]) <= 3
        assert page["totalConnections"] == 7
        seen += [connection["id"] for connection in page["connections"]]
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert sorted(seen) == sorted(stream.established["connectionId"] for stream in streams)


def test_stats_are_for_admins(team):
    for role in ("viewer", "member", "service"):
        problem(team.api("someone", role=role).get("/sse/stats"), 403)


@pytest.mark.parametrize(
    "path",
    ["/sse/stats/", "/sse//stats", "//sse/stats", "/sse/./stats", "/sse/../sse/stats", "/SSE/STATS", "/sse/stats;x",
     "/sse%2fstats", "/sse/stats%00", "/sse/stats%20", "/sse/%73tats", "/api/../sse/stats"],
)
def test_stats_stay_closed_however_the_path_is_spelled(team, path):
    """Other spellings may be unknown or the same; they are never a way round the check."""
    connection = http.client.HTTPConnection(team.server.host, team.server.port, timeout=60)
    spoofed = {"X-Original-URL": "/sse/stats", "X-Forwarded-For": "127.0.0.1", "X-Role": "admin"}
    for token, statuses in ((team.token(), (400, 403, 404)), (None, (400, 401, 404))):
        connection.request("GET", path, headers={**spoofed, **({"Authorization": f"Bearer {token}"} if token else {})})
        answer = connection.getresponse()
        assert answer.status in statuses, f"{path}: {answer.status}"
        assert b"totalConnections" not in answer.read()
    connection.close()
