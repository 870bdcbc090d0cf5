"""A live stream's right to be there: told before it ends, renewed, narrowed, ended."""

import time
from datetime import datetime

import pytest

from listener import check_closing
from rest import TIMESTAMP, Api, ok, problem


@pytest.fixture(scope="module")
def exact_server(start_for_module):
    """A server on which a token ends at its `exp`, to the second."""
    return start_for_module({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})


@pytest.fixture
def exact_team(exact_server, make_team):
    return make_team(exact_server)


def in_seconds(timestamp):
    assert TIMESTAMP.match(timestamp), timestamp
    return datetime.fromisoformat(timestamp).timestamp()


def renew(team, stream, token):
    """The answer to `POST /sse/connections/{id}/token` with this token."""
    api = team.keep(Api(team.server.url, token))
    return api.post(f"/sse/connections/{stream.established['connectionId']}/token")


# Being told.


def test_a_token_with_20_s_left_is_told_at_once(team):
    expires = int(time.time()) + 20
    stream = team.stream("ann", token=team.token(exp=expires))
    told = stream.wait_for_type("token.expiring")
    assert in_seconds(told["expiresAt"]) == expires
    assert TIMESTAMP.match(told["timestamp"]) and told.seq is None
    frame = next(frame for frame in stream.frames() if frame.json and frame.json["type"] == "token.expiring")
    assert frame.id is None
    team.fence(stream)
    assert stream.types().count("token.expiring") == 1 and "stream.closing" not in stream.types()


def test_it_is_told_60_s_before_the_end_and_not_before(team):
    expires = int(time.time()) + 62
    stream = team.stream("ann", token=team.token(exp=expires))
    team.fence(stream)
    assert "token.expiring" not in stream.types()
    told = stream.wait_for_type("token.expiring")
    assert time.time() >= expires - 60 - 0.1, "not before its time"
    assert in_seconds(told["expiresAt"]) == expires


def test_a_token_that_lasts_is_not_told(team):
    stream = team.stream("ann")
    team.fence(stream)
    assert "token.expiring" not in stream.types()


def test_it_is_told_whatever_types_were_asked_for(team):
    team.stream("ann", claims={"ttl": 20}, types="task.created").wait_for_type("token.expiring")


def test_a_stream_ends_with_its_token(exact_team):
    stream = exact_team.stream("ann", claims={"ttl": 5})
    stream.wait_for_type("token.expiring")
    check_closing(stream.wait_for_type("stream.closing"), "token_expired", reconnect=False)
    assert stream.wait_for_end() is None, "the response ends properly"
    assert stream.types()[-1] == "stream.closing"
    problem(renew(exact_team, stream, exact_team.token("ann")), 404)


# Renewing.


def test_a_renewed_stream_outlives_its_first_token(exact_team):
    expires = int(time.time()) + 4
    renewed, control = (exact_team.stream(sub, token=exact_team.token(sub, exp=expires)) for sub in ("ann", "ben"))
    assert ok(renew(exact_team, renewed, exact_team.token("ann")), 204).content == b""
    control.wait_for_end()
    assert time.time() >= expires
    exact_team.fence(renewed)
    assert "stream.closing" not in renewed.types()


def test_a_renewed_stream_ends_with_its_new_token(exact_team):
    stream = exact_team.stream("ann", claims={"ttl": 3600})
    expires = int(time.time()) + 3
    ok(renew(exact_team, stream, exact_team.token("ann", exp=expires)), 204)
    assert in_seconds(stream.wait_for_type("token.expiring")["expiresAt"]) == expires
    check_closing(stream.wait_for_type("stream.closing"), "token_expired", reconnect=False)
    assert time.time() >= expires - 0.1
    assert stream.wait_for_end() is None


def test_each_token_near_its_end_is_told(team):
    first = int(time.time()) + 20
    stream = team.stream("ann", token=team.token(exp=first))
    stream.wait_for_type("token.expiring")
    ok(renew(team, stream, team.token("ann", exp=first + 10)), 204)
    stream.wait_for(lambda event: event.type == "token.expiring" and in_seconds(event["expiresAt"]) == first + 10)


def test_renewing_loses_and_doubles_nothing(team):
    stream = team.stream("ann")
    api = team.api("ben")
    for i in range(30):
        api.create_task(f"task {i}")
        ok(renew(team, stream, team.token("ann", jti=f"j{i}")), 204)
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == [f"task {i}" for i in range(30)]


