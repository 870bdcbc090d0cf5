"""The session cookie: who gets it, what it is good for, and from where."""

import time

import pytest

import tokens
from harness import ORIGIN
from rest import Api, ok, problem
from sse import Refused, Stream, refused
from tokens import cookie
from wire import Wire


def attributes(answer):
    """Name, value and attributes of the one cookie that is set."""
    (header,) = answer.headers.get_list("set-cookie")
    pair, *rest = header.split("; ")
    name, _, value = pair.partition("=")
    return name, value, {key: setting for key, _, setting in (part.partition("=") for part in rest)}


def test_a_token_becomes_a_cookie_of_the_same_life(team):
    token = team.token(ttl=600)
    name, value, rest = attributes(ok(Api(team.server.url, token).post("/api/session"), 204))
    assert (name, value) == ("boardcast_session", token)
    assert 590 <= int(rest.pop("Max-Age")) <= 600
    assert rest == {"HttpOnly": "", "SameSite": "Strict", "Path": "/"}
    name, value, rest = attributes(ok(Api(team.server.url).delete("/api/session"), 204))
    assert (name, value, rest["Max-Age"]) == ("boardcast_session", "", "0")


@pytest.mark.parametrize(
    "host, secure",
    [("127.0.0.1:1", False), ("localhost", False), ("127.9.9.9", False), ("[::1]:8788", False),
     ("board.example", True), ("localhost.example", True), ("127.0.0.1.example:80", True), ("10.0.0.1", True)],
)
def test_the_cookie_is_secure_but_on_loopback(team, host, secure):
    for method, token in (("POST", team.token()), ("DELETE", None)):
        with Wire(team.server) as wire:
            wire.host = host
            wire.request(method, "/api/session", token, headers=[("Content-Length", "0")])
            answer = wire.response()
            assert answer.status == 204
            assert answer.header("Set-Cookie").endswith("; Secure") == secure


def test_the_cookie_reads_and_follows_but_does_not_write(team):
    task = team.api().create_task("a")
    headers = cookie(team.token())
    api = Api(team.server.url)
    assert ok(api.get(f"/api/tasks/{task['id']}", headers=headers)).json()["name"] == "a"
    ok(api.http.head("/api/tasks", headers=headers))
    with Stream(team.server.url + "/sse/connect", headers=headers) as stream:
        assert stream.established["userId"] == "ann"
    problem(api.post("/api/tasks", {"name": "b"}, headers=headers), 401)
    problem(api.delete(f"/api/tasks/{task['id']}", headers=headers), 401)
    problem(api.post("/sse/ticket", headers=headers), 401)


def test_an_expired_cookie_is_an_expired_token(team):
    answer = Api(team.server.url).get("/api/tasks", headers=cookie(team.token(ttl=-60)))
    assert "expired" in problem(answer, 401)["detail"]


def statuses(server, headers):
    """What a call and a stream answer to these headers."""
    call = Api(server.url).get("/api/tasks", headers=headers).status_code
    try:
        with Stream(server.url + "/sse/connect", headers=headers) as stream:
            assert stream.established
            return call, 200
    except Refused as refusal:
        return call, refusal.response.status_code


def test_the_cookie_counts_from_our_pages_alone(open_team):
    mine = cookie(tokens.mint())
    own = f"http://{open_team.server.host}:{open_team.server.port}"
    for headers in ({}, {"Origin": own}, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"},
                    {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}):
        assert statuses(open_team.server, {**mine, **headers}) == (200, 200), headers
    for headers in ({"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": own + "0"}, {"Origin": own + "/"},
                    {"Origin": ORIGIN + ":443"}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}):
        assert statuses(open_team.server, {**mine, **headers}) == (401, 401), headers


def test_a_query_token_does_not_make_up_for_a_cookie_that_does_not_count(open_team):
    token = tokens.mint()
    headers = {**cookie(token), "Origin": "null"}
    body = problem(refused(open_team.server.url + "/sse/connect", params={"token": token}, headers=headers), 401)
    assert body["detail"] == "the cookie does not count from this origin"


def test_a_page_of_a_configured_origin_may_send_it(open_team):
    api = Api(open_team.server.url)
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    for answer in (
        api.http.options("/api/session", headers=asked),
        api.get("/api/tasks", headers={"Origin": ORIGIN, **cookie(tokens.mint())}),
        api.get("/api/tasks", headers={"Origin": ORIGIN}),
    ):
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-credentials"] == "true"
    stream = Stream(open_team.server.url + "/sse/connect", headers={"Origin": ORIGIN, **cookie(tokens.mint())})
    assert stream.response.headers["access-control-allow-credentials"] == "true"
    stream.close()
    stranger = api.get("/api/tasks", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-credentials" not in stranger.headers


@pytest.mark.parametrize("form", ["{0}; {0}", "{0};x=1;{0}", "{0} x", '{0}"', "{0}; boardcast_session"])
def test_a_cookie_header_that_is_not_clear_is_refused(team, form):
    with Wire(team.server) as wire:
        value = form.format(f"boardcast_session={team.token()}")
        for path in ("/api/tasks", "/sse/connect"):
            wire.request("GET", path, headers=[("Cookie", value)])
            assert wire.response().status == 401, form


def test_cookies_of_others_do_no_harm(team):
    """Whatever other programs on this host have set."""
    with Wire(team.server) as wire:
        wire.request("GET", "/api/tasks", team.token(), headers=[("Cookie", '{"a": 1}; x; x')])
        assert wire.response().status == 200
        wire.request("GET", f"/sse/connect?token={team.token()}", headers=[("Cookie", "x=1; x=2; é")])
        assert wire.head().status == 200


def test_a_stream_by_cookie_ends_with_its_token(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"}))
    stream = Stream(team.server.url + "/sse/connect", headers=cookie(team.token(exp=int(time.time()) + 2)))
    assert stream.wait_for_type("stream.closing")["reason"] == "token_expired"
    stream.close()
