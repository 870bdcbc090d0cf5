"""The end of a token: `exp` ends what lasts, and nothing that lasts begins after it; the leeway is for calls."""

import threading
from datetime import timedelta

import pytest

from listener import check_closing
from rest import Api, ok
from sse import Refused, Stream
from tokens import cookie
from waiting import eventually
from wall_clock import WallClock

TTL, LEEWAY = 100, 30

#: Within the leeway, and past it.
LATE, OVER = timedelta(seconds=TTL + LEEWAY / 2), timedelta(seconds=TTL + LEEWAY)


@pytest.fixture
def clock(tmp_path):
    return WallClock(tmp_path)


@pytest.fixture
def team(start_server, clock, make_team):
    server = start_server({**clock.environment, "BOARDCAST_SSE_HEARTBEAT_SECONDS": "1"})
    return make_team(server)


def renew(team, stream, token):
    api = team.keep(Api(team.server.url, token))
    return api.post(f"/sse/connections/{stream.established['connectionId']}/token")


def opened(team, token):
    """Everything that a token opens, each tried once: its name, and whether it was let in."""
    api = team.keep(Api(team.server.url, token))
    yield "call", api.get("/api/tasks").status_code == 200
    yield "write", api.post("/api/tasks", {"name": "x"}).status_code == 201
    head = team.admin().head()
    yield "poll", api.get("/api/events", params={"since": head, "wait": 1}).status_code == 200
    yield "cookie", Api(team.server.url).get("/api/tasks", headers=cookie(token)).status_code == 200
    session = api.post("/api/session")
    yield "session", session.status_code == 204 and "Max-Age=0" not in session.headers["set-cookie"]
    ticket = api.post("/sse/ticket")
    yield "ticket", ticket.status_code == 200
    if ticket.status_code == 200:
        yield "stream by ticket", is_let_in(lambda: team.keep(
            Stream(team.server.url + "/sse/connect", None, params={"ticket": ticket.json()["ticket"]})).established)
    yield "stream", is_let_in(lambda: team.stream("ann", token=token))
    yield "stream of tasks", is_let_in(
        lambda: team.keep(Stream(team.server.url + "/api/tasks/stream", token)).wait_for_type("connected"))
    yield "socket", is_let_in(lambda: team.socket("ann", token=token))
    lasting = team.stream("ann", claims={"ttl": 3600})
    yield "renewal", renew(team, lasting, token).status_code == 204


def is_let_in(opening):
    try:
        opening()
        return True
    except Exception:
        return False


#: What is answered at once, and lasts no longer.
CALLS = ["call", "write", "cookie", "ticket"]


def test_within_the_leeway_calls_are_answered_and_nothing_that_lasts_begins(clock, team):
    token = team.token("ann", ttl=TTL)
    clock.set_ahead(LATE)
    assert [name for name, is_in in opened(team, token) if is_in] == CALLS


def test_past_the_leeway_a_token_opens_nothing(clock, team):
    token = team.token("ann", ttl=TTL)
    clock.set_ahead(OVER)
    assert [name for name, is_in in opened(team, token) if is_in] == []


def test_what_lasts_ends_with_exp(clock, team):
    token = team.token("ann", ttl=TTL)
    stream, socket = team.stream("ann", token=token), team.socket("ann", token=token)
    tasks = team.keep(Stream(team.server.url + "/api/tasks/stream", token))
    renewed = team.stream("ann", claims={"ttl": TTL + 3600})
    ok(renew(team, renewed, token), 204)
    polling, head = team.keep(Api(team.server.url, token)), team.admin().head()
    poll = threading.Thread(target=lambda: polling.get("/api/events", params={"since": head, "wait": 30}))
    poll.start()
    eventually(lambda: team.admin().stats()["totalConnections"] == 5, "the poll is waiting")
    clock.set_ahead(LATE)
    for one in (stream, socket, renewed):
        check_closing(one.wait_for_type("stream.closing"), "token_expired", reconnect=False)
    for one in (stream, tasks, renewed):
        assert one.wait_for_end() is None
    eventually(lambda: not poll.is_alive(), "the poll is answered", deadline=20)
    # A client that comes back with it is refused, rather than let in for a moment each time.
    with pytest.raises(Refused):
        Stream(team.server.url + "/sse/connect", token)
