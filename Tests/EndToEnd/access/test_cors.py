"""Other origins: the configured ones may, exactly; nobody else is even mentioned."""

import pytest

from harness import ORIGIN
from rest import Api, ok

def preflight(server, path, origin, method="GET", headers="authorization, last-event-id"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return Api(server.url).http.options(path, headers=asked)


def words(value):
    return {word.strip().lower() for word in (value or "").split(",")}


@pytest.mark.parametrize("path, method", [("/sse/connect", "GET"), ("/api/tasks", "POST"), ("/api/tasks/1", "PATCH"),
                                          ("/api/tasks/1", "DELETE"), ("/api/events", "GET")])
def test_a_preflight_allows_the_configured_origin(open_team, path, method):
    answer = preflight(open_team.server, path, ORIGIN, method)
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert {"authorization", "last-event-id"} <= words(answer.headers["access-control-allow-headers"])
    assert method.lower() in words(answer.headers["access-control-allow-methods"])
    assert "origin" in words(answer.headers["vary"])


def test_a_preflight_of_a_write_allows_its_headers(open_team):
    asked = "authorization, content-type, idempotency-key, if-match"
    answer = preflight(open_team.server, "/api/tasks", ORIGIN, "POST", asked)
    assert words(asked) <= words(answer.headers["access-control-allow-headers"])


def test_answers_to_the_configured_origin_say_so(open_team):
    api = open_team.api("ann")
    answer = ok(api.get("/api/tasks", headers={"Origin": ORIGIN}))
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    stream = open_team.stream("ann", headers={"Origin": ORIGIN})
    assert stream.response.headers["access-control-allow-origin"] == ORIGIN
    refusal = Api(open_team.server.url).get("/api/tasks", headers={"Origin": ORIGIN})
    assert refusal.status_code == 401
    assert refusal.headers["access-control-allow-origin"] == ORIGIN, "a page may read why it was refused"


STRANGERS = [
    "https://evil.example", "null", "*", "http://app.example", "https://app.example:8443", "https://app.exampl",
    "https://app.example.evil.example", "https://evilapp.example", "https://app.example/", "https://APP.EXAMPLE.",
    "https://app.example@evil.example",
]


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_stranger_is_never_mentioned(open_team, origin):
    for answer in (
        preflight(open_team.server, "/sse/connect", origin),
        preflight(open_team.server, "/api/tasks", origin, "POST"),
        open_team.api("ann").get("/api/tasks", headers={"Origin": origin}),
        open_team.stream("ann", headers={"Origin": origin}).response,
    ):
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed in (None, ORIGIN), f"{origin} was answered {allowed}"


def test_without_configuration_no_origin_is_allowed(team):
    for origin in (ORIGIN, "null"):
        for path in ("/sse/connect", "/api/tasks"):
            assert "access-control-allow-origin" not in preflight(team.server, path, origin).headers
        answer = team.api("ann").get("/api/tasks", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        answer = team.stream("ann", headers={"Origin": origin}).response
        assert "access-control-allow-origin" not in answer.headers
