"""The four task events: their shape, their numbers, and when there are none."""

import json

from rest import TIMESTAMP
from sse import seq_of


def announced(team, write):
    """The events that one write makes, each with its frame, in order. A fence proves that there are no more."""
    api = team.api("ann")
    stream = team.stream("watcher")
    before = seq_of(stream.established.id)
    result = write(api)
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    frames = [frame for frame in stream.frames() if frame.json and "seq" in frame.json]
    made = [frame for frame in frames if before < frame.json["seq"] < api.last_seq]
    assert [frame.json["seq"] for frame in made] == list(range(before + 1, api.last_seq))
    return result, made


def check_common(frame, type, task_id, op):
    """What every durable task event carries, on the wire and in its JSON."""
    event = frame.json
    assert [name for name, _ in frame.fields] == ["id", "data"], "an event: field would hide it from onmessage"
    assert seq_of(frame.id) == event["seq"]
    assert len(frame.id.encode()) <= 128
    assert event["type"] == type
    assert event["taskId"] == task_id
    assert event["boardId"] == "main"
    assert isinstance(event["boardSeq"], int)
    assert event["actor"] == "ann"
    assert event["op"] == op
    assert TIMESTAMP.match(event["timestamp"]), event["timestamp"]


def test_a_created_task_is_announced_whole(team):
    task, made = announced(team, lambda api: api.create_task("Write it down", headers={"Idempotency-Key": "op-1"}))
    (frame,) = made
    check_common(frame, "task.created", task["id"], "op-1")
    assert frame.json["task"] == task
    assert task["name"] == "Write it down"
    assert TIMESTAMP.match(task["createdAt"]) and TIMESTAMP.match(task["updatedAt"])


def test_a_changed_task_is_announced_with_what_changed(team):
    task = team.api("ann").create_task("Before")
    changed, made = announced(
        team, lambda api: api.patch_task(task["id"], {"name": "After"}, headers={"Idempotency-Key": "op-2"})
    )
    (frame,) = made
    check_common(frame, "task.updated", task["id"], "op-2")
    assert frame.json["task"] == changed
    assert frame.json["changes"]["name"] == ["Before", "After"]


def test_a_changed_status_alone_is_announced_as_that_alone(team):
    task = team.api("ann").create_task("Move along")
    changed, made = announced(
        team, lambda api: api.patch_task(task["id"], {"status": "review"}, headers={"Idempotency-Key": "op-3"})
    )
    (frame,) = made
    check_common(frame, "task.status_changed", task["id"], "op-3")
    assert frame.json["task"] == changed
    assert frame.json["previousStatus"] == "inbox"
    assert frame.json["newStatus"] == "review"
    assert frame.json["changes"]["status"] == ["inbox", "review"]


def test_a_deleted_task_is_announced_by_its_number(team):
    task = team.api("ann").create_task("Short-lived")
    _, made = announced(team, lambda api: api.delete_task(task["id"], headers={"Idempotency-Key": "op-4"}))
    (frame,) = made
    check_common(frame, "task.deleted", task["id"], "op-4")


def test_a_write_that_changes_status_and_name_makes_both_events(team):
    task = team.api("ann").create_task("Before")
    answers = []

    def write(api):
        changes = {"name": "After", "status": "done"}
        answers.append(api.patch_task(task["id"], changes, headers={"Idempotency-Key": "op-5"}))
        answers.append(api.last_seq)

    _, made = announced(team, write)
    changed, seq = answers
    events = {frame.json["type"]: frame.json for frame in made}
    assert sorted(events) == ["task.status_changed", "task.updated"] and len(made) == 2
    for event in events.values():
        assert event["task"] == changed, "each carries the final task"
    assert events["task.updated"]["changes"]["name"] == ["Before", "After"]
    assert events["task.status_changed"]["previousStatus"] == "inbox"
    assert events["task.status_changed"]["newStatus"] == "done"
    assert {event.get("op") for event in events.values()} == {"op-5"}, "one write, one op"
    assert seq in [event["seq"] for event in events.values()]


def test_a_write_that_changes_nothing_makes_no_event(team):
    task = team.api("ann").create_task("Same", status="review", labels=["a", "b"], priority="high")
    same = {"name": "Same", "status": "review", "labels": ["a", "b"], "priority": "high"}

    def write(api):
        answer = api.patch(f"/api/tasks/{task['id']}", same)
        assert answer.status_code == 200, answer.text
        return answer.json()["task"]

    unchanged, made = announced(team, write)
    assert made == []
    assert unchanged == task, "neither its version nor its time moves"


def test_an_empty_patch_makes_no_event(team):
    task = team.api("ann").create_task("Untouched")
    _, made = announced(team, lambda api: api.patch(f"/api/tasks/{task['id']}", {}))
    assert made == []


def test_tenant_numbers_and_board_numbers_are_each_dense(team):
    team.admin().create_board("side")
    stream = team.stream("watcher")
    before = seq_of(stream.established.id)
    api = team.api("ann")
    for i in range(12):
        api.create_task(f"task {i}", boardId="side" if i % 3 == 0 else "main")
    stream.wait_for_seq(api.last_seq)
    events = stream.durable()
    assert [event.seq for event in events] == list(range(before + 1, before + 13))
    for board in ("main", "side"):
        numbers = [event["boardSeq"] for event in events if event["boardId"] == board]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), board
    assert min(event["boardSeq"] for event in events if event["boardId"] == "main") == 1


def test_the_json_of_a_stream_event_is_the_json_of_the_log(team):
    stream = team.stream("watcher")
    since = stream.established.id
    api = team.api("ann")
    task = api.create_task("Ünïcödé ✓ 日本語 🎈", labels=["a"], priority="low")
    api.patch_task(task["id"], {"status": "done", "description": "x"})
    api.delete_task(task["id"])
    stream.wait_for_seq(api.last_seq)
    assert [event.data for event in stream.durable()] == api.whole_log(since)


def test_an_event_is_one_data_line_however_long(team):
    stream = team.stream("watcher")
    api = team.api("ann")
    api.create_task("n" * 500, description="line\n" * 2000)
    stream.wait_for_seq(api.last_seq)
    (frame,) = [frame for frame in stream.frames() if frame.json and frame.json.get("seq") == api.last_seq]
    assert len(frame.fields) == 2
    assert json.loads(frame.get("data"))["task"]["description"] == "line\n" * 2000
