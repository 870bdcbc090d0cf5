"""A number means something only in its life: copies put back, logs cut short and reverted machines are noticed."""

import shutil
import sqlite3

import pytest

from imports import end_of, send
from rest import ok, problem
from scale import count, scale
from sse import seq_of

FILES = ["boardcast.sqlite", "boardcast.sqlite-wal"]
#: Of how many cursors of a list each is tried, on every transport.
SOME = scale(3, 20)
#: Lives that begin with one copy, and starts that end no cursor.
LIVES = scale(3, 8)
STARTS = scale(6, 20)


def copy_files(server, folder):
    """The files as they lie on the disk at this moment, as a snapshot of the machine would hold them."""
    folder.mkdir()
    for name in FILES:
        if (server.directory / name).exists():
            shutil.copyfile(server.directory / name, folder / name)
    return folder


def put_back(server, folder):
    for file in server.directory.glob("boardcast.sqlite*"):
        file.unlink()
    for file in folder.iterdir():
        shutil.copyfile(file, server.directory / file.name)


def write(team, count):
    """Writes tasks; returns the ids that their events had on a stream, and as a WebSocket's client makes them."""
    api = team.api("ben")
    stream, socket = team.stream("ann"), team.socket("ann")
    for i in range(count):
        api.create_task(f"task {i}")
    for listener in [stream, socket]:
        listener.wait_for_seq(api.last_seq)
    epoch = socket.established["cursor"].partition("-")[2]
    return [event.id for event in stream.durable()], [f"{event.seq}-{epoch}" for event in socket.durable()]


def outcomes(team, cursor):
    """What a stream, a WebSocket and a poll answer a cursor: the reason why not, or the numbers that follow."""
    head = seq_of(team.api().head())
    found = []
    for listener in [team.stream("ann", last_event_id=cursor), team.socket("ann", since=cursor)]:
        if listener.established["recovered"]:
            if seq_of(cursor) < head:
                listener.wait_for_seq(head)
            found.append([event.seq for event in listener.durable()])
        else:
            found.append(listener.wait_for_type("stream.resync")["reason"])
        listener.close()
    page = team.api().events(since=cursor, limit=1000)
    found.append([event["seq"] for event in page["events"]] if page["recovered"] else page["reason"])
    return found


def check(team, lost, kept):
    """None of the lost cursors counts, and each of the others is honoured to the number."""
    head = seq_of(team.api().head())
    for cursor in lost:
        assert outcomes(team, cursor) == ["epoch_changed"] * 3, cursor
        count(lost_cursors_refused=3)
    for cursor in kept:
        assert outcomes(team, cursor) == [list(range(seq_of(cursor) + 1, head + 1))] * 3, cursor
        count(other_cursors_honoured=3)