def test_a_token_of_another_user_or_tenant_does_not_renew(exact_server, exact_team, make_team):
    stream = exact_team.stream("ann", claims={"ttl": 3})
    for sub, more in (("ben", {}), ("root", {"role": "admin"}), ("Ann", {}), ("ann ", {})):
        answer = renew(exact_team, stream, exact_team.token(sub, **more))
        problem(answer, 403 if answer.status_code == 403 else 404)
    other = make_team(exact_server)
    problem(renew(other, stream, other.token("ann")), 404)
    check_closing(stream.wait_for_type("stream.closing"), "token_expired", reconnect=False)


def test_what_is_no_token_does_not_renew(team):
    stream = team.stream("ann")
    for token in (None, "nonsense", team.token("ann", ttl=-3600)):
        problem(renew(team, stream, token), 401)


def test_a_cookie_does_not_renew(team):
    """The cookie counts for GET alone."""
    stream = team.stream("ann")
    path = f"/sse/connections/{stream.established['connectionId']}/token"
    answer = Api(team.server.url).post(path, headers={"Cookie": f"boardcast_session={team.token('ann')}"})
    problem(answer, 401)


@pytest.mark.parametrize("id", ["0000000000000000", "nonsense", "..%2f..%2fx", "%00", "x" * 300])
def test_a_connection_that_is_none_cannot_be_renewed(team, id):
    answer = team.api("ann").post(f"/sse/connections/{id}/token")
    problem(answer, 400 if answer.status_code == 400 else 404)


# Narrowing.


def test_a_renewed_token_with_fewer_boards_narrows_the_stream(team):
    team.admin().create_board("side")
    stream = team.stream("ann", claims={"boards": ["main", "side"]})
    api = team.api("ben")
    api.create_task("seen", boardId="side")
    stream.wait_for_seq(api.last_seq)
    ok(renew(team, stream, team.token("ann", boards=["main"])), 204)
    api.create_task("hidden", boardId="side")
    api.create_task("shown", boardId="main")
    team.fence(stream)
    names = [event["task"]["name"] for event in stream.durable() if event.type == "task.created"]
    assert names == ["seen", "shown"]
    assert "stream.closing" not in stream.types()


def test_a_token_for_some_boards_narrows_a_stream_of_all(team):
    team.admin().create_board("side")
    stream = team.stream("ann")
    ok(renew(team, stream, team.token("ann", boards=["side"])), 204)
    api = team.api("ben")
    api.create_task("hidden")
    api.create_task("shown", boardId="side")
    team.admin().create_board("later")
    api.create_task("hidden too", boardId="later")
    team.fence(stream)
    names = [event["task"]["name"] for event in stream.durable() if event.type == "task.created"]
    assert names == ["shown"]


def test_stats_show_the_narrowed_boards(team):
    team.admin().create_board("side")
    stream = team.stream("ann", claims={"boards": ["main", "side"]})
    ok(renew(team, stream, team.token("ann", boards=["main"])), 204)
    (info,) = team.admin().stats()["connections"]
    assert info["boards"] == ["main"]


def test_a_stream_with_nothing_left_is_closed(team):
    team.admin().create_board("side")
    stream, neighbour = team.stream("ann", board="side"), team.stream("ann", board="main")
    ok(renew(team, stream, team.token("ann", boards=["main"])))
    check_closing(stream.wait_for_type("stream.closing"), "access_lost")
    assert stream.wait_for_end() is None
    team.fence(neighbour)


def test_the_new_token_decides_about_revocation(team):
    renewed, control = (team.stream("ann", token=team.token("ann", jti=f"{name}-1")) for name in ("a", "b"))
    ok(renew(team, renewed, team.token("ann", jti="a-2")), 204)
    admin = team.admin()
    for jti in ("a-1", "b-1"):
        ok(admin.post("/api/revocations", {"jti": jti}), 201)
    check_closing(control.wait_for_type("stream.closing"), "revoked")
    team.fence(renewed)
    ok(admin.post("/api/revocations", {"jti": "a-2"}), 201)
    check_closing(renewed.wait_for_type("stream.closing"), "revoked")
    assert renewed.wait_for_end() is None


def test_a_revoked_token_does_not_renew(team):
    stream = team.stream("ann", token=team.token("ann", jti="first"))
    ok(team.admin().post("/api/revocations", {"jti": "second"}), 201)
    problem(renew(team, stream, team.token("ann", jti="second")), 401)
    team.fence(stream)
