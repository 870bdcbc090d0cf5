"""Boards by REST, and what their events say."""

import pytest

from board_model import STATUSES
from rest import ok, pointers, problem
from waiting import eventually


def seq_in(answer):
    """The number of a write's event, in its body or in the header."""
    if answer.content:
        return answer.json()["seq"]
    return int(answer.headers["Boardcast-Seq"])


def test_every_tenant_has_the_board_main(team):
    board = team.api("ann").board("main")
    assert board["id"] == "main" and board["statuses"] == STATUSES and board["name"]
    assert [board["id"] for board in team.api("ann").boards()] == ["main"]


def test_a_board_is_made_with_the_default_statuses(team, admin):
    stream = team.stream("ann")
    answer = ok(admin.post("/api/boards", {"id": "sprint-1", "name": "Sprint"}), 201)
    assert answer.headers["location"].endswith("/api/boards/sprint-1")
    event = stream.wait_for_seq(seq_in(answer))
    assert event.type == "board.created" and event["boardId"] == "sprint-1" and event["actor"] == "root"
    board = team.api("ann").board("sprint-1")
    assert board["name"] == "Sprint" and board["statuses"] == STATUSES
    assert sorted(board["id"] for board in team.api("ann").boards()) == ["main", "sprint-1"]


def test_a_board_may_have_statuses_of_its_own(team, admin):
    admin.create_board("short", statuses=["todo", "done"])
    api = team.api("ann")
    assert api.board("short")["statuses"] == ["todo", "done"]
    assert api.create_task("x", boardId="short")["status"] == "todo", "the first status is the default"
    problem(api.post("/api/tasks", {"name": "x", "boardId": "short", "status": "inbox"}), 400)


@pytest.mark.parametrize("id", ["", "Upper", "a_b", "a b", "a/b", "é", "x" * 65, "..", 5, None, "a\n"])
def test_a_board_id_of_other_letters_is_400(admin, id):
    assert "/id" in pointers(problem(admin.post("/api/boards", {"id": id, "name": "x"}), 400))


@pytest.mark.parametrize(
    "statuses", [[], "todo", [""], [1], ["a", "a"], None], ids=["none", "text", "empty", "number", "twice", "null"]
)
def test_statuses_that_cannot_be_are_400(admin, statuses):
    answer = admin.post("/api/boards", {"id": "odd", "name": "x", "statuses": statuses})
    if statuses is None and answer.status_code == 201:
        return  # null may stand for the default
    problem(answer, 400)
    problem(admin.get("/api/boards/odd"), 404)


def test_a_board_id_in_use_is_409(admin):
    admin.create_board("taken", "First")
    problem(admin.post("/api/boards", {"id": "taken", "name": "Second"}), 409)
    problem(admin.post("/api/boards", {"id": "main", "name": "Second"}), 409)
    assert admin.board("taken")["name"] == "First"


def test_a_changed_board_is_announced(team, admin):
    admin.create_board("b", "Before")
    stream = team.stream("ann")
    answer = ok(admin.patch("/api/boards/b", {"name": "After", "statuses": [*STATUSES, "archive"]}), 200)
    event = stream.wait_for_seq(seq_in(answer))
    assert event.type == "board.updated" and event["boardId"] == "b"
    assert team.api("ann").board("b")["name"] == "After"
    assert team.api("ann").create_task("x", boardId="b", status="archive")["status"] == "archive"


def test_a_status_with_tasks_cannot_be_removed(team, admin):
    api = team.api("ann")
    task = api.create_task("In the way", status="review")
    rest = [status for status in STATUSES if status != "review"]
    problem(admin.patch("/api/boards/main", {"statuses": rest}), 409)
    assert api.board("main")["statuses"] == STATUSES
    api.delete_task(task["id"])
    ok(admin.patch("/api/boards/main", {"statuses": rest}), 200)
    assert api.board("main")["statuses"] == rest


def test_an_id_cannot_be_changed(admin):
    admin.create_board("b")
    problem(admin.patch("/api/boards/b", {"id": "c"}), 400)
    problem(admin.patch("/api/boards/b", {"colour": "red"}), 400)


def test_a_deleted_board_takes_its_tasks_and_says_so_once(team, admin):
    admin.create_board("doomed")
    api = team.api("ann")
    tasks = [api.create_task(f"task {i}", boardId="doomed") for i in range(3)]
    kept = api.create_task("kept")
    stream = team.stream("ann")
    seq = seq_in(ok(admin.delete("/api/boards/doomed")))
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    assert [(event.type, event["boardId"]) for event in stream.durable()] == [
        ("board.deleted", "doomed"), ("task.created", "main"),
    ]
    assert stream.durable()[0].seq == seq
    problem(api.get("/api/boards/doomed"), 404)
    problem(api.get("/api/boards/doomed/snapshot"), 404)
    for task in tasks:
        problem(api.get(f"/api/tasks/{task['id']}"), 404)
    assert {task["name"] for task in api.tasks()} == {kept["name"], "fence"}