def some(cursors):
    """The first, the last, and some in between."""
    number = min(SOME, len(cursors))
    return [cursors[i * (len(cursors) - 1) // max(1, number - 1)] for i in range(number)]


def test_a_copy_that_is_put_back_ends_the_cursors_of_the_life_that_is_lost(start_server, make_team, tmp_path):
    server = start_server()
    team = make_team(server)
    before = write(team, 50)
    team.close()
    server.stop()
    copy = copy_files(server, tmp_path / "copy")
    server.start()
    lost = write(team, 50)
    team.close()
    server.stop()
    put_back(server, copy)
    server.start()
    # Past the head of the life that was lost: its numbers are there again, and they are others.
    after = write(team, 60)
    for kind in range(2):
        check(team, some(lost[kind]), some(before[kind]) + some(after[kind]))


def test_a_reverted_machine_ends_the_cursors_of_what_it_forgot(start_server, make_team, tmp_path):
    server = start_server()
    team = make_team(server)
    before = write(team, 20)
    snapshot = copy_files(server, tmp_path / "snapshot")
    lost = write(team, 20)
    team.close()
    server.kill()
    put_back(server, snapshot)
    server.start()
    after = write(team, 30)
    for kind in range(2):
        check(team, some(lost[kind]), some(before[kind]) + some(after[kind]))


@pytest.mark.parametrize("synchronous", ["full", "normal"])
def test_a_write_ahead_log_that_is_cut_ends_the_cursors_beyond_the_cut(
    start_server, make_team, tmp_path, synchronous
):
    server = start_server({"BOARDCAST_DATABASE_SYNCHRONOUS": synchronous})
    team = make_team(server)
    # Whoever reads an old state keeps what follows it in the write-ahead log.
    reader = sqlite3.connect(server.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM tenants").fetchone()
    cursors = write(team, 60)
    team.close()
    server.kill()
    files = copy_files(server, tmp_path / "files")
    reader.close()
    put_back(server, files)
    wal = server.directory / FILES[1]
    size = wal.stat().st_size
    with open(wal, "r+b") as file:
        file.truncate(size // 3)
    server.start()
    left = seq_of(team.api().head())
    assert 0 < left < 60, "the cut has taken some of it"
    after = write(team, 70)
    for kind in range(2):
        kept = cursors[kind][:left]
        check(team, some(cursors[kind][left:]), some(kept) + some(after[kind]))


@pytest.mark.parametrize("ends", ["stopped", "killed"])
def test_a_restart_ends_no_cursor(start_server, make_team, ends):
    server = start_server()
    team = make_team(server)
    cursors = [team.api().head()]
    for start in range(STARTS):
        if events := [5, 0, 3, 0, 0, 4][start % 6]:
            written = write(team, events)
            cursors += some(written[0]) + some(written[1])
        cursors += [team.api().head(), team.socket("ann").established["cursor"], team.api().snapshot()["cursor"]]
        team.close()
        server.restart(ends == "stopped")
    head = team.api().head()
    assert head in cursors, "the place after the last event is the same in every run"
    check(team, [], set(cursors))


def test_two_lives_from_one_copy_know_nothing_of_each_other(start_server, make_team, tmp_path):
    server = start_server()
    team = make_team(server)
    before = write(team, 5)[0]
    team.close()
    server.stop()
    copy = copy_files(server, tmp_path / "copy")
    lives = []
    for _ in range(LIVES):
        put_back(server, copy)
        server.start()
        lives.append(write(team, 5)[0])
        team.close()
        server.stop()
    server.start()
    assert len({cursor.partition("-")[2] for life in lives for cursor in life}) == LIVES
    check(team, [cursor for life in lives[:-1] for cursor in life], some(before) + lives[-1])


def test_a_stream_that_waits_for_its_server_is_told_of_the_copy(start_server, make_team, tmp_path):
    """As a browser comes back, and as the Swift client and the SDK do: with the last id, whatever has happened."""
    server = start_server()
    team = make_team(server)
    write(team, 3)
    team.close()
    server.stop()
    copy = copy_files(server, tmp_path / "copy")
    server.start()
    stream = team.stream("ann")
    team.api("ben").create_task("lost")
    last = stream.wait_for_seq(4).id
    team.close()
    server.stop()
    put_back(server, copy)
    server.start()
    back = team.stream("ann", last_event_id=last)
    resync = back.wait_for_type("stream.resync")
    assert resync["reason"] == "epoch_changed" and seq_of(resync["cursor"]) == 3
    team.api("ben").create_task("other")
    assert back.wait_for_seq(4)["task"]["name"] == "other"
    assert back.wait_for_seq(4).id != last


@pytest.fixture
def lives(start_server, make_team, tmp_path):
    """A function that puts back the copy that was made, and starts the next life of the database; and its first team."""
    server = start_server()
    team = make_team(server)
    api = team.api("ben")
    for name in ["one", "two"]:
        api.create_task(name)
    team.admin().create_board("plan")
    team.close()
    server.stop()
    copy = copy_files(server, tmp_path / "copy")
    server.start()

    def next_life():
        team.close()
        server.stop()
        put_back(server, copy)
        server.start()

    return team, next_life


def tag(api, path):
    return ok(api.get(path), 200).headers["etag"]


def test_what_a_client_knows_of_a_lost_task_is_of_no_other(lives):
    team, next_life = lives
    api = team.api("ben")
    api.create_task("lost")
    api.patch_task(2, {"name": "lost, too"})
    ok(team.admin().patch("/api/boards/plan", {"name": "lost"}), 200)
    paths = ["/api/tasks/1", "/api/tasks/2", "/api/tasks/3", "/api/boards/plan", "/api/boards/main/snapshot"]
    tags = {path: tag(api, path) for path in paths}
    next_life()
    api = team.api("ben")
    api.patch_task(2, {"name": "another"})
    api.create_task("other")
    ok(team.admin().patch("/api/boards/plan", {"name": "other"}), 200)
    assert seq_of(api.head()) == 6, "as many events as in the lost life"
    now = {path: tag(api, path) for path in paths}
    assert now["/api/tasks/1"] == tags["/api/tasks/1"], "it is the one from before the copy"
    for path in paths[1:]:
        assert now[path] != tags[path]
        assert api.get(path, headers={"If-None-Match": tags[path]}).status_code == 200, path
        assert api.get(path, headers={"If-None-Match": now[path]}).status_code == 304, path
        count(lost_tags_refused=1)
    for id in [2, 3]:
        headers = {"If-Match": tags[f"/api/tasks/{id}"]}
        body = problem(api.patch(f"/api/tasks/{id}", {"name": "overwritten"}, headers=headers), 412)
        assert body["task"] == api.task(id)
        problem(api.delete(f"/api/tasks/{id}", headers=headers), 412)
        problem(api.post(f"/api/tasks/{id}/move", {"status": "done"}, headers=headers), 412)
        count(lost_tags_refused=3)
    problem(team.admin().delete("/api/boards/plan", headers={"If-Match": tags["/api/boards/plan"]}), 412)
    api.patch_task(1, {"name": "kept"}, headers={"If-Match": tags["/api/tasks/1"]})


@pytest.mark.parametrize("ends", ["stopped", "killed"])
def test_what_a_client_knows_of_a_task_outlives_restarts(start_server, make_team, ends):
    server = start_server()
    team = make_team(server)
    team.api("ben").create_task("kept")
    tags = {path: tag(team.api(), path) for path in ["/api/tasks/1", "/api/boards/main", "/api/boards/main/snapshot"]}
    for _ in range(2):
        team.close()
        server.restart(ends == "stopped")
        api = team.api("ben")
        for path in tags:
            assert api.get(path, headers={"If-None-Match": tags[path]}).status_code == 304
    api.patch_task(1, {"name": "changed"}, headers={"If-Match": tags["/api/tasks/1"]})
    assert tag(api, "/api/tasks/1") != tags["/api/tasks/1"]


def test_an_answer_of_a_lost_life_is_given_to_nobody(lives):
    team, next_life = lives
    key = {"Idempotency-Key": "once"}
    first = ok(team.api("ben").post("/api/tasks", {"name": "lost"}, headers=key), 201)
    next_life()
    api = team.api("ben")
    other = ok(api.post("/api/tasks", {"name": "of this life"}, headers=key), 201)
    assert other.json()["task"]["name"] == "of this life" and other.headers["etag"] != first.headers["etag"]
    again = ok(api.post("/api/tasks", {"name": "of this life"}, headers=key), 201)
    assert again.json() == other.json() and again.headers["etag"] == other.headers["etag"]


def test_jobs_and_imports_of_a_lost_life_are_no_others(lives):
    team, next_life = lives

    def make():
        """A job, and an import under a key, both of the same request in each life."""
        api = team.api("ben")
        job = api.create_job("work")
        work = end_of(api, send(api, "name\na\nb\n", key="import"))
        return {job["id"], work["id"]}

    lost = make()
    next_life()
    for id in lost:
        problem(team.api("ben").get(f"/api/jobs/{id}"), 404)
    assert not lost & make()
    assert [task["name"] for task in team.api("ben").tasks()] == ["one", "two", "a", "b"]
