"""A token is never written to the log, whichever way it came and whatever became of it."""

import tokens
from rest import Api
from sse import Refused, Stream


def test_no_token_and_no_secret_reaches_the_log(start_server, make_team):
    server = start_server()
    team = make_team(server)
    used = []

    def note(token):
        used.append(token)
        return token

    url = server.url + "/sse/connect"
    with Stream(url, note(team.token("header"))) as stream:
        assert stream.established
    with Stream(url, params={"token": note(team.token("query"))}) as stream:
        assert stream.established
    bad = [
        tokens.sign(tokens.claims(), key="some other key that is long enough"),
        team.token(ttl=-3600),
        tokens.assemble({"alg": "none"}, tokens.claims(), lambda _: b""),
        "rubbish-that-is-not-even-a-token-but-may-be-a-password",
    ]
    for token in map(note, bad):
        for options in ({"token": token}, {"params": {"token": token}}):
            try:
                Stream(url, **options).close()
                raise AssertionError("a bad token was accepted")
            except Refused as refused:
                assert token not in refused.response.text
        Api(server.url, token).get("/api/tasks")
        Api(server.url).get("/api/tasks", params={"token": token})
        Api(server.url, token).get("/nothing")
    holder = Api(server.url, note(team.token("holder", jti="holder's")))
    cookie = note(holder.post("/api/session").cookies["boardcast_session"])
    for headers in ({}, {"Origin": "null"}):
        for value in (f"boardcast_session={cookie}", f"boardcast_session={cookie}; boardcast_session={cookie}"):
            Api(server.url).get("/api/tasks", headers={"Cookie": value, **headers})
            try:
                Stream(url, headers={"Cookie": value, **headers}).close()
            except Refused as refused:
                assert cookie not in refused.response.text
    ticket = note(holder.post("/sse/ticket").json()["ticket"])
    Api(server.url).get("/api/tasks", params={"ticket": ticket})
    with Stream(url, params={"ticket": ticket}) as stream:
        assert stream.established
    unused = note(holder.post("/sse/ticket").json()["ticket"])
    admin = Api(server.url, note(team.token("root", role="admin")))
    assert admin.post("/api/revocations", {"jti": holder.token, "reason": holder.token}).status_code == 400
    assert admin.post("/api/revocations", {"jti": "holder's", "reason": holder.token}).status_code == 201
    for spent in (ticket, unused):
        try:
            Stream(url, params={"ticket": spent}).close()
            raise AssertionError("a spent ticket was accepted")
        except Refused as refused:
            assert spent not in refused.response.text
    member = Api(server.url, note(team.token("member")))
    member.get("/sse/stats")
    member.get("/api/tasks", params={"token": member.token})
    member.get("/api/tasks/999")
    member.post("/api/tasks", {"nonsense": 1})
    member.post("/api/tasks", {"name": "fine"})
    team.close()
    server.stop()

    log = server.log()
    for token in used:
        assert token not in log, "a whole token is in the log"
        parts = [part for part in token.split(".") if len(part) > 20]
        for part in parts[1:]:
            assert part not in log, "a part of a token is in the log"
    assert tokens.SECRET not in log


def test_no_token_used_so_far_is_in_the_shared_log(server):
    log = server.log()
    found = [token[:12] for token in tokens.minted if len(token) > 60 and token in log]
    assert found == []
