"""Where a token may stand: the Bearer header; the query, for streams only; and which of them counts."""

import pytest

import tokens
from rest import Api, problem
from sse import Stream, refused


def test_a_stream_takes_the_token_from_the_header_or_the_query(team):
    url = team.server.url + "/sse/connect"
    with Stream(url, team.token("by-header")) as stream:
        assert stream.established["userId"] == "by-header"
    with Stream(url, params={"token": team.token("by-query")}) as stream:
        assert stream.established["userId"] == "by-query"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_case_insensitive(team, scheme):
    answer = Api(team.server.url).get("/api/tasks", headers={"Authorization": f"{scheme} {team.token()}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/tasks", "/api/boards", "/api/events", "/api/boards/main", "/sse/stats"])
def test_a_rest_call_with_the_token_in_the_query_is_refused(team, path):
    answer = Api(team.server.url).get(path, params={"token": team.token(role="admin")})
    assert answer.status_code in (400, 401), "a token in a URL ends up in logs and histories"
    problem(answer, answer.status_code)


def test_a_write_with_the_token_in_the_query_is_refused(team):
    answer = Api(team.server.url).post("/api/tasks", {"name": "x"}, params={"token": team.token()})
    assert answer.status_code in (400, 401)
    assert team.api().tasks() == []


def test_the_header_wins_over_the_query(team):
    url = team.server.url + "/sse/connect"
    with Stream(url, team.token("header"), params={"token": team.token("query")}) as stream:
        assert stream.established["userId"] == "header"
    with Stream(url, team.token("header"), params={"token": "rubbish"}) as stream:
        assert stream.established["userId"] == "header"
    bad = tokens.sign(tokens.claims(), key="a key of somebody else, long enough")
    problem(refused(url, bad, params={"token": team.token("query")}), 401)


def test_an_empty_token_in_the_query_is_401(team):
    problem(refused(team.server.url + "/sse/connect", params={"token": ""}), 401)


def test_an_expired_token_in_the_query_is_401_and_says_so(team):
    answer = refused(team.server.url + "/sse/connect", params={"token": team.token(ttl=-3600)})
    problem(answer, 401)
    assert "exp" in answer.headers["WWW-Authenticate"]


def test_no_page_or_answer_sends_the_url_on_as_a_referrer(team):
    """A token in a stream's URL must not leave in a Referer header."""
    assert team.stream("ann").response.headers.get("referrer-policy") == "no-referrer"
