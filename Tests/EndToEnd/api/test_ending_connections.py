"""How an admin ends connections: one, or all of a user."""

import pytest

from listener import check_closing
from rest import Api, ok, problem
from waiting import eventually


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
