"""`GET /api/events/stream`: the log by plain numbers, for dashboards of older systems."""

import json
import time

import pytest
import requests

from rest import problem
from second_client import by_sseclient
from sse import Refused, Stream, refused, seq_of
from waiting import DEADLINE

PATH = "/api/events/stream"


def feed(team, sub="ann", token=None, last_event_id=None, claims=None, **params):
    token = token or team.token(sub, **(claims or {}))
    return team.keep(Stream(team.server.url + PATH, token, last_event_id, params=params))


def head(team):
    return seq_of(team.api("reader").head())


def test_events_come_with_plain_numbers_from_the_head_on(team):
    api = team.api("ben")
    api.create_task("before")
    stream = feed(team)
    for name in ("a", "b"):
        api.create_task(name)
    stream.wait_for_seq(api.last_seq)
    assert [event.seq for event in stream.events] == [2, 3]
    assert [event.id for event in stream.events] == ["2", "3"]
    assert {event.event for event in stream.events} == {"message"}
    first, *frames = [frame for frame in stream.frames() if frame.fields]
    assert dict(first.fields)["id"] == "1" and first.json is None, "where it begins, without an event"
    assert [[name for name, _ in frame.fields] for frame in frames] == [["id", "data"]] * 2
    assert stream.response.headers["content-type"] == "text/event-stream"


def test_sseclient_resumes_by_number_without_gap_or_double(team):
    api = team.api("ben")
    seen, last = [], None
    for round in range(3):
        headers = {"Last-Event-ID": last} if last else {}
        params = {"token": team.token("ann"), **({} if last else {"since": "0"})}
        for i in range(4):
            api.create_task(f"round {round}.{i}")
        with requests.get(
            team.server.url + PATH, params=params, headers=headers, stream=True, timeout=DEADLINE
        ) as response:
            events = by_sseclient(response)
            for _ in range(4):
                event = next(events)
                seen.append(json.loads(event.data)["seq"])
                last = event.id
    assert seen == list(range(1, 13)) and last == "12"


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_a_number_is_good_after_a_restart(start_server, make_team, gracefully):
    team = make_team(start_server())
    api = team.api("ben")
    api.create_task("a")
    stream = feed(team)
    api.create_task("b")
    last = stream.wait_for_seq(2).id
    api.create_task("c")
    team.server.restart(gracefully)
    stream.wait_for_end()
    if gracefully:
        assert [event.event for event in stream.events][-1] == "stream.closing"
    again = feed(team, last_event_id=last)
    team.api("ben").create_task("d")
    again.wait_for_seq(4)
    assert [event.seq for event in again.events] == [3, 4]


@pytest.mark.parametrize(
    "since, reason", [("99", "cursor_ahead"), ("x", "cursor_malformed"), ("1", "cursor_expired")]
)
def test_a_number_that_cannot_be_honoured_is_told_and_the_stream_goes_on(start_server, make_team, since, reason):
    team = make_team(start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "3"}))
    api = team.api("ben")
    for i in range(6):
        api.create_task(f"{i}")
    stream = feed(team, since=since)
    told = stream.wait_for_type("stream.resync")
    assert told["reason"] == reason and told.event == "message" and told.id == "6"
    api.create_task("on")
    assert stream.wait_for_seq(7).id == "7"


def test_filters_scopes_and_tenants_hold(team, make_team):
    admin = team.admin()
    admin.create_board("plan")
    stranger = make_team(team.server)
    plan = feed(team, board="plan", types="task.created")
    scoped = feed(team, claims={"boards": ["plan"]})
    everything, other = feed(team), feed(stranger)
    api = team.api("ben")
    api.create_task("on main")
    task = api.create_task("on plan", boardId="plan")
    api.patch_task(task["id"], {"name": "renamed"})
    last = team.fence(everything)
    stranger.fence(other)
    scoped.wait_for_seq(last)
    types = lambda stream: [event.type for event in stream.events]
    assert types(everything) == ["task.created", "task.created", "task.updated", "test.fence"]
    assert types(scoped) == ["task.created", "task.updated", "test.fence"]
    assert types(plan) == ["task.created"] and plan.events[0]["boardId"] == "plan"
    assert types(other) == ["test.fence"]
    for sub_team, claims, params, status in (
        (team, {"boards": ["main"]}, {"board": "plan"}, 403), (stranger, {}, {"board": "plan"}, 404),
        (team, {}, {"nope": "1"}, 400),
    ):
        with pytest.raises(Refused) as caught:
            feed(sub_team, claims=claims, **params)
        problem(caught.value.response, status)
    problem(refused(team.server.url + PATH), 401)


def test_it_ends_with_its_token_and_counts_like_any_stream(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0", "BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "1"}))
    stream = feed(team, token=team.token("ann", exp=int(time.time()) + 3))
    (connection,) = team.admin().stats()["connections"]
    assert connection["userId"] == "ann" and connection["transport"] == "sse"
    second = feed(team)
    closing = second.wait_for(lambda event: event.event == "stream.closing")
    assert closing["reason"] == "limit_reached"
    assert second.wait_for_end() is None
    closing = stream.wait_for(lambda event: event.event == "stream.closing")
    assert closing["reason"] == "token_expired"
    assert stream.wait_for_end() is None
