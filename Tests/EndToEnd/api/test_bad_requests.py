"""Requests that are refused, each with the reason as problem+json."""

import pytest

from rest import Api, check_problem, ok, problem
from waiting import eventually
from wire import Wire

BAD_JSON = {
    "empty": b"",
    "broken": b'{"name":',
    "trailing comma": b'{"name":"x",}',
    "something after it": b'{"name":"x"} x',
    "two values": b'{"name":"x"}{"name":"y"}',
    "a comment": b'{"name":"x"/* y */}',
    "single quotes": b"{'name':'x'}",
    "not a number": b'{"name":"x","labels":[NaN]}',
    "a list": b'[{"name":"x"}]',
    "a string": b'"name"',
    "null": b"null",
    "a field twice": b'{"name":"x","name":"y"}',
    "a field twice, once escaped": b'{"name":"x","n\\u0061me":"y"}',
    "lone high surrogate": b'{"name":"\\ud800"}',
    "lone low surrogate": b'{"name":"\\udc00x"}',
    "surrogates reversed": b'{"name":"\\udc00\\ud800"}',
    "invalid UTF-8": b'{"name":"\xff\xfe"}',
    "overlong UTF-8": b'{"name":"\xc0\xaf"}',
    "UTF-8 surrogate": b'{"name":"\xed\xa0\x80"}',
    "raw newline in a string": b'{"name":"a\nb"}',
    "nested deep": b'{"name":"x","labels":' + b"[" * 100 + b"]" * 100 + b"}",
    "nested very deep": b'{"name":"x","labels":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "nested and never closed": b"[" * 500_000,
    "UTF-16": '{"name":"x"}'.encode("utf-16"),
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_a_body_that_is_not_strict_json_is_400(api, case):
    problem(api.send_raw("POST", "/api/tasks", BAD_JSON[case]), 400)
    assert api.tasks() == []


def test_a_surrogate_pair_is_one_character(api):
    answer = ok(api.send_raw("POST", "/api/tasks", b'{"name":"\\ud83c\\udf88"}'), 201)
    assert answer.json()["task"]["name"] == "\U0001f388"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"]
)
def test_a_body_of_another_type_is_415(api, content_type):
    """What a foreign page can send without a preflight must not be taken."""
    problem(api.send_raw("POST", "/api/tasks", b'{"name":"x"}', content_type), 415)
    assert api.tasks() == []


def test_a_charset_beside_the_type_is_fine(api):
    ok(api.send_raw("POST", "/api/tasks", b'{"name":"x"}', "application/json; charset=utf-8"), 201)


@pytest.mark.parametrize(
    "path",
    ["/api/tasks?colour=red", "/api/boards?x=1", "/api/events?sinse=1", "/api/boards/main/snapshot?x=1"],
)
def test_an_unknown_query_name_is_400(api, path):
    problem(api.get(path), 400)


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/api/tasks/1/2/3", "/nothing", "/sse/nothing"])
def test_an_unknown_route_is_404(api, path):
    problem(api.get(path), 404)


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("PUT", "/api/tasks", {"GET", "POST"}),
        ("DELETE", "/api/tasks", {"GET", "POST"}),
        ("PUT", "/api/tasks/1", {"GET", "PATCH", "DELETE"}),
        ("GET", "/api/tasks/1/move", {"POST"}),
        ("POST", "/api/boards/main", {"GET", "PATCH", "DELETE"}),
        ("POST", "/api/boards/main/snapshot", {"GET"}),
        ("GET", "/api/publish", {"POST"}),
        ("POST", "/sse/connect", {"GET"}),
        ("POST", "/sse/stats", {"GET"}),
    ],
)
def test_a_wrong_method_is_405_and_says_what_is_allowed(team, method, path, allowed):
    answer = team.admin().http.request(method, path)
    problem(answer, 405)
    assert allowed <= {name.strip() for name in answer.headers["allow"].split(",")}


def read_refusal(wire, expected):
    answer = wire.response()
    check_problem(answer.status, answer.header("Content-Type"), answer.json, expected)


def test_a_body_announced_over_1_mib_is_413(team):
    size = 1024 * 1024 + 1
    with Wire(team.server) as wire:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(size))]
        wire.request("POST", "/api/tasks", team.token(), headers)
        wire.send_until_answered(b" " * size)
        read_refusal(wire, 413)


def test_a_chunked_body_over_1_mib_is_413(team):
    with Wire(team.server) as wire:
        headers = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
        wire.request("POST", "/api/tasks", team.token(), headers)
        wire.send_until_answered((b"10000\r\n" + b" " * 65536 + b"\r\n") * 17 + b"0\r\n\r\n")
        read_refusal(wire, 413)


def test_a_body_of_just_1_mib_is_read(api):
    body = b'{"name":"x"' + b" " * (1024 * 1024 - 12) + b"}"
    assert len(body) == 1024 * 1024
    ok(api.send_raw("POST", "/api/tasks", body), 201)


def test_headers_over_16_kib_are_431(team):
    for headers in ([("X-Long", "x" * 20_000)], [(f"X-{i}", "y" * 100) for i in range(200)]):
        with Wire(team.server) as wire:
            wire.request("GET", "/api/tasks", team.token(), headers)
            read_refusal(wire, 431)


def test_a_url_over_16_kib_is_refused(team):
    for path in ("/api/tasks?q=", "/sse/connect?types="):
        with Wire(team.server) as wire:
            wire.request("GET", path + "x" * 20_000, team.token())
            answer = wire.response()
            assert answer.status in (414, 431)
            check_problem(answer.status, answer.header("Content-Type"), answer.json, answer.status)


def test_every_refusal_has_a_request_id_of_its_own(api):
    ids = {problem(api.get("/api/tasks/999999"), 404)["requestId"] for _ in range(5)}
    assert len(ids) == 5


def test_a_refusal_repeats_no_markup_unescaped(api):
    """JSON with the right type and nosniff is not a page, whatever the path says."""
    answer = api.get("/api/%3Cscript%3Ealert(1)%3C/script%3E")
    problem(answer, 404)
    assert answer.headers.get("x-content-type-options") == "nosniff"


def test_unreadable_limits_are_400(api):
    for path in ("/api/tasks", "/api/events"):
        for limit in ("0", "-1", "abc", "1e3", "1.5", "", "99999999999999999999999"):
            problem(api.get(path, params={"limit": limit}), 400)


def test_health_needs_no_token(server):
    for path in ("/healthz", "/readyz"):
        ok(Api(server.url).get(path), 200)


def test_a_client_that_leaves_in_its_body_is_no_failure_of_ours(start_server, make_team):
    server = start_server()
    token = make_team(server).token()
    for leave in (Wire.close, Wire.reset):
        wire = Wire(server)
        wire.send((f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                   "Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{").encode())
        leave(wire)
    eventually(lambda: server.log().count("call=tasks.create") == 2, "both are in the log")
    assert "request failed" not in server.log() and "status=500" not in server.log()
