"""Tenants never see each other: another tenant's things are as if they were not there."""

import re

import pytest

import tokens
from rest import ok, problem
from sse import refused, seq_of

MISSING_TASK = 987654321
MISSING_BOARD = "no-such-board"


@pytest.fixture
def two(server, make_team):
    """A tenant with things of its own, and another with nothing but its `main`. Users share their names."""
    ours, theirs = make_team(server), make_team(server)
    theirs.admin().create_board("their-board")
    for i in range(7):
        task = theirs.api("ann").create_task(f"their secret {i}", boardId="their-board")
    return ours, theirs, task


def without_the_particulars(answer):
    """A refusal's body with the id asked for and the request's own id taken out."""
    body = problem(answer, 404)
    text = str({**body, "requestId": ""})
    return re.sub(r"their-board|no-such-board|(?<![\w-])\d+(?![\w-])", "*", text)


ROUTES = {
    "get board": ("GET", "/api/boards/{board}", None),
    "change board": ("PATCH", "/api/boards/{board}", {"name": "Ours now"}),
    "delete board": ("DELETE", "/api/boards/{board}", None),
    "snapshot": ("GET", "/api/boards/{board}/snapshot", None),
    "list tasks": ("GET", "/api/tasks?board={board}", None),
    "create task": ("POST", "/api/tasks", {"name": "Sneaked in", "boardId": "{board}"}),
    "get task": ("GET", "/api/tasks/{task}", None),
    "change task": ("PATCH", "/api/tasks/{task}", {"name": "Ours now"}),
    "move task": ("POST", "/api/tasks/{task}/move", {"status": "done", "after": None}),
    "delete task": ("DELETE", "/api/tasks/{task}", None),
    "events": ("GET", "/api/events?board={board}", None),
    "publish": ("POST", "/api/publish", {"type": "note.left", "data": {}, "boardId": "{board}"}),
    "stream": ("GET", "/sse/connect?board={board}", None),
}


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES.keys())
def test_another_tenants_thing_looks_like_a_missing_one(two, route):
    ours, theirs, task = two
    method, path, body = route
    before = theirs.api("ann").snapshot("their-board")
    api = ours.admin()

    def ask(board, task_id):
        content = body and {name: board if value == "{board}" else value for name, value in body.items()}
        return api.http.request(method, path.format(board=board, task=task_id), json=content)

    foreign = ask("their-board", task["id"])
    missing = ask(MISSING_BOARD, MISSING_TASK)
    assert without_the_particulars(foreign) == without_the_particulars(missing)
    assert theirs.api("ann").snapshot("their-board") == before, "nothing of theirs was touched"


def test_a_task_cannot_be_placed_after_another_tenants(two):
    ours, theirs, task = two
    api = ours.api("ann")
    mine = api.create_task("mine")
    foreign = api.post(f"/api/tasks/{mine['id']}/move", {"status": "done", "after": task["id"]})
    missing = api.post(f"/api/tasks/{mine['id']}/move", {"status": "done", "after": MISSING_TASK})
    assert 400 <= foreign.status_code < 500
    assert foreign.status_code == missing.status_code
    assert foreign.json()["code"] == missing.json()["code"]


def test_lists_hold_nothing_of_another_tenant(two):
    ours, theirs, _ = two
    api = ours.admin()
    assert [board["id"] for board in api.boards()] == ["main"]
    assert api.tasks() == []
    assert api.tasks(q="their secret") == []
    assert "their" not in str(api.events()["events"])
    assert api.snapshot()["tasks"] == []


def test_a_stream_hears_nothing_of_another_tenant(two):
    ours, theirs, task = two
    stream = ours.stream("ann", snapshot="1")
    before = seq_of(stream.established.id)
    foreign = theirs.api("ann")
    for i in range(20):
        foreign.create_task(f"their secret {i}", boardId="main")
        foreign.patch_task(task["id"], {"name": f"their secret {i} again"})
    theirs.api("svc", role="service").publish("note.left", {"text": "their secret"})
    theirs.api("svc", role="service").publish("note.left", {"text": "their secret"}, userId="ann")
    theirs.api("svc", role="service").publish("note.left", {"text": "their secret"}, userId="ann", ephemeral=True)

    api = ours.api("ben")
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    assert stream.types() == ["connection.established", "init", "task.created"]
    assert api.last_seq == before + 1, "each tenant counts for itself"
    assert b"their" not in stream.raw


def test_another_tenants_cursor_opens_nothing(two):
    ours, theirs, _ = two
    cursor = theirs.api("ann").head()
    early = f"1-{cursor.split('-', 1)[1]}"
    api = ours.api("ben")
    for given in (cursor, early):
        stream = ours.stream("ann", last_event_id=given)
        api.create_task("fence")
        stream.wait_for_seq(api.last_seq)
        assert b"their" not in stream.raw
        page = api.events(since=given)
        assert "their" not in str(page["events"])


def test_stats_count_only_ones_own_tenant(two):
    ours, theirs, _ = two
    theirs.stream("ann")
    theirs.stream("ben")
    ours.stream("ann")
    stats = ours.admin().stats()
    assert stats["totalConnections"] == 1
    assert [connection["userId"] for connection in stats["connections"]] == ["ann"]
    assert ours.admin().stats(userId="ben")["connections"] == []
    assert "their-board" not in str(stats)


def test_the_tenant_comes_from_the_token_alone(two):
    ours, theirs, task = two
    api = ours.api("ann")
    headers = {name: theirs.tenant for name in ("X-Tenant", "X-Tenant-ID", "Tenant", "X-Boardcast-Tenant", "X-Org-Id")}
    problem(api.get(f"/api/tasks/{task['id']}", headers=headers), 404)
    assert ok(api.get("/api/tasks", headers=headers)).json()["items"] == []
    problem(api.post("/api/tasks", {"name": "x", "tenant": theirs.tenant}), 400)
    problem(api.get("/api/tasks", params={"tenant": theirs.tenant}), 400)
    problem(api.get("/api/events", params={"tenant": theirs.tenant}), 400)


def test_an_idempotency_key_belongs_to_one_tenant(two):
    ours, theirs, _ = two
    key = {"Idempotency-Key": "the very same"}
    first = theirs.api("ann").create_task("once", headers=key)
    second = ours.api("ann").create_task("once", headers=key)
    assert second["createdAt"] >= first["createdAt"]
    assert ours.api("ann").tasks() == [second]


def test_board_main_is_another_in_every_tenant(two):
    ours, theirs, _ = two
    ok(theirs.admin().patch("/api/boards/main", {"name": "their secret name"}))
    assert ours.admin().board("main")["name"] != "their secret name"


@pytest.mark.parametrize("pair", [("acme", "Acme"), ("acme", "acme."), ("a-b", "a_b"), ("a.b", "a-b")])
def test_tenants_whose_names_look_alike_are_apart(server, make_team, pair):
    suffix = make_team(server).tenant
    first, second = (make_team(server, f"{name}{suffix}") for name in pair)
    stream = second.stream("ann")
    first.api("ann").create_task("their secret")
    api = second.api("ann")
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    assert b"their secret" not in stream.raw
    assert [task["name"] for task in api.tasks()] == ["fence"]


def test_a_tenant_that_only_looks_ascii_is_refused(server):
    """The Kelvin sign equals K in some string comparisons."""
    for name in ("\u212aelvin", "caf\u00e9", "cafe\u0301", "acme\u200b", "аcme"):
        token = tokens.mint("ann", name)
        problem(refused(server.url + "/sse/connect", token), 401)
