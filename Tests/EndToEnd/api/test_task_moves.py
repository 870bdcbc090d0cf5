"""Moving tasks: the server owns the order, and keeps it."""

from rest import problem


def column(api, status):
    """The names in one column, in the order of the snapshot, which must be that of the ranks."""
    snapshot = [task for task in api.snapshot()["tasks"] if task["status"] == status]
    by_rank = sorted(snapshot, key=lambda task: task["rank"])
    names = [task["name"] for task in by_rank]
    assert [task["name"] for task in snapshot] == names, "the snapshot is not in rank order"
    return names


def test_moves_put_tasks_where_they_are_told(api):
    tasks = {name: api.create_task(name) for name in "abcd"}
    api.move_task(tasks["a"]["id"], "review")
    assert column(api, "review") == ["a"]
    api.move_task(tasks["b"]["id"], "review", after=tasks["a"]["id"])
    assert column(api, "review") == ["a", "b"]
    api.move_task(tasks["c"]["id"], "review", after=tasks["a"]["id"])
    assert column(api, "review") == ["a", "c", "b"]
    api.move_task(tasks["d"]["id"], "review", after=None)
    assert column(api, "review") == ["d", "a", "c", "b"], "after nothing is the top"
    api.move_task(tasks["d"]["id"], "review", after=tasks["b"]["id"])
    assert column(api, "review") == ["a", "c", "b", "d"]
    api.move_task(tasks["b"]["id"], "review", after=None)
    assert column(api, "review") == ["b", "a", "c", "d"]
    assert column(api, "inbox") == []


def test_a_move_to_another_column_is_announced_as_a_change_of_status(team, api):
    task = api.create_task("Moves")
    stream = team.stream("watcher")
    moved = api.move_task(task["id"], "done")
    event = stream.wait_for_type("task.status_changed")
    assert event["previousStatus"] == "inbox" and event["newStatus"] == "done"
    assert event["task"] == moved and moved["status"] == "done"


def test_a_move_within_a_column_is_announced_as_a_change_of_rank(team, api):
    first, second = api.create_task("first"), api.create_task("second")
    api.move_task(first["id"], "review")
    api.move_task(second["id"], "review", after=first["id"])
    stream = team.stream("watcher")
    moved = api.move_task(second["id"], "review", after=None)
    event = stream.wait_for_type("task.updated")
    assert event["task"] == moved
    assert event["changes"]["rank"][1] == moved["rank"]
    assert "task.status_changed" not in stream.types()


def test_many_moves_to_one_place_never_run_out_of_ranks(api):
    """Ranks between two neighbours get ever closer; the order must hold however often it happens."""
    first, last = api.create_task("first"), api.create_task("last")
    api.move_task(first["id"], "review")
    api.move_task(last["id"], "review", after=first["id"])
    runners = [api.create_task("x")["id"], api.create_task("y")["id"]]
    for i in range(150):
        api.move_task(runners[i % 2], "review", after=first["id"])
    assert column(api, "review") == ["first", "y", "x", "last"]


def test_a_task_patched_to_another_status_appears_there(api):
    tasks = [api.create_task(name) for name in "abc"]
    for task in tasks:
        api.patch_task(task["id"], {"status": "done"})
    assert sorted(column(api, "done")) == ["a", "b", "c"]


def test_impossible_moves_are_refused(api):
    task, other = api.create_task("a"), api.create_task("b")
    problem(api.post(f"/api/tasks/{task['id']}/move", {"status": "nowhere", "after": None}), 400)
    for after in (999999, other["id"]):
        # `other` is there, but in another column.
        answer = api.post(f"/api/tasks/{task['id']}/move", {"status": "done", "after": after})
        assert 400 <= answer.status_code < 500
        problem(answer, answer.status_code)
    problem(api.post("/api/tasks/999999/move", {"status": "done", "after": None}), 404)
    problem(api.post(f"/api/tasks/{task['id']}/move", {"status": "done", "after": None, "rank": "a"}), 400)
    assert api.task(task["id"]) == task


def test_a_move_after_itself_does_no_harm(api):
    task = api.create_task("a")
    answer = api.post(f"/api/tasks/{task['id']}/move", {"status": "inbox", "after": task["id"]})
    assert answer.status_code < 500
    assert column(api, "inbox") == ["a"]