def test_a_missing_board_is_404(admin):
    for answer in (
        admin.get("/api/boards/nowhere"), admin.patch("/api/boards/nowhere", {"name": "x"}),
        admin.delete("/api/boards/nowhere"), admin.get("/api/boards/nowhere/snapshot"),
        admin.get("/api/tasks", params={"board": "nowhere"}), admin.get("/api/events", params={"board": "nowhere"}),
    ):
        problem(answer, 404)


def test_a_board_made_again_numbers_its_events_onward_or_anew_but_densely(team, admin):
    api = team.api("ann")
    since = api.head()
    admin.create_board("phoenix")
    api.create_task("x", boardId="phoenix")
    ok(admin.delete("/api/boards/phoenix"))
    admin.create_board("phoenix")
    api.create_task("y", boardId="phoenix")
    numbers = [event["boardSeq"] for event in api.whole_log(since, board="phoenix")]
    assert all(later - earlier == 1 or later == 1 for earlier, later in zip(numbers, numbers[1:])), numbers
    assert [task["name"] for task in api.tasks(board="phoenix")] == ["y"]


# Columns have names.


def names(board):
    return [(column["id"], column["name"], column["limit"]) for column in board["columns"]]


def test_a_board_has_columns_beside_its_statuses(api):
    assert names(api.board("main")) == [
        ("inbox", "Inbox", None), ("in_progress", "In progress", None), ("review", "Review", None), ("done", "Done", None)]


def test_columns_are_made_named_and_limited_and_events_carry_both(team, admin):
    stream = team.stream("watcher")
    board = admin.create_board("shop", columns=[{"name": "購物"}, {"name": "In Arbeit", "limit": 3}, {"id": "done"}])
    assert names(board) == [("column", "購物", None), ("in_arbeit", "In Arbeit", 3), ("done", "Done", None)]
    assert board["statuses"] == ["column", "in_arbeit", "done"]
    renamed = [{"id": "done"}, {"id": "column", "name": "Einkauf"}, {"id": "in_arbeit", "limit": None}]
    answer = ok(admin.patch("/api/boards/shop", {"columns": renamed}), 200).json()
    stream.wait_for_seq(answer["seq"])
    event = stream.durable()[-1]
    assert event["type"] == "board.updated" and event["board"] == answer["board"]
    assert names(event["board"]) == [("done", "Done", None), ("column", "Einkauf", None), ("in_arbeit", "In Arbeit", None)]
    assert event["board"]["statuses"] == ["done", "column", "in_arbeit"]
    assert event["changes"]["statuses"] == [["column", "in_arbeit", "done"], ["done", "column", "in_arbeit"]]
    assert [column["name"] for column in event["changes"]["columns"][1]] == ["Done", "Einkauf", "In Arbeit"]


def test_columns_survive_a_crash_and_are_in_snapshots_exports_and_init(start_server, make_team):
    server = start_server()
    team = make_team(server)
    admin = team.admin()
    made = ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "Eingang", "limit": 5}, {"name": "購物"}]}))
    columns = made.json()["board"]["columns"]
    team.close()
    server.restart(gracefully=False)
    api = team.api("ann")
    assert api.board("main")["columns"] == columns and api.snapshot()["board"]["columns"] == columns
    assert ok(api.get("/api/boards/main/export")).json()["board"]["columns"] == columns
    stream = team.stream("watcher", snapshot=1)
    init = stream.wait_for(lambda event: event["type"] == "init")
    assert init["boards"][0]["columns"] == columns and init["boards"][0]["statuses"] == ["inbox", "column"]


def test_clients_that_know_statuses_see_no_difference(admin, api):
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "name": "Eingang", "limit": 5}, {"id": "done"}]}))
    board = api.board("main")
    board["statuses"] = ["inbox", "blocked", "done"]
    changed = ok(admin.patch("/api/boards/main", board), 200).json()["board"]
    assert names(changed) == [("inbox", "Eingang", 5), ("blocked", "Blocked", None), ("done", "Done", None)]
    assert api.create_task("x", status="blocked")["status"] == "blocked"
    problem(admin.patch("/api/boards/main", {"columns": [{"id": "inbox"}]}), 409)


def test_a_limit_is_a_hint(admin, api):
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox", "limit": 1}]}))
    api.create_task("one")
    api.create_task("two")
    assert len(api.tasks(status="inbox")) == 2


def test_only_an_admin_changes_columns(api):
    problem(api.patch("/api/boards/main", {"columns": [{"id": "inbox"}]}), 403)


def test_an_import_finds_columns_by_their_names(admin, api):
    ok(admin.patch("/api/boards/main", {"columns": [{"id": "inbox"}, {"name": "購物"}, {"id": "x", "name": "Wird erledigt"}]}))
    csv = "name,status\nMilk,購物\nBread,wird erledigt\nEggs,column\n".encode()
    job = ok(api.send_raw("POST", "/api/import?board=main", csv, "text/csv"), 202).json()["job"]
    eventually(lambda: api.job(job["id"])["status"] == "completed", "the import is done")
    assert {task["name"]: task["status"] for task in api.tasks()} == {"Milk": "column", "Bread": "x", "Eggs": "column"}
