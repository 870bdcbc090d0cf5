"""Who may do what: viewer, member, service, admin."""

import pytest

import tokens
from rest import Api, ok, problem
from sse import refused


def reads(api, task):
    return [
        api.get("/api/boards"), api.get("/api/boards/main"), api.get("/api/boards/main/snapshot"),
        api.get("/api/tasks"), api.get(f"/api/tasks/{task['id']}"), api.get("/api/events"),
    ]


def task_writes(api, task):
    return [
        api.post("/api/tasks", {"name": "New"}),
        api.patch(f"/api/tasks/{task['id']}", {"name": "Changed"}),
        api.post(f"/api/tasks/{task['id']}/move", {"status": "done", "after": None}),
        api.delete(f"/api/tasks/{task['id']}"),
    ]


def board_writes(api, doomed="main"):
    return [
        api.post("/api/boards", {"id": "extra", "name": "Extra"}),
        api.patch("/api/boards/main", {"name": "Renamed"}),
        api.delete(f"/api/boards/{doomed}"),
    ]


def publishes(api):
    return [
        api.post("/api/publish", {"type": "note.left", "data": {"a": 1}}),
        api.post("/api/publish", {"type": "note.left", "data": {"a": 1}, "ephemeral": True}),
    ]


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
def test_viewers_members_and_admins_read(team, task, role):
    for answer in reads(team.api("someone", role=role), task):
        ok(answer, 200)
    assert team.stream("someone", claims={"role": role}).established


def test_a_viewer_writes_nothing(team, task):
    viewer = team.api("viewer", role="viewer")
    for answer in task_writes(viewer, task) + board_writes(viewer) + publishes(viewer):
        problem(answer, 403)
    problem(viewer.get("/sse/stats"), 403)
    assert team.api("ann").tasks() == [task]


@pytest.mark.parametrize("role", [None, "member"])
def test_a_member_writes_tasks_and_nothing_else(team, task, role):
    member = team.api("member", role=role)
    for answer in task_writes(member, task):
        ok(answer)
    for answer in board_writes(member) + publishes(member):
        problem(answer, 403)
    problem(member.get("/sse/stats"), 403)
    assert team.api("ann").board("main")["name"] != "Renamed"


def test_a_service_writes_tasks_and_publishes(team, task):
    service = team.api("service", role="service")
    for answer in task_writes(service, task):
        ok(answer)
    for answer in publishes(service):
        ok(answer)
    for answer in board_writes(service):
        problem(answer, 403)
    problem(service.get("/sse/stats"), 403)


def test_an_admin_does_everything(team, task):
    admin = team.admin()
    writes = task_writes(admin, task) + board_writes(admin, "extra") + publishes(admin)
    for answer in [*writes, admin.get("/sse/stats")]:
        ok(answer)


def test_the_refusal_comes_before_the_look_at_the_body(team):
    """A viewer learns nothing about what would have been valid."""
    viewer = team.api("viewer", role="viewer")
    problem(viewer.post("/api/tasks", {"nonsense": True}), 403)


@pytest.mark.parametrize("role", ["superuser", "Admin", "ADMIN", "admin ", "", 5, True, ["owner"], {"admin": True}])
def test_a_role_that_is_unknown_reads_and_does_nothing_else(team, task, role):
    api = team.api("someone", role=role)
    for answer in reads(api, task):
        ok(answer, 200)
    for answer in task_writes(api, task) + publishes(api):
        problem(answer, 403)
    problem(api.get("/sse/stats"), 403)


@pytest.mark.parametrize("boards", ["main", 1, True, [1], ["main", None], {"main": True}, [["main"]]])
def test_a_boards_claim_that_is_no_list_of_strings_is_401(team, boards):
    token = tokens.mint("ann", team.tenant, boards=boards)
    answer = Api(team.server.url, token).get("/api/tasks")
    problem(answer, 401)
    assert "boards" in answer.headers["WWW-Authenticate"]
