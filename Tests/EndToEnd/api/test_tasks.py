"""Tasks by REST: made, read, changed, deleted."""

import pytest

from rest import TIMESTAMP, ok, pointers, problem

FIELDS = {
    "id", "boardId", "name", "description", "status", "priority", "assigneeId", "labels", "dueAt", "rank", "version",
    "createdBy", "createdAt", "updatedAt",
}


def etag_of(api, task):
    """The version, and the epoch in which it was written: that of the log's newest event."""
    return f'"{task["version"]}-{api.head().partition("-")[2]}"'


def test_a_task_of_a_name_alone_gets_the_defaults(api):
    answer = ok(api.post("/api/tasks", {"name": "Plain"}), 201)
    task, seq = answer.json()["task"], answer.json()["seq"]
    assert set(task) == FIELDS
    assert task["name"] == "Plain" and task["boardId"] == "main" and task["status"] == "inbox"
    assert task["labels"] == [] and task["assigneeId"] is None and task["dueAt"] is None
    assert not task["description"]
    assert task["priority"] in (None, "low", "medium", "high", "urgent")
    assert isinstance(task["id"], int) and isinstance(task["version"], int) and isinstance(seq, int)
    assert task["createdBy"] == "ann"
    assert TIMESTAMP.match(task["createdAt"]) and task["createdAt"] == task["updatedAt"]
    assert answer.headers["location"].endswith(f"/api/tasks/{task['id']}")
    assert answer.headers["etag"] == etag_of(api, task)
    assert answer.headers["content-type"].startswith("application/json")


def test_a_task_keeps_every_field_given(api):
    given = {
        "name": "Whole", "boardId": "main", "description": "Long\nand\twide", "status": "review", "priority": "urgent",
        "assigneeId": "ben", "labels": ["b", "a"], "dueAt": "2031-02-03T04:05:06.789Z",
    }
    task = api.create_task(**given)
    assert {name: task[name] for name in given} == given
    assert api.task(task["id"]) == task


def test_a_due_time_of_another_zone_is_kept_as_utc(api):
    task = api.create_task("Elsewhere", dueAt="2031-02-03T06:05:06+02:00")
    assert task["dueAt"] == "2031-02-03T04:05:06.000Z"


def test_task_ids_are_never_used_twice(api):
    first = api.create_task("One")
    api.delete_task(first["id"])
    assert api.create_task("Two")["id"] > first["id"]


