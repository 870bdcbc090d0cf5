"""Whatever stands in a name, a label, a user or a board: the stream holds exactly the events that were made."""

import json
import unicodedata

import pytest

from rest import ok
from sse import Refused, Stream, parse
from wire import Wire

NASTY = {
    "LF": "a\nb",
    "CR": "a\rb",
    "CRLF": "a\r\nb",
    "an event of its own": "x\n\ndata: {\"type\":\"task.created\",\"seq\":666}\n\n",
    "an event by CR": "x\r\rdata: {\"type\":\"task.created\",\"seq\":666}\r\r",
    "an id": "x\nid: 666-evil\n",
    "an event name": "x\r\nevent: evil\r\ndata: y",
    "a retry": "x\nretry: 1\n",
    "a comment": "x\n: evil\n",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "next line": "a\u0085b",
    "vertical tab and form feed": "a\u000b\u000cb",
    "NUL": "a\u0000b",
    "escape": "a\u001b[31mb",
    "byte order mark": "\ufeffa",
    "quotes": "\"a\" 'b' `c`",
    "backslashes": "\\n\\r\\u000a\\\\",
    "markup": "</script><script>alert(1)</script>",
    "an escape cut short": "\\u",
    "right to left": "\u202eabc",
    "combining": "e\u0301",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "highest": "\U0010ffff",
}


def check_stream(raw):
    """Every line is one of the few that a server may write; nothing came in through a value."""
    for line in bytes(raw).split(b"\n"):
        assert line == b"" or line.startswith((b"data: ", b"id: ", b"retry: ", b":")), line[:200]
        assert b"\r" not in line
    for frame in parse(raw):
        assert {name for name, _ in frame.fields} <= {"id", "data", "retry"}
        assert "666" not in (frame.id or "") and frame.get("retry") != "1"
        if frame.get("data") is not None:
            assert json.loads(frame.get("data"))["type"] != "evil"


def finish(stream, api):
    """Waits for everything written, and returns the durable events by the strict parser."""
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    check_stream(stream.raw)
    return [frame.json for frame in stream.frames() if frame.json and "seq" in frame.json][:-1]


def has_control(text):
    """A one-line field may be held to one line; text of several lines may still not hold a NUL."""
    return any(unicodedata.category(letter) == "Cc" for letter in text)


@pytest.mark.parametrize("case", NASTY)
def test_a_name_and_a_label_stay_values(team, case):
    text = NASTY[case]
    stream = team.stream("watcher")
    api = team.api("ann")
    body = {"name": text, "labels": [text], "assigneeId": text}
    answer = api.post("/api/tasks", body)
    if answer.status_code == 400 and has_control(text):
        assert finish(stream, api) == []
        return
    task = ok(answer, 201).json()["task"]
    assert {name: task[name] for name in body} == body
    (event,) = finish(stream, api)
    assert event["task"] == task
    assert api.task(task["id"]) == task
    init = team.stream("watcher", snapshot="1")
    assert task in init.wait_for_type("init")["tasks"]
    check_stream(init.raw)


@pytest.mark.parametrize("case", NASTY)
def test_published_data_stay_values(team, case):
    text = NASTY[case]
    stream = team.stream("watcher")
    service = team.api("svc", role="service")
    data = {"text": text, text: [text]}
    answer = service.post("/api/publish", {"type": "note.left", "data": data, "boardId": "main"})
    if answer.status_code == 400 and case == "NUL":
        return
    ok(answer, 202)
    (event,) = finish(stream, team.api("ann"))
    assert event["data"] == data


@pytest.mark.parametrize("case", NASTY)
def test_an_ephemeral_publication_stays_a_value(team, case):
    text = NASTY[case]
    stream = team.stream("watcher")
    service = team.api("svc", role="service")
    answer = service.post("/api/publish", {"type": "note.left", "data": text, "boardId": "main", "ephemeral": True})
    if answer.status_code == 400 and case == "NUL":
        return
    ok(answer, 202)
    assert stream.wait_for_type("note.left")["data"] == text
    check_stream(stream.raw)


@pytest.mark.parametrize("case", NASTY)
def test_a_user_and_an_op_stay_values(team, case):
    text = NASTY[case]
    stream = team.stream("watcher")
    api = team.api(text)
    op = "quotes \"'\\ and : colons"
    answer = api.post("/api/tasks", {"name": "by someone odd"}, headers={"Idempotency-Key": op})
    if answer.status_code in (400, 401) and has_control(text):
        return
    task = ok(answer, 201).json()["task"]
    assert task["createdBy"] == text
    (event,) = finish(stream, team.api("ann"))
    assert event["actor"] == text and event["op"] == op
    own = team.stream(text)
    assert own.established["userId"] == text
    check_stream(own.raw)


@pytest.mark.parametrize("case", NASTY)
def test_a_board_name_stays_a_value(team, case):
    text = NASTY[case]
    stream = team.stream("watcher")
    answer = team.admin().post("/api/boards", {"id": "odd", "name": text})
    if answer.status_code == 400 and has_control(text):
        return
    ok(answer, 201)
    (event,) = finish(stream, team.api("ann"))
    assert event["type"] == "board.created"
    init = team.stream("watcher", snapshot="1")
    assert text in [board["name"] for board in init.wait_for_type("init")["boards"]]
    check_stream(init.raw)


@pytest.mark.parametrize("cursor", ["1\ndata: evil", "1\r\n\r\ndata: evil\r\n\r\n", "\u2028", "1-a\nevent: evil"])
def test_a_cursor_is_never_repeated_raw(team, cursor):
    stream = team.stream("ann", since=cursor)
    stream.wait_for_type("stream.resync")
    check_stream(stream.raw)
    assert b"evil" not in stream.raw


def test_response_headers_cannot_be_injected(team):
    """What comes from the request and could come back in a header: a path, a board, a key."""
    evil = "%0d%0aX-Evil:%201"
    for target in (f"/api/tasks/1{evil}", f"/api/boards/x{evil}", f"/sse/connect?board={evil}"):
        with Wire(team.server) as wire:
            wire.request("GET", target, team.token())
            answer = wire.response()
            assert answer.status in (400, 404)
            assert answer.header("X-Evil") is None


def test_a_refusal_for_an_odd_board_is_still_a_refusal(team):
    for board in NASTY.values():
        try:
            Stream(team.server.url + "/sse/connect", team.token(), params={"board": board}).close()
            raise AssertionError(f"board {board!r} was accepted")
        except Refused as refused:
            assert refused.response.status_code in (400, 404)
            assert refused.response.json()["requestId"]


def test_the_events_of_all_nasty_writes_together_are_those_that_were_made(team):
    stream = team.stream("watcher")
    api = team.api("ann")
    made = []
    for text in NASTY.values():
        answer = api.post("/api/tasks", {"name": "x", "description": text})
        if answer.status_code == 201:
            made.append(answer.json()["task"])
    events = finish(stream, api)
    assert [event["task"] for event in events] == made
    assert [event.data for event in stream.durable()][:-1] == events, "two unrelated parsers agree"
    assert len(made) >= len(NASTY) - 1, "only NUL may be refused in a description"
