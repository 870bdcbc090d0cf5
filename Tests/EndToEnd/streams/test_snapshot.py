"""A snapshot is true at its cursor, and the stream goes on from there: no gap, no duplicate."""

import random
import threading

from board_model import STATUSES, BoardModel, assert_dense, by_id
from rest import ok
from sse import CURSOR, seq_of
from waiting import DEADLINE, eventually


def test_a_rest_snapshot_is_the_board_its_tasks_and_a_cursor(team):
    api = team.api("ann")
    tasks = [api.create_task(f"task {i}", status=STATUSES[i % 4]) for i in range(6)]
    snapshot = api.snapshot()
    assert sorted(snapshot) == ["board", "cursor", "tasks"]
    assert snapshot["board"]["id"] == "main"
    assert snapshot["board"]["statuses"] == STATUSES
    assert by_id(snapshot["tasks"]) == by_id(tasks)
    assert CURSOR.match(snapshot["cursor"]) and seq_of(snapshot["cursor"]) == api.last_seq


def test_an_unchanged_snapshot_is_not_sent_again(team):
    api = team.api("ann")
    api.create_task("One")
    etag = ok(api.get("/api/boards/main/snapshot")).headers["etag"]
    again = api.get("/api/boards/main/snapshot", headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.content == b""
    api.create_task("Two")
    changed = api.get("/api/boards/main/snapshot", headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed.headers["etag"] != etag


def test_a_stream_with_snapshot_gives_the_tasks_second(team):
    api = team.api("ann")
    tasks = [api.create_task(f"task {i}") for i in range(5)]
    stream = team.stream("ann", snapshot="1")
    init = stream.wait_for_type("init")
    assert stream.types()[:2] == ["connection.established", "init"]
    assert by_id(init["tasks"]) == by_id(tasks)
    assert init["count"] == 5
    (board,) = init["boards"]
    assert board["id"] == "main" and board["statuses"] == STATUSES and isinstance(board["name"], str)
    assert seq_of(init["cursor"]) == api.last_seq
    frame = next(frame for frame in stream.frames() if frame.json and frame.json["type"] == "init")
    assert frame.id is None and "seq" not in frame.json


def test_a_stream_snapshot_holds_only_the_boards_asked_for(team):
    team.admin().create_board("side")
    api = team.api("ann")
    api.create_task("on main")
    task = api.create_task("on side", boardId="side")
    init = team.stream("ann", snapshot="1", board="side").wait_for_type("init")
    assert [board["id"] for board in init["boards"]] == ["side"]
    assert init["tasks"] == [task] and init["count"] == 1


class Writer(threading.Thread):
    """Changes one board at random until told to stop; tasks belong to all writers, so they collide."""

    def __init__(self, api, seed, stop, shared):
        super().__init__(daemon=True)
        self.api, self.rng, self.stop_writing, self.shared = api, random.Random(seed), stop, shared
        self.writes, self.failure = 0, None

    def run(self):
        try:
            while not self.stop_writing.is_set():
                self.write()
                self.writes += 1
        except Exception as error:
            self.failure = error

    def write(self):
        choice = self.rng.random()
        if choice < 0.35 or not self.shared:
            task = self.api.create_task(f"n{self.rng.randrange(1000)}", status=self.rng.choice(STATUSES))
            self.shared.append(task["id"])
            return
        task_id = self.rng.choice(self.shared)
        if choice < 0.75:
            changes = {"name": f"n{self.rng.randrange(1000)}"}
            if self.rng.random() < 0.5:
                changes["status"] = self.rng.choice(STATUSES)
            answer = self.api.patch(f"/api/tasks/{task_id}", changes)
        elif choice < 0.9:
            answer = self.api.post(f"/api/tasks/{task_id}/move", {"status": self.rng.choice(STATUSES), "after": None})
        else:
            answer = self.api.delete(f"/api/tasks/{task_id}")
        assert answer.is_success or answer.status_code == 404, f"{answer.status_code} {answer.text}"


def test_snapshot_and_stream_fit_together_under_eight_writers(team, rng):
    """Rebuilds the board from snapshots taken in the middle of the storm, and compares with the end."""
    stop, shared = threading.Event(), []
    writers = [Writer(team.api(f"writer{i}"), rng.random(), stop, shared) for i in range(8)]
    for writer in writers:
        writer.start()
    reader = team.api("reader")
    openings = []
    try:
        for round in range(6):
            # Each opening waits for a little more history, so that the snapshots differ.
            target = 40 * round
            eventually(
                lambda: sum(writer.writes for writer in writers) >= target or any(writer.failure for writer in writers),
                "the writers got on",
            )
            stream = team.stream("reader", snapshot="1", board="main")
            init = stream.wait_for_type("init")
            openings.append((stream, init["cursor"], init["tasks"]))
            snapshot = reader.snapshot()
            stream = team.stream("reader", since=snapshot["cursor"], board="main")
            assert stream.established["recovered"] is True
            openings.append((stream, snapshot["cursor"], snapshot["tasks"]))
    finally:
        stop.set()
        for writer in writers:
            writer.join(DEADLINE)
    assert [writer.failure for writer in writers] == [None] * 8

    final = reader.snapshot()
    head = seq_of(final["cursor"])
    for stream, cursor, tasks in openings:
        start = seq_of(cursor)
        if start < head:
            stream.wait_for_seq(head)
        events = stream.durable()
        assert_dense([event.seq for event in events], start + 1)
        board_numbers = [event["boardSeq"] for event in events]
        assert_dense(board_numbers, board_numbers[0] if board_numbers else 1)
        model = BoardModel(by_id(tasks).values())
        for event in events:
            model.apply(event.data)
        assert model.tasks == by_id(final["tasks"])
