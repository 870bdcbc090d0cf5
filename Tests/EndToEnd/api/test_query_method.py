"""QUERY (RFC 10008): the query of a GET as a body, by clients that know nothing of it but its name."""

import json
import re
import subprocess

import pytest

from harness import ORIGIN
from rest import Api, ok, problem
from waiting import DEADLINE
from wire import Wire

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def curl(server, path, token, body, media_type):
    """The status and the body of curl's answer."""
    command = ["curl", "-sS", "--max-time", str(DEADLINE), "-X", "QUERY", server.url + path, "--data-binary", body,
               "-H", f"Content-Type: {media_type}", "-w", "\n%{http_code}"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    answer, _, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return int(status), answer


@pytest.mark.parametrize("media_type, body", [(FORM, "status=inbox&q=se%20c"), (JSON, '{"status":"inbox","q":"se c"}')])
def test_a_list_by_curl_is_what_get_gives(team, api, media_type, body):
    for name in ("first", "se cond", "third"):
        api.create_task(name)
    expected = ok(api.get("/api/tasks", params={"status": "inbox", "q": "se c"}), 200).json()
    assert [task["name"] for task in expected["items"]] == ["se cond"]
    status, answer = curl(team.server, "/api/tasks", team.token("ann"), body, media_type)
    assert (status, json.loads(answer)) == (200, expected)


def test_a_poll_by_curl_has_the_next_event(team, api):
    since = api.head()
    seq = api.create_task("news") and api.last_seq
    status, answer = curl(team.server, "/api/events", team.token("ann"), f"since={since}&wait=10&types=task.*", FORM)
    assert status == 200 and [event["seq"] for event in json.loads(answer)["events"]] == [seq]


@pytest.mark.parametrize("media_type", [FORM, JSON])
def test_a_stream_by_curl_resumes_and_is_live(team, api, media_type):
    since = api.head()
    api.create_task("missed")
    missed = api.last_seq
    query = {"since": since, "types": "task.created"}
    body = json.dumps(query) if media_type == JSON else "&".join(f"{name}={value}" for name, value in query.items())
    command = ["curl", "-sSN", "--max-time", str(DEADLINE), "-X", "QUERY", f"{team.server.url}/sse/connect",
               "-H", f"Authorization: Bearer {team.token('ann')}", "-H", f"Content-Type: {media_type}", "-d", body]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        events = (json.loads(line[6:]) for line in process.stdout if line.startswith("data: "))
        first = next(events)
        assert first["type"] == "connection.established" and first["recovered"] is True
        assert next(events)["seq"] == missed
        api.create_task("live")
        assert next(events)["seq"] == api.last_seq
        process.kill()


def test_a_token_in_the_body_stands_in_no_url(team):
    status, _ = curl(team.server, "/sse/connect", None, f"token={team.token('ann')}&board=nada", FORM)
    assert status == 404, "the token is taken; the board is not there"


def test_what_it_takes_is_told(open_team):
    server = open_team.server
    options = Api(server.url).http.options("/api/tasks")
    assert "QUERY" in re.split(", *", options.headers["allow"])
    assert options.headers["accept-query"] == f"{FORM}, {JSON}"
    assert "QUERY" in Api(server.url).http.options("/sse/connect").headers["allow"]
    preflight = Api(server.url).http.options("/sse/connect", headers={
        "Origin": ORIGIN, "Access-Control-Request-Method": "QUERY", "Access-Control-Request-Headers": "content-type"})
    assert "QUERY" in re.split(", *", preflight.headers["access-control-allow-methods"])
    answer = ok(open_team.api("ann").http.request("QUERY", "/api/tasks", content="{}", headers={
        "Content-Type": JSON, "Origin": ORIGIN}), 200)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "Accept-Query" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("content, media_type, status, code", [
    ("q=1", "text/plain", 415, "media_type"), ("{", JSON, 400, "invalid_json"), ("[]", JSON, 400, "invalid_json"),
    ("q=%", FORM, 400, "invalid_query"), ("limit=0", FORM, 400, "invalid_query"), ("unheard=1", FORM, 400, "invalid_query"),
    ('{"q":null}', JSON, 400, "invalid_query"), ("q=" + "a" * 20_000, FORM, 413, "body_too_large"),
])
@pytest.mark.parametrize("path", ["/api/tasks", "/sse/connect"])
def test_what_is_wrong_with_a_query_is_told(team, path, content, media_type, status, code):
    answer = team.api("ann").send_raw("QUERY", path, content, media_type)
    assert problem(answer, status)["code"] == code


def test_requests_on_one_connection_keep_their_order(team, api):
    """Sent at once, so that a QUERY waits for what is before it, and what is after it waits for the QUERY."""
    api.create_task("one")
    head = f"Host: x\r\nAuthorization: Bearer {team.token('ann')}\r\n"
    query = f"QUERY /api/tasks HTTP/1.1\r\n{head}Content-Type: {FORM}\r\nContent-Length: 5\r\n\r\nq=one"
    plain = f"GET /healthz HTTP/1.1\r\n{head}\r\n"
    with Wire(team.server) as wire:
        wire.send((plain + query + plain + query).encode())
        answers = [wire.response() for _ in range(4)]
    assert [answer.status for answer in answers] == [200] * 4
    assert [b"one" in answer.body for answer in answers] == [False, True, False, True]
