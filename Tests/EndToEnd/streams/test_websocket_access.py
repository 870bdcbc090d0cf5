"""Who may open a WebSocket: by header, query, ticket, cookie or first frame."""

import pytest

import tokens
from rest import ok
from ws import open_socket, refusal


def test_a_token_may_be_in_the_header(team):
    assert team.socket("ann").established["userId"] == "ann"


def test_a_token_may_be_in_the_query(team):
    assert open_socket(team, token=team.token("ann")).established["userId"] == "ann"


def test_a_ticket_is_good_for_one_socket(team):
    ticket = ok(team.api("ann").post("/sse/ticket")).json()["ticket"]
    assert open_socket(team, ticket=ticket).established["userId"] == "ann"

    assert refusal(team.server, params={"ticket": ticket}).status_code == 401


def test_a_cookie_counts(team):
    assert open_socket(team, tokens.cookie(team.token("ann"))).established["userId"] == "ann"


def test_a_cookie_counts_from_the_own_origin(team):
    assert open_socket(team, tokens.cookie(team.token("ann")), origin=team.server.url).established["userId"] == "ann"


def test_the_first_frame_may_bring_the_token(team):
    socket = open_socket(team, board="main")
    socket.say("auth", token=team.token("ann"))
    assert socket.established["userId"] == "ann" and socket.events[0].type == "connection.established"
    api = team.api("ben")
    api.create_task("heard")
    socket.wait_for_seq(api.last_seq)


@pytest.mark.parametrize("token", [
    "nonsense", "", None, 7, tokens.mint(ttl=-3600), tokens.sign(tokens.claims(), key="k" * 64),
], ids=["garbage", "empty", "absent", "a number", "expired", "another key"])
def test_a_bad_first_frame_is_closed_with_4001(team, token):
    socket = open_socket(team)
    socket.say("auth", **({} if token is None else {"token": token}))
    assert socket.wait_for_code() == 4001
    assert "connection.established" not in socket.types()


def test_another_first_frame_than_auth_is_closed_with_4001(team):
    socket = open_socket(team)
    socket.say("subscribe", boards=["main"])
    assert socket.wait_for_code() == 4001
    assert "connection.established" not in socket.types()


def test_without_a_token_the_connection_is_closed_with_4001(team):
    """After 5 s of silence; nothing is told until then."""
    socket = open_socket(team)
    team.api("ben").create_task("not for strangers")
    assert socket.wait_for_code() == 4001
    assert all(event.seq is None for event in socket.events) and "connection.established" not in socket.types()


def test_a_socket_sees_its_own_tenant_alone(team, make_team):
    other = make_team(team.server)
    mine, theirs = team.socket("ann"), other.socket("ann")
    other.api("eve").create_task("theirs")
    team.api("ben").create_task("mine")
    team.fence(mine)
    other.fence(theirs)
    assert [event["task"]["name"] for event in mine.durable() if "task" in event.data] == ["mine"]
    assert [event["task"]["name"] for event in theirs.durable() if "task" in event.data] == ["theirs"]
