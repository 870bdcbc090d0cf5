"""A token with a `boards` claim sees its boards, and nothing of the others."""

import pytest

from rest import ok, problem
from sse import refused, seq_of


@pytest.fixture
def scoped(team):
    """A team with boards `open` and `closed`, and a writer who may use both."""
    admin = team.admin()
    admin.create_board("open")
    admin.create_board("closed")
    return team


def guest(team, **more):
    return team.api("guest", boards=["open"], **more)


def test_a_stream_hears_only_the_boards_of_its_token(scoped):
    stream = scoped.stream("guest", claims={"boards": ["open"]})
    assert stream.established["boards"] == ["open"]
    api = scoped.api("ben")
    api.create_task("secret", boardId="closed")
    api.create_task("secret too")
    api.create_task("public", boardId="open")
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == ["public"]
    assert b"secret" not in stream.raw


def test_a_replay_holds_only_the_boards_of_its_token(scoped):
    api = scoped.api("ben")
    cursor = api.head()
    api.create_task("secret", boardId="closed")
    api.create_task("public", boardId="open")
    stream = scoped.stream("guest", claims={"boards": ["open"]}, last_event_id=cursor)
    stream.wait_for_seq(api.last_seq)
    assert stream.established["behind"] == 2, "behind counts all of the tenant's numbers"
    assert [event["task"]["name"] for event in stream.durable()] == ["public"]
    assert b"secret" not in stream.raw


def test_a_stream_snapshot_holds_only_the_boards_of_its_token(scoped):
    api = scoped.api("ben")
    api.create_task("secret", boardId="closed")
    api.create_task("public", boardId="open")
    init = scoped.stream("guest", claims={"boards": ["open"]}, snapshot="1").wait_for_type("init")
    assert [board["id"] for board in init["boards"]] == ["open"]
    assert [task["name"] for task in init["tasks"]] == ["public"]


def test_asking_a_stream_for_a_closed_board_is_403_and_for_an_unknown_one_404(scoped):
    token = scoped.token("guest", boards=["open"])
    for board, status in (("closed", 403), ("nowhere", 404)):
        problem(refused(scoped.server.url + f"/sse/connect?board={board}", token), status)
    problem(refused(scoped.server.url + "/sse/connect?board=open&board=closed", token), 403)


def test_lists_hold_only_the_boards_of_the_token(scoped):
    api = scoped.api("ben")
    api.create_task("secret", boardId="closed")
    api.create_task("public", boardId="open")
    visitor = guest(scoped)
    assert [board["id"] for board in visitor.boards()] == ["open"]
    assert [task["name"] for task in visitor.tasks()] == ["public"]
    assert visitor.tasks(q="secret") == []


def test_a_closed_board_is_403_on_every_route(scoped):
    task = scoped.api("ben").create_task("secret", boardId="closed")
    visitor = guest(scoped)
    for answer in (
        visitor.get("/api/boards/closed"),
        visitor.get("/api/boards/closed/snapshot"),
        visitor.get("/api/tasks", params={"board": "closed"}),
        visitor.get("/api/events", params={"board": "closed"}),
        visitor.post("/api/tasks", {"name": "Sneaked in", "boardId": "closed"}),
        visitor.get(f"/api/tasks/{task['id']}"),
        visitor.patch(f"/api/tasks/{task['id']}", {"name": "Defaced"}),
        visitor.post(f"/api/tasks/{task['id']}/move", {"status": "done", "after": None}),
        visitor.delete(f"/api/tasks/{task['id']}"),
    ):
        body = problem(answer, 403)
        assert "secret" not in str(body)
    assert scoped.api("ben").task(task["id"]) == task


def test_an_unknown_board_is_404_for_a_scoped_token_too(scoped):
    visitor = guest(scoped)
    problem(visitor.get("/api/boards/nowhere"), 404)
    problem(visitor.get("/api/boards/nowhere/snapshot"), 404)
    problem(visitor.get("/api/tasks", params={"board": "nowhere"}), 404)
    problem(visitor.get("/api/events", params={"board": "nowhere"}), 404)
    problem(visitor.post("/api/tasks", {"name": "Lost", "boardId": "nowhere"}), 404)


def test_the_event_log_shows_only_the_boards_of_the_token(scoped):
    api = scoped.api("ben")
    cursor = api.head()
    api.create_task("secret", boardId="closed")
    api.create_task("public", boardId="open")
    api.create_task("secret", boardId="closed")
    page = guest(scoped).events(since=cursor)
    assert [event["task"]["name"] for event in page["events"]] == ["public"]
    assert seq_of(page["cursor"]) == api.last_seq, "the cursor moves on past what was not shown"
    newest = guest(scoped).events()
    assert "secret" not in str(newest["events"])


def test_publishing_to_a_closed_board_is_403(scoped):
    service = guest(scoped, role="service")
    problem(service.post("/api/publish", {"type": "deploy.done", "data": {}, "boardId": "closed"}), 403)
    problem(service.post("/api/publish", {"type": "deploy.done", "data": {}, "boardId": "nowhere"}), 404)
    ok(service.post("/api/publish", {"type": "deploy.done", "data": {}, "boardId": "open"}), 202)


def test_an_admin_of_some_boards_is_no_admin_of_the_others(scoped):
    admin = scoped.api("deputy", role="admin", boards=["open"])
    problem(admin.patch("/api/boards/closed", {"name": "Mine"}), 403)
    problem(admin.delete("/api/boards/closed"), 403)
    assert scoped.admin().board("closed")["name"] == "closed"


def test_board_events_reach_only_those_who_may_see_the_board(scoped):
    stream = scoped.stream("guest", claims={"boards": ["open"]})
    admin = scoped.admin()
    ok(admin.patch("/api/boards/closed", {"name": "secret name"}))
    ok(admin.patch("/api/boards/open", {"name": "public name"}))
    event = stream.wait_for_type("board.updated")
    assert event["boardId"] == "open"
    assert b"secret name" not in stream.raw


def test_a_token_for_no_boards_sees_no_board(scoped):
    nobody = scoped.api("nobody", boards=[])
    scoped.api("ben").create_task("secret", boardId="open")
    assert nobody.boards() == []
    assert nobody.tasks() == []
    problem(nobody.get("/api/boards/open"), 403)