def test_a_task_is_read_with_its_version_as_etag(api):
    task = api.create_task("Read me")
    answer = ok(api.get(f"/api/tasks/{task['id']}"), 200)
    assert answer.json() == task
    etag = answer.headers["etag"]
    assert etag == etag_of(api, task)
    for spelling in (f'W/{etag}', f'{etag[:-1]}-gzip"', f'W/{etag[:-1]}-br"', f'"{task["version"]}"'):
        same = api.get(f"/api/tasks/{task['id']}", headers={"If-None-Match": spelling})
        assert same.status_code == 304 and same.headers["etag"] == etag, spelling
    again = api.get(f"/api/tasks/{task['id']}", headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == etag
    several = api.get(f"/api/tasks/{task['id']}", headers={"If-None-Match": f'"x", {etag}'})
    assert several.status_code == 304
    weak = api.get(f"/api/tasks/{task['id']}", headers={"If-None-Match": f"W/{etag}"})
    assert weak.status_code == 304
    api.patch_task(task["id"], {"name": "Read me again"})
    assert api.get(f"/api/tasks/{task['id']}", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("id", ["999999", "0", "-1", "abc", "1e3", "99999999999999999999999", "1.5", "%2e%2e", "1%00"])
def test_a_task_that_is_not_there_is_404(api, id):
    api.create_task("There")
    answer = api.get(f"/api/tasks/{id}")
    assert answer.status_code in ((404,) if id == "999999" else (400, 404))
    problem(answer, answer.status_code)


def test_a_patch_changes_what_it_names_and_nothing_else(api):
    task = api.create_task("Before", description="stays", labels=["x"], priority="low")
    answer = ok(api.patch(f"/api/tasks/{task['id']}", {"name": "After", "priority": "high"}), 200)
    changed = answer.json()["task"]
    assert changed["version"] > task["version"] and changed["updatedAt"] >= task["updatedAt"]
    assert answer.headers["etag"] == etag_of(api, changed)
    moved_on = {"name": "After", "priority": "high", "version": changed["version"], "updatedAt": changed["updatedAt"]}
    assert changed == {**task, **moved_on}
    assert api.task(task["id"]) == changed


def test_null_in_a_patch_takes_a_field_away(api):
    task = api.create_task(
        "Full", description="d", assigneeId="ben", labels=["x"], dueAt="2031-01-01T00:00:00.000Z"
    )
    changed = api.patch_task(task["id"], {"description": None, "assigneeId": None, "dueAt": None, "labels": None})
    assert changed["assigneeId"] is None and changed["dueAt"] is None
    assert not changed["description"] and not changed["labels"]


def test_a_patch_may_call_itself_a_merge_patch(api):
    task = api.create_task("Before")
    answer = api.send_raw("PATCH", f"/api/tasks/{task['id']}", b'{"name":"After"}', "application/merge-patch+json")
    assert ok(answer, 200).json()["task"]["name"] == "After"


def test_a_name_cannot_be_taken_away(api):
    task = api.create_task("Named")
    problem(api.patch(f"/api/tasks/{task['id']}", {"name": None}), 400)


def test_a_patch_of_a_missing_task_is_404(api):
    problem(api.patch("/api/tasks/999999", {"name": "x"}), 404)


def test_if_match_lets_the_right_version_through(api):
    task = api.create_task("v1")
    answer = api.patch(f"/api/tasks/{task['id']}", {"name": "v2"}, headers={"If-Match": f'"{task["version"]}"'})
    assert ok(answer, 200).json()["task"]["name"] == "v2"
    assert ok(api.patch(f"/api/tasks/{task['id']}", {"name": "v3"}, headers={"If-Match": "*"}), 200)


def test_if_match_with_a_stale_version_is_412_with_the_current_task(api):
    task = api.create_task("v1")
    current = api.patch_task(task["id"], {"name": "v2"})
    for answer in (
        api.patch(f"/api/tasks/{task['id']}", {"name": "v3"}, headers={"If-Match": f'"{task["version"]}"'}),
        api.patch(f"/api/tasks/{task['id']}", {"name": "v3"}, headers={"If-Match": '"nonsense"'}),
    ):
        body = problem(answer, 412)
        assert current in body.values(), f"the current task is not in {body}"
    assert api.task(task["id"]) == current


def test_if_match_guards_a_delete_too(api):
    task = api.create_task("v1")
    current = api.patch_task(task["id"], {"name": "v2"})
    problem(api.delete(f"/api/tasks/{task['id']}", headers={"If-Match": f'"{task["version"]}"'}), 412)
    assert api.task(task["id"]) == current
    ok(api.delete(f"/api/tasks/{task['id']}", headers={"If-Match": f'"{current["version"]}"'}), 204)


def test_a_deleted_task_is_gone_and_its_number_told(api):
    task = api.create_task("Short-lived")
    created = api.last_seq
    answer = ok(api.delete(f"/api/tasks/{task['id']}"), 204)
    assert answer.content == b""
    assert int(answer.headers["Boardcast-Seq"]) == created + 1
    problem(api.get(f"/api/tasks/{task['id']}"), 404)
    problem(api.delete(f"/api/tasks/{task['id']}"), 404)
    assert api.tasks() == []


INVALID = {
    "no name": ({}, "/name"),
    "empty name": ({"name": ""}, "/name"),
    "name too long": ({"name": "x" * 501}, "/name"),
    "name is a number": ({"name": 5}, "/name"),
    "name is null": ({"name": None}, "/name"),
    "unknown field": ({"name": "x", "colour": "red"}, "/colour"),
    "unknown field with a slash": ({"name": "x", "a/b~c": 1}, "/a~1b~0c"),
    "unknown status": ({"name": "x", "status": "nowhere"}, "/status"),
    "unknown priority": ({"name": "x", "priority": "mega"}, "/priority"),
    "labels are no list": ({"name": "x", "labels": "a"}, "/labels"),
    "due time is no time": ({"name": "x", "dueAt": "tomorrow"}, "/dueAt"),
    "due time does not exist": ({"name": "x", "dueAt": "2031-02-30T00:00:00.000Z"}, "/dueAt"),
    "assignee is a number": ({"name": "x", "assigneeId": 5}, "/assigneeId"),
    "an id of one's own": ({"name": "x", "id": 7}, "/id"),
    "a rank of one's own": ({"name": "x", "rank": "a"}, "/rank"),
    "a creator of one's own": ({"name": "x", "createdBy": "eve"}, "/createdBy"),
}


@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_task_is_400_and_points_at_the_field(api, case):
    body, pointer = INVALID[case]
    assert pointer in pointers(problem(api.post("/api/tasks", body), 400))
    assert api.tasks() == []


@pytest.mark.parametrize("field", ["id", "version", "rank", "createdAt", "updatedAt", "createdBy", "colour"])
def test_a_patch_of_what_is_not_ones_own_is_400(api, field):
    task = api.create_task("Mine")
    assert f"/{field}" in pointers(problem(api.patch(f"/api/tasks/{task['id']}", {field: 9}), 400))
    assert api.task(task["id"]) == task


def test_all_that_is_wrong_is_said_at_once(api):
    found = pointers(problem(api.post("/api/tasks", {"name": "", "priority": "mega", "colour": 1}), 400))
    assert {"/name", "/priority", "/colour"} <= set(found)


@pytest.mark.parametrize("name", ["x", "x" * 500, "é" * 500, "日" * 500])
def test_a_name_is_1_to_500_characters_not_bytes(api, name):
    assert api.create_task(name)["name"] == name


def test_a_task_on_an_unknown_board_is_404(api):
    problem(api.post("/api/tasks", {"name": "x", "boardId": "nowhere"}), 404)


def test_odd_numbers_do_no_harm(api):
    task = api.create_task("x")
    for number in ("1e308", "1e400", "-1", "1.5", "99999999999999999999", '"1"', "true"):
        content = f'{{"status":"done","after":{number}}}'
        answer = api.send_raw("POST", f"/api/tasks/{task['id']}/move", content.encode())
        assert 400 <= answer.status_code < 500, f"{number}: {answer.status_code}"
        problem(answer, answer.status_code)
    assert api.task(task["id"]) == task
