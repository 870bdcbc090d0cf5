"""Who is typing: told to others, ended by itself, kept by nobody."""

import pytest

from rest import TIMESTAMP, Api, ok, problem


def typing_of(stream, user):
    return [event["typing"] for event in stream.of_type("typing") if event["userId"] == user]


def test_typing_is_told_and_ends_by_itself(team, task):
    api = team.api("ann")
    head = api.head()
    watcher = team.stream("ben")
    answer = api.start_typing(task)
    assert answer.status_code in (200, 202, 204), answer.text
    told = watcher.wait_for_type("typing")
    assert told["boardId"] == "main" and told["taskId"] == task["id"] and told["userId"] == "ann"
    assert told["typing"] is True and TIMESTAMP.match(told["timestamp"]) and told.seq is None
    watcher.wait_for(lambda event: event.type == "typing" and event["typing"] is False, "the end of typing")
    assert typing_of(watcher, "ann") == [True, False]
    assert api.head() == head and api.events(since=head)["events"] == []
    framed = [frame for frame in watcher.frames() if frame.json and frame.json["type"] == "typing"]
    assert all(frame.id is None for frame in framed)


def test_typing_can_be_ended_and_typing_on_is_conflated(team, task):
    watcher, api, busy = team.stream("watcher"), team.api("ann"), team.api("ben")
    ok(api.start_typing(task))
    ok(api.start_typing(task, False))
    for _ in range(50):
        ok(busy.start_typing(task))
    watcher.wait_for(lambda e: e.type == "typing" and e["userId"] == "ben" and e["typing"] is False, "the end of ben's")
    told = typing_of(watcher, "ben")
    assert told[-1] is False and told.count(False) == 1 and 1 <= told.count(True) <= 20
    # Were the end of ann's told twice, the second would have come by now: hers would have ended before.
    assert typing_of(watcher, "ann") == [True, False]


def test_the_end_of_what_never_began_is_not_told(team, task):
    watcher, api = team.stream("ben"), team.api("ann")
    ok(api.start_typing(task, False))
    team.fence(watcher)
    assert typing_of(watcher, "ann") == []


def test_typing_is_told_on_its_own_board(team, task):
    team.admin().create_board("side")
    on_main, on_side = team.stream("ben", board="main"), team.stream("dora", board="side")
    ok(team.api("ann").start_typing(task))
    on_main.wait_for_type("typing")
    team.fence(on_side)
    assert not on_side.of_type("typing")


def test_typing_into_what_is_not_there_is_404(team, task, make_team):
    team.admin().create_board("side")
    api = team.api("ann")
    problem(api.start_typing({"id": 999_999}), 404)
    problem(api.start_typing(task, board="side"), 404)
    problem(api.start_typing(task, board="nowhere"), 404)
    stranger = make_team(team.server).api("eve")
    problem(stranger.start_typing(task), 404)


def test_typing_is_for_those_who_may_write(team, task):
    team.admin().create_board("side")
    problem(team.api("ann", role="viewer").start_typing(task), 403)
    problem(team.api("ann", boards=["side"]).start_typing(task), 403)
    problem(Api(team.server.url).start_typing(task), 401)


@pytest.mark.parametrize("body", [
    b"{}", b'{"taskId":1}', b'{"typing":true}', b'{"taskId":"1","typing":true}', b'{"taskId":1,"typing":"yes"}',
    b'{"taskId":1,"typing":1}', b'{"taskId":1.5,"typing":true}', b'{"taskId":1,"typing":true,"more":1}', b"[]",
    b'{"taskId":1,"typing":true,"typing":false}', b'{"taskId":1e400,"typing":true}', b"nonsense", b"",
])
def test_a_body_that_makes_no_sense_is_refused(team, task, body):
    answer = team.api("ann").send_raw("POST", "/api/boards/main/typing", body)
    problem(answer, answer.status_code if answer.status_code in (400, 422) else 400)
