"""`GET /api/tasks/stream`: a list of tasks, told again when it changes, for the task drawer of an older system."""

import json

import pytest
import requests

from board_model import names
from rest import problem
from second_client import by_sseclient
from sse import Refused, Stream, refused
from waiting import DEADLINE, eventually

PATH = "/api/tasks/stream"


def drawer(team, status=None, sub="ann", claims=None, **params):
    path = f"{PATH}/{status}" if status else PATH
    return team.keep(Stream(team.server.url + path, team.token(sub, **(claims or {})), params=params))


def with_board(team, board="plan"):
    team.admin().create_board(board, statuses=["generated", "approved"])
    return team.api("ben")


def shows(stream, *expected):
    """Waits until the list, as last told, is this."""

    def last():
        told = [event for event in stream.events if event.type in ("init", "update")]
        return told and names(told[-1]["tasks"]) == list(expected) and told[-1]

    return stream.wait_until(last, f"the list is {expected}")


def test_sseclient_sees_the_drawers_life(team):
    api = with_board(team)
    api.create_task("old", boardId="plan")
    with requests.get(
        team.server.url + PATH, params={"token": team.token("ann")}, stream=True, timeout=DEADLINE
    ) as response:
        events = by_sseclient(response)

        def following():
            event = next(events)
            assert event.event == "message"
            return json.loads(event.data)

        connected, init = following(), following()
        assert connected["type"] == "connected" and type(connected["timestamp"]) is int
        assert init["type"] == "init" and names(init["tasks"]) == ["old"] and init["count"] == 1
        assert type(init["timestamp"]) is int

        task = api.create_task("new", boardId="plan")
        update, notification = following(), following()
        assert update["type"] == "update" and names(update["tasks"]) == ["new", "old"]
        assert update["count"] == 2 and update["newTasksCount"] == 1
        assert update["tasks"][0] == api.task(task["id"])
        assert notification["type"] == "notification" and notification["severity"] == "info"
        assert notification["message"] == "1 new task generated"

        api.patch_task(task["id"], {"status": "approved"})
        update = following()
        assert names(update["tasks"]) == ["old"] and update["newTasksCount"] == 0
        api.patch_task(task["id"], {"status": "generated"})
        assert names(following()["tasks"]) == ["new", "old"]
        assert following()["type"] == "notification"


def test_a_status_that_no_board_has_is_an_empty_list(team):
    stream = drawer(team)
    assert stream.wait_for_type("init").data["tasks"] == []
    inbox = drawer(team, "inbox")
    team.api("ben").create_task("a")
    shows(inbox, "a")
    assert [event.type for event in stream.events] == ["connected", "init"]


def test_changes_alone_are_told_where_they_are_wanted(team):
    api = with_board(team)
    old = api.create_task("old", boardId="plan")
    stream = drawer(team, "generated", mode="delta", board="plan")
    assert names(stream.wait_for_type("init")["tasks"]) == ["old"]
    new = api.create_task("new", boardId="plan")
    delta = stream.wait_for_type("delta")
    assert [task["id"] for task in delta["added"]] == [new["id"]] and not delta["changed"] and not delta["removed"]
    api.patch_task(new["id"], {"name": "renamed"})
    changed = stream.wait_for(lambda event: event.type == "delta" and event["changed"], "a change")
    assert changed["changed"][0]["name"] == "renamed"
    api.delete_task(old["id"])
    stream.wait_for(lambda event: event.type == "delta" and event["removed"] == [old["id"]], "a removal")
    assert stream.types().count("notification") == 1


def test_a_burst_is_told_a_few_times_and_its_last_state_always(team):
    api = with_board(team)
    stream = drawer(team, limit="10")
    stream.wait_for_type("init")
    for i in range(60):
        api.create_task(f"t{i}", boardId="plan")
    told = shows(stream, *[f"t{i}" for i in reversed(range(50, 60))])
    assert told["count"] == 10
    assert stream.types().count("update") < 30
    for task in api.tasks(board="plan", limit=200):
        api.delete_task(task["id"])
    shows(stream)


def test_the_newest_are_shown_and_older_ones_move_up(team):
    api = with_board(team)
    tasks = [api.create_task(f"t{i}", boardId="plan") for i in range(120)]
    stream = drawer(team, limit="2")
    shows(stream, "t119", "t118")
    for task in tasks[4:]:
        api.delete_task(task["id"])
    shows(stream, "t3", "t2")
    assert "notification" not in stream.types()


def test_scopes_and_tenants_hold(team, make_team):
    with_board(team, "hidden").create_task("hidden", boardId="hidden")
    api = with_board(team)
    stranger = make_team(team.server)
    scoped = drawer(team, claims={"boards": ["plan"]})
    other = drawer(stranger)
    assert scoped.wait_for_type("init")["tasks"] == [] and other.wait_for_type("init")["tasks"] == []
    api.create_task("hidden too", boardId="hidden")
    api.create_task("seen", boardId="plan")
    shows(scoped, "seen")
    for who, claims, path, params, status in (
        (team, {"boards": ["main"]}, None, {"board": "plan"}, 403), (stranger, {}, None, {"board": "plan"}, 404),
        (team, {}, "No", {}, 404), (team, {}, None, {"mode": "x"}, 400), (team, {}, None, {"limit": "0"}, 400),
    ):
        with pytest.raises(Refused) as caught:
            drawer(who, path, claims=claims, **params)
        problem(caught.value.response, status)
    problem(refused(team.server.url + PATH), 401)
    assert [event.type for event in other.events] == ["connected", "init"]


def test_a_board_that_is_deleted_takes_its_tasks_off_the_list(team):
    api = with_board(team)
    api.create_task("gone", boardId="plan")
    stream = drawer(team)
    shows(stream, "gone")
    admin = team.admin()
    assert admin.delete("/api/boards/plan").status_code == 204
    shows(stream)


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_after_a_restart_the_list_is_told_anew(start_server, make_team, gracefully):
    team = make_team(start_server())
    api = with_board(team)
    api.create_task("kept", boardId="plan")
    stream = drawer(team)
    shows(stream, "kept")
    team.server.restart(gracefully)
    stream.wait_for_end()
    again = drawer(team)
    shows(again, "kept")
    team.api("ben").create_task("more", boardId="plan")
    shows(again, "more", "kept")


def test_a_revoked_token_ends_it_and_stats_know_it(team):
    with_board(team)
    stream = drawer(team, claims={"jti": "drawer-1"})
    stream.wait_for_type("init")
    admin = team.admin()
    mine = eventually(
        lambda: [one for one in admin.stats()["connections"] if one["userId"] == "ann"], "the drawer is counted"
    )
    assert mine[0]["transport"] == "sse" and mine[0]["lag"] == 0
    assert admin.post("/api/revocations", {"jti": "drawer-1"}).json()["connections"] == 1
    closing = stream.wait_for(lambda event: event.event == "stream.closing")
    assert closing["reason"] == "revoked" and stream.wait_for_end() is None
