"""Revoked tokens open nothing any more, what they opened ends, and a crash forgets none of it."""

import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from rest import TIMESTAMP, Api, ok, pointers, problem
from sse import Refused, Stream, refused
from waiting import eventually


def revoke(admin, expected=201, **body):
    return ok(admin.post("/api/revocations", body), expected).json()


def ago(**duration):
    return int((datetime.now(timezone.utc) - timedelta(**duration)).timestamp())


def rfc3339(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_refused(server, token):
    answer = Api(server.url, token).get("/api/tasks")
    if answer.status_code == 200:
        return False
    return problem(answer, 401)["detail"] == "the token was revoked"


def test_a_revoked_token_opens_nothing_by_any_way(team):
    token = team.token(jti="t-1")
    ok(Api(team.server.url, token).get("/api/tasks"))
    ticket = ok(Api(team.server.url, token).post("/sse/ticket")).json()["ticket"]
    body = revoke(team.admin(), jti="t-1", reason="lost")["revocation"]
    assert (body["jti"], body["reason"], body["createdBy"]) == ("t-1", "lost", "root")
    assert TIMESTAMP.match(body["createdAt"])

    url = team.server.url + "/sse/connect"
    for options in ({"token": token}, {"params": {"token": token}}, {"params": {"ticket": ticket}},
                    {"headers": {"Cookie": f"boardcast_session={token}"}}):
        assert problem(refused(url, **options), 401)["detail"] == "the token was revoked"
    assert is_refused(team.server, token)
    assert not is_refused(team.server, team.token(jti="t-2"))


def test_what_a_revoked_token_opened_ends_within_a_second(team):
    gone = [team.stream("ann", claims={"jti": "t"}) for _ in range(3)]
    by_ticket = Stream(
        team.server.url + "/sse/connect",
        params={"ticket": ok(team.api("ann", jti="t").post("/sse/ticket")).json()["ticket"]})
    assert by_ticket.established
    stays = [team.stream("ann", claims={"jti": "u"}), team.stream("ben")]
    assert revoke(team.admin(), jti="t")["connections"] == 4
    for stream in [*gone, by_ticket]:
        closing = stream.wait_for_type("stream.closing")
        assert closing["reason"] == "revoked" and closing.data["reconnect"] is False
        assert stream.wait_for_end() is None
    assert team.admin().stats()["totalConnections"] == 2
    assert not any(stream.closed for stream in stays)


def test_a_user_is_revoked_up_to_now(team):
    old, without = team.token(iat=ago(minutes=5)), team.token()
    stream = team.stream(token=old)
    assert revoke(team.admin(), sub="ann")["connections"] == 1
    assert stream.wait_for_type("stream.closing")["reason"] == "revoked"
    assert is_refused(team.server, old) and is_refused(team.server, without)
    assert not is_refused(team.server, team.token("ben", iat=ago(minutes=5)))
    # In whole seconds, a token of the same second counts as issued before.
    now = int(time.time())
    eventually(lambda: time.time() >= now + 1, "the next second began")
    assert not is_refused(team.server, team.token(iat=int(time.time())))


def test_a_tenant_is_revoked_up_to_a_time(team, make_team):
    others = make_team(team.server)
    old, new = team.token(iat=ago(minutes=5)), team.token("ben", iat=ago(minutes=1))
    stream, other = team.stream(token=old), others.stream()
    admin = team.api("root", role="admin", iat=ago(seconds=30))
    assert revoke(admin, issuedBefore=rfc3339(ago(minutes=2)))["connections"] == 1
    assert stream.wait_for_type("stream.closing")["reason"] == "revoked"
    assert is_refused(team.server, old) and is_refused(team.server, team.token())
    assert not is_refused(team.server, new)
    assert not is_refused(team.server, others.token()) and not other.closed


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_revocations_outlast_the_process(start_server, make_team, gracefully):
    server = start_server()
    team = make_team(server)
    token, ben = team.token(jti="t", iat=ago(minutes=1)), team.token("ben", iat=ago(minutes=1))
    admin_token = team.token("root", role="admin", iat=ago(seconds=1))
    first = revoke(Api(server.url, admin_token), jti="t")["revocation"]
    second = revoke(Api(server.url, admin_token), sub="ben")["revocation"]
    server.restart(gracefully)
    assert is_refused(server, token) and is_refused(server, ben)
    listed = ok(Api(server.url, admin_token).get("/api/revocations")).json()
    assert listed == {"items": [second, first], "next": None}
    acts = ok(Api(server.url, admin_token).get("/api/audit")).json()["items"]
    assert [(act["act"], act["subject"]) for act in acts] == [("tokens.revoked", "sub ben"), ("tokens.revoked", "jti t")]


def test_no_stream_that_is_opening_slips_through(team):
    """Streams open in a hurry while their token is revoked: each is refused or cut."""
    admin = team.admin()
    for round in range(10):
        token = team.token(jti=f"race-{round}")
        opened, started = [], threading.Event()

        def open_some():
            for _ in range(6):
                try:
                    opened.append(Stream(team.server.url + "/sse/connect", token))
                    started.set()
                except Refused:
                    return

        threads = [threading.Thread(target=open_some) for _ in range(4)]
        for thread in threads:
            thread.start()
        started.wait(30)
        revoke(admin, jti=f"race-{round}")
        for thread in threads:
            thread.join()
        for stream in opened:
            assert stream.wait_for_type("stream.closing")["reason"] == "revoked"
            stream.close()
    eventually(lambda: admin.stats()["totalConnections"] == 0, "nobody is left")


def test_revoking_is_for_admins_and_must_be_clear(team):
    for role in ("viewer", "member", "service"):
        api = team.api("someone", role=role)
        problem(api.post("/api/revocations", {"sub": "ben"}), 403)
        problem(api.get("/api/revocations"), 403)
        problem(api.get("/api/audit"), 403)
    admin = team.admin()
    for body, pointer in (({}, ""), ({"jti": "a", "sub": "b"}, ""), ({"sub": 1}, "/sub"), ({"jti": ""}, "/jti"),
                          ({"jti": team.token()}, "/jti"), ({"issuedBefore": "today"}, "/issuedBefore"),
                          ({"sub": "b", "reason": "r" * 501}, "/reason"), ({"sub": "b", "tenant": "x"}, "/tenant")):
        assert pointers(problem(admin.post("/api/revocations", body), 400)) == [pointer]
    assert ok(admin.get("/api/revocations")).json() == {"items": [], "next": None}


def test_what_admins_did_is_recorded_and_logged(team):
    admin = team.admin()
    stream = team.stream("ann")
    ok(admin.delete(f"/sse/connections/{stream.established['connectionId']}"))
    ok(admin.delete("/sse/users/ann/connections"))
    revoke(admin, sub="line\nbreak", reason="not for the log")
    acts = ok(admin.get("/api/audit")).json()["items"]
    assert [act["act"] for act in acts] == ["tokens.revoked", "user.disconnected", "connection.closed"]
    assert acts[0]["subject"] == "sub line\nbreak" and acts[0]["detail"] == "not for the log"
    assert all(act["actor"] == "root" and TIMESTAMP.match(act["timestamp"]) for act in acts)
    lines = [line for line in team.server.log().splitlines() if ": administration " in line and f"tenant={team.tenant}" in line.split()]
    assert len(lines) == 3 and all(" notice " in line for line in lines)
    assert "not for the log" not in team.server.log()
