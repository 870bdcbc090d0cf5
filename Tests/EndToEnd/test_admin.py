"""What an admin sees of the connections, and how one ends them."""

import pytest

from herd import Herd
from listener import check_closing
from rest import Api, ok, problem
from waiting import eventually

FIELDS = {
    "id", "userId", "connectedAt", "duration", "transport", "boards", "cursor", "lag", "queuedBytes", "sentEvents",
}


def id_of(stream):
    return stream.established["connectionId"]


def disconnect(api, stream, **params):
    return api.delete(f"/sse/connections/{id_of(stream)}", params=params)


# One connection.


def test_an_admin_ends_a_connection_for_good(team):
    victim, neighbour = team.stream("ann"), team.stream("ann")
    ok(disconnect(team.admin(), victim, reconnect="false"))
    closing = victim.wait_for_type("stream.closing")
    check_closing(closing, "admin", reconnect=False)
    assert "reconnectAfterMilliseconds" not in closing.data
    assert victim.wait_for_end() is None, "the response ends properly"
    assert victim.types()[-1] == "stream.closing"
    team.fence(neighbour)
    assert "stream.closing" not in neighbour.types()
    eventually(lambda: team.admin().stats()["totalConnections"] == 1, "the connection left the count")


def test_an_admin_ends_a_connection_that_may_come_back(team):
    stream = team.stream("ann")
    ok(disconnect(team.admin(), stream, reconnect="true"))
    closing = stream.wait_for_type("stream.closing")
    check_closing(closing, "admin", reconnect=True)
    assert "reconnect" not in closing.data or closing["reconnect"] is True
    assert stream.wait_for_end() is None
    assert team.stream("ann", last_event_id=stream.events[-1].id).established["recovered"] is True


def test_without_a_word_about_it_the_answer_is_one_of_both(team):
    stream = team.stream("ann")
    ok(disconnect(team.admin(), stream))
    check_closing(stream.wait_for_type("stream.closing"), "admin")


@pytest.mark.parametrize("role", ["viewer", "member", "service"])
def test_ending_connections_is_for_admins(team, role):
    stream = team.stream("ann")
    api = team.api("ann", role=role)
    problem(disconnect(api, stream, reconnect="false"), 403)
    problem(api.delete("/sse/users/ann/connections", params={"reconnect": "false"}), 403)
    team.fence(stream)
    assert "stream.closing" not in stream.types()


def test_ending_connections_needs_a_token(team):
    stream = team.stream("ann")
    stranger = team.keep(Api(team.server.url))
    problem(disconnect(stranger, stream), 401)
    problem(stranger.delete("/sse/users/ann/connections"), 401)
    team.fence(stream)


def test_another_tenants_connection_is_not_there(team, make_team):
    other = make_team(team.server)
    stream = team.stream("ann")
    problem(disconnect(other.admin(), stream, reconnect="false"), 404)
    team.fence(stream)
    assert "stream.closing" not in stream.types()


@pytest.mark.parametrize("id", ["0000000000000000", "nonsense", "%00", "x" * 300, "..%2fusers"])
def test_a_connection_that_is_none_is_404(team, id):
    answer = team.admin().delete(f"/sse/connections/{id}")
    problem(answer, 400 if answer.status_code == 400 else 404)


def test_a_connection_is_ended_once(team):
    stream = team.stream("ann")
    admin = team.admin()
    ok(disconnect(admin, stream, reconnect="false"))
    stream.wait_for_end()
    problem(disconnect(admin, stream, reconnect="false"), 404)
    assert stream.types().count("stream.closing") == 1


@pytest.mark.parametrize("query", ["reconnect=maybe", "reconnect=", "reconnect=1", "nonsense=1",
                                   "reconnect=true&reconnect=false"])
def test_a_query_that_makes_no_sense_is_400(team, query):
    stream = team.stream("ann")
    admin = team.admin()
    problem(admin.delete(f"/sse/connections/{id_of(stream)}?{query}"), 400)
    problem(admin.delete(f"/sse/users/ann/connections?{query}"), 400)
    team.fence(stream)
    assert "stream.closing" not in stream.types()


# All of a user's.


def test_an_admin_ends_all_connections_of_a_user(team):
    victims = [team.stream("ann", board="main"), team.stream("ann"), team.stream("ann", types="task.created")]
    neighbours = [team.stream("ben"), team.stream("ann2"), team.stream("an")]
    ok(team.admin().delete("/sse/users/ann/connections", params={"reconnect": "false"}))
    for stream in victims:
        check_closing(stream.wait_for_type("stream.closing"), "admin", reconnect=False)
        assert stream.wait_for_end() is None
    team.fence(*neighbours)
    assert all("stream.closing" not in stream.types() for stream in neighbours)
    eventually(lambda: team.admin().stats()["totalConnections"] == 3, "the neighbours are left")


def test_all_connections_of_a_user_may_come_back_at_times_of_their_own(team):
    streams = [team.stream("ann") for _ in range(3)]
    ok(team.admin().delete("/sse/users/ann/connections", params={"reconnect": "true"}))
    for stream in streams:
        check_closing(stream.wait_for_type("stream.closing"), "admin", reconnect=True)
        assert stream.wait_for_end() is None


@pytest.mark.parametrize("user, path", [
    ("ann/b", "ann%2Fb"), ("jörg", "j%C3%B6rg"), ("a b", "a%20b"), ("50%", "50%25"), ("ann@a.example", "ann@a.example"),
    ("a+b", "a+b"), ("K", "%E2%84%AA"),
])
def test_a_user_is_named_by_its_very_bytes(team, user, path):
    """The last one is the Kelvin sign, which Swift holds equal to the letter K: it is another user."""
    stream = team.stream(user)
    answer = team.admin().delete(f"/sse/users/{path}/connections", params={"reconnect": "false"})
    if user == "K":
        assert answer.is_success or answer.status_code == 404
        team.fence(stream)
        assert "stream.closing" not in stream.types()
    else:
        ok(answer)
        check_closing(stream.wait_for_type("stream.closing"), "admin", reconnect=False)


def test_the_same_user_of_another_tenant_stays(team, make_team):
    other = make_team(team.server)
    stream = team.stream("ann")
    answer = other.admin().delete("/sse/users/ann/connections", params={"reconnect": "false"})
    assert answer.is_success or answer.status_code == 404
    team.fence(stream)
    assert "stream.closing" not in stream.types()


def test_a_user_without_connections_costs_nothing(team):
    answer = team.admin().delete("/sse/users/nobody/connections")
    assert answer.is_success or answer.status_code == 404


def test_an_admin_may_end_its_own(team):
    stream = team.stream("root")
    ok(team.admin().delete("/sse/users/root/connections", params={"reconnect": "false"}))
    check_closing(stream.wait_for_type("stream.closing"), "admin", reconnect=False)


# What is seen, with many connections.


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
        assert FIELDS <= set(info) and info["lag"] == 0 and info["queuedBytes"] == 0


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
