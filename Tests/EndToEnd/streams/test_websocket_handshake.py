"""WebSocket handshakes by raw socket (RFC 6455 §4), and from which origin."""

import json

import pytest

from frames import TEXT, FrameWire, accept, frame, handshake
from harness import ORIGIN
from rest import check_problem
from wire import Wire


def answer_to(team, fields, method="GET", target="/ws/connect", token=None):
    """The HTTP answer to one handshake."""
    with Wire(team.server) as wire:
        wire.request(method, target, token or team.token(), fields)
        answer = wire.head()
        if answer.status != 101:
            answer.body = b"".join(wire.chunks(answer))
        return answer


def check_refusal(answer, status):
    return check_problem(answer.status, answer.header("Content-Type"), answer.json, status)


# The handshake.


def test_the_handshake_of_the_rfc(team):
    """RFC 6455 §1.3 has this key and its answer; field names and tokens are case-insensitive (§4.2.1)."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    assert accept(key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    answer = answer_to(team, [
        ("upgrade", "WebSocket"), ("connection", "keep-alive, upgrade"), ("sec-websocket-key", key),
        ("sec-websocket-version", "13"),
    ])
    assert answer.status == 101 and answer.header("Sec-WebSocket-Accept") == accept(key)
    assert answer.header("Upgrade").lower() == "websocket" and answer.header("Connection").lower() == "upgrade"


def test_no_extension_or_subprotocol_is_agreed_on_that_was_not_offered(team):
    answer = answer_to(team, handshake())
    assert answer.header("Sec-WebSocket-Extensions") is None and answer.header("Sec-WebSocket-Protocol") is None


def test_a_handshake_can_be_the_second_request_of_a_connection(team):
    with Wire(team.server) as wire:
        wire.request("GET", "/api/boards", team.token())
        assert wire.response().status == 200
        wire.request("GET", "/ws/connect", team.token(), handshake())
        assert wire.head().status == 101


def test_frames_may_come_with_the_handshake(team):
    """A client that says everything at once."""
    hello = json.dumps({"type": "auth", "token": team.token("ann")}).encode()
    with FrameWire(team.server, early=frame(TEXT, hello) + frame(TEXT, b'{"type":"ping"}')) as wire:
        assert wire.wait_for_event("connection.established")["userId"] == "ann"
        wire.wait_for_event("pong")


@pytest.mark.parametrize("changed", [
    {"Sec_WebSocket_Key": None}, {"Sec_WebSocket_Key": ""}, {"Sec_WebSocket_Key": "short"},
    {"Sec_WebSocket_Key": "not base64, not at all!!"}, {"Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAAAA"},
], ids=["none", "empty", "short", "not base64", "18 bytes"])
def test_a_key_that_is_none_is_400(team, changed):
    check_refusal(answer_to(team, handshake(**changed)), 400)


@pytest.mark.parametrize("version", ["12", "8", "14", "130", "x", "", None])
def test_another_version_than_13_is_426(team, version):
    answer = answer_to(team, handshake(version=version))
    assert answer.status in ((400, 426) if version is None else (426,))
    if answer.status == 426:
        assert answer.header("Sec-WebSocket-Version") == "13"
    check_refusal(answer, answer.status)


@pytest.mark.parametrize("changed", [
    {"Upgrade": None}, {"Upgrade": "h2c"}, {"Connection": None}, {"Connection": "keep-alive"},
    {"Upgrade": None, "Connection": None},
], ids=["no Upgrade", "Upgrade to another", "no Connection", "Connection without Upgrade", "an ordinary GET"])
def test_what_is_no_upgrade_is_400_or_426(team, changed):
    answer = answer_to(team, handshake(**changed))
    assert answer.status in (400, 426)
    check_refusal(answer, answer.status)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_other_methods_are_no_handshake(team, method):
    with Wire(team.server) as wire:
        wire.request(method, "/ws/connect", team.token(), handshake())
        assert wire.head().status in (400, 405)


def test_http_1_0_is_no_handshake(team):
    with Wire(team.server) as wire:
        lines = ["GET /ws/connect HTTP/1.0", "Host: x", f"Authorization: Bearer {team.token()}"]
        lines += [f"{name}: {value}" for name, value in handshake()]
        wire.send("\r\n".join(lines).encode() + b"\r\n\r\n")
        assert wire.head().status in (400, 426, 505)


def test_a_bad_token_is_401_at_the_handshake(team):
    answer = answer_to(team, handshake(), token="nonsense")
    check_refusal(answer, 401)
    assert "invalid_token" in answer.header("WWW-Authenticate")


@pytest.mark.parametrize("target, status", [
    ("/ws/connect?board=side", 403), ("/ws/connect?board=nowhere", 404), ("/ws/connect?nonsense=1", 400),
    ("/ws/connect?types=%00", 400), ("/ws/nowhere", 404),
])
def test_refusals_that_no_retry_can_mend_are_http(team, target, status):
    team.admin().create_board("side")
    boards = {"boards": ["main"]} if status == 403 else {}
    check_refusal(answer_to(team, handshake(), target=target, token=team.token(**boards)), status)


# Where a page may come from.


@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "*", "http://app.example", "https://app.example:8443", "https://app.example.evil",
    "https://app.example/", "",
])
def test_a_page_of_another_origin_is_403(open_team, origin):
    check_refusal(answer_to(open_team, [*handshake(), ("Origin", origin)]), 403)


def test_a_page_of_an_allowed_origin_comes_in(open_team):
    assert answer_to(open_team, [*handshake(), ("Origin", ORIGIN)]).status == 101


def test_the_own_page_comes_in(open_team):
    server = open_team.server
    assert answer_to(open_team, [*handshake(), ("Origin", f"http://{server.host}:{server.port}")]).status == 101


def test_a_client_without_an_origin_comes_in(open_team):
    assert answer_to(open_team, handshake()).status == 101


def test_two_origins_are_refused(open_team):
    answer = answer_to(open_team, [*handshake(), ("Origin", ORIGIN), ("Origin", "https://evil.example")])
    assert answer.status in (400, 403)
