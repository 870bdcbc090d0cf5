"""`boardcast backup` and `restore`: a copy made under writers, put back, and no cursor of the lost future counts."""

import itertools
import json
import os
import shutil
import sqlite3
import threading

import pytest

from board_model import BoardModel, by_id
from harness import run_command
from rest import ok
from sse import seq_of
from waiting import DEADLINE, eventually


def back_up(server, file, *flags):
    return run_command("backup", file, "--database", f"sqlite:{server.database}", *flags)


def restore(server, file, *flags):
    return run_command("restore", file, "--database", f"sqlite:{server.database}", *flags)


class Writers:
    """Three clients that write as fast as they can, until they are stopped or their server is gone."""

    def __init__(self, team):
        self.acknowledged = []
        self.failures = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(team.api(f"w{i}"),)) for i in range(3)]
        for thread in self._threads:
            thread.start()

    def _write(self, api):
        for number in itertools.count():
            if self._stop.is_set():
                return
            try:
                self.acknowledged.append(ok(api.post("/api/tasks", {"name": f"task {number}"}), 201).json()["seq"])
            except Exception as failure:
                self.failures.append(failure)
                return

    def wait_for_more(self, count=20):
        start = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) >= start + count or self.failures, "the writers go on")

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(DEADLINE)


def rows(path, sql):
    database = sqlite3.connect(path)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def test_a_backup_under_writers_is_one_moment_and_disturbs_nobody(start_server, make_team, tmp_path):
    server = start_server()
    team = make_team(server)
    stream = team.stream("ann")
    writers = Writers(team)
    writers.wait_for_more()
    before = max(writers.acknowledged)
    reports = []
    for number in range(3):
        done = back_up(server, tmp_path / f"{number}.sqlite", "--json")
        assert done.returncode == 0, done.stderr
        reports.append(json.loads(done.stdout))
        writers.wait_for_more()
    writers.stop()
    assert not writers.failures, "the writers went on"
    head = max(writers.acknowledged)
    stream.wait_for_seq(head)
    assert [event.seq for event in stream.durable()] == list(range(1, head + 1))
    for number, report in enumerate(reports):
        file = tmp_path / f"{number}.sqlite"
        assert file.stat().st_mode & 0o777 == 0o600 and file.stat().st_size == report["bytes"]
        assert rows(file, "PRAGMA integrity_check") == [("ok",)]
        assert rows(file, "SELECT max(seq), count(*) FROM events") == [(report["events"], report["events"])]
        assert rows(file, "SELECT count(*), max(id) FROM tasks") == [(report["tasks"], report["tasks"])]
        assert before <= report["events"] <= head
        assert report["tasks"] == report["events"] and report["tenants"] == 1 and report["unreadableRows"] == 0
        before = report["events"]
    assert sorted(file.name for file in tmp_path.iterdir() if "sqlite" in file.name) == [
        "0.sqlite", "1.sqlite", "2.sqlite"], "nothing else is left there"


def test_a_backup_never_replaces_a_file_unasked(start_server, make_team, tmp_path):
    server = start_server()
    make_team(server).api().create_task("a")
    file = tmp_path / "copy.sqlite"
    file.write_text("precious")
    done = back_up(server, file)
    assert done.returncode == 5 and "copy.sqlite exists; --force replaces it" in done.stderr
    assert file.read_text() == "precious" and done.stdout == ""
    assert back_up(server, server.database, "--force").returncode == 5, "least of all the database"
    done = back_up(server, file, "--force")
    assert done.returncode == 0, done.stderr
    assert "1 event, 1 task, 1 tenant, verified" in done.stdout
    assert rows(file, "SELECT count(*) FROM tasks") == [(1,)]


def test_what_a_killed_backup_left_is_replaced(start_server, make_team, tmp_path):
    server = start_server()
    make_team(server).api().create_task("a")
    partial = tmp_path / "copy.sqlite.partial"
    partial.write_bytes(b"x" * 100_000)
    assert back_up(server, tmp_path / "copy.sqlite").returncode == 0
    assert not partial.exists() and rows(tmp_path / "copy.sqlite", "PRAGMA integrity_check") == [("ok",)]


def test_what_cannot_be_backed_up_leaves_nothing(tmp_path):
    target = tmp_path / "copy.sqlite"
    (tmp_path / "text").write_text("no database, and no short text either: " * 40)
    sqlite3.connect(tmp_path / "other").execute("CREATE TABLE t (a)").connection.close()
    faults = {"missing": "No such file", "text": "not an SQLite database", "other": "not one of boardcast"}
    for name, words in faults.items():
        done = run_command("backup", target, "--database", f"sqlite:{tmp_path / name}")
        assert done.returncode == 2 and words in done.stderr and name in done.stderr, done.stderr
    assert run_command("backup", target, "--database", "sqlite::memory:").returncode == 2
    assert not [file for file in tmp_path.iterdir() if "copy" in file.name]


def test_rows_that_are_damaged_are_copied_only_when_it_is_asked_for(start_server, make_team, tmp_path):
    server = start_server()
    api = make_team(server).api()
    api.create_task("a")
    server.stop()
    database = sqlite3.connect(server.database)
    with database:
        database.execute("UPDATE tasks SET name = 'b'")
    database.close()
    file = tmp_path / "copy.sqlite"
    done = back_up(server, file)
    assert done.returncode == 2 and "checksum" in done.stderr and not file.exists()
    done = back_up(server, file, "--allow-unreadable")
    assert done.returncode == 0 and "rows that can't be read: 1" in done.stderr
    done = restore(server, file)
    assert done.returncode == 2 and "checksum" in done.stderr
    assert restore(server, file, "--allow-unreadable").returncode == 0


def test_clients_through_a_restore_end_with_the_right_board(start_server, make_team, tmp_path):
    server = start_server()
    team = make_team(server)
    stream = team.stream("ann")
    writers = Writers(team)
    writers.wait_for_more()
    early = stream.wait_for_seq(5).id
    copy = tmp_path / "copy.sqlite"
    report = json.loads(back_up(server, copy, "--json").stdout)
    kept = report["events"]
    writers.wait_for_more(40)
    lost_head = max(writers.acknowledged)
    last = stream.wait_for_seq(lost_head).id
    first_lost = stream.wait_for_seq(kept + 1).id
    at_the_copy = stream.wait_for_seq(kept).id
    resumed = BoardModel()
    for event in stream.durable()[:5]:
        resumed.apply(event.data)
    server.kill()
    writers.stop()
    team.close()

    done = restore(server, copy, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["events"] == kept
    # The lost life is whole in the file that was kept.
    assert rows(report["kept"], "PRAGMA integrity_check") == [("ok",)]
    assert rows(report["kept"], f"SELECT max(seq) >= {lost_head} FROM events") == [(1,)]

    server.start()
    api = team.api("ben")
    # Before any number is given again, and once those of the lost future are given to others.
    for written in [0, lost_head - kept + 10]:
        for number in range(written):
            api.create_task(f"other {number}")
        head = kept + written
        assert seq_of(api.head()) == head
        for cursor in [last, first_lost]:
            for back in [team.stream("ann", last_event_id=cursor), team.socket("ann", since=cursor)]:
                assert back.established["recovered"] is False
                resync = back.wait_for_type("stream.resync")
                assert resync["reason"] == "epoch_changed" and seq_of(resync["cursor"]) == head
                back.close()
            page = api.events(since=cursor)
            assert page["recovered"] is False and page["reason"] == "epoch_changed"
        for cursor in [early, at_the_copy]:
            back = team.stream("ann", last_event_id=cursor)
            assert back.established["recovered"] is True
            if head > seq_of(cursor):
                back.wait_for_seq(head)
            assert [event.seq for event in back.durable()] == list(range(seq_of(cursor) + 1, head + 1))
            back.close()

    # A client of the lost future loads the board as it is asked to, one from before the backup only resumes.
    truth = {id: task["name"] for id, task in by_id(api.snapshot()["tasks"]).items()}
    assert len(truth) == head
    for event in api.whole_log(since=early):
        resumed.apply(event)
    assert {id: task["name"] for id, task in resumed.tasks.items()} == truth


def test_a_database_in_use_is_not_restored(start_server, make_team, tmp_path):
    server = start_server()
    api = make_team(server).api()
    api.create_task("a")
    copy = tmp_path / "copy.sqlite"
    assert back_up(server, copy).returncode == 0
    files = sorted(os.listdir(server.directory))
    done = restore(server, copy)
    assert done.returncode == 2 and f"in use by another boardcast, process {server.process.pid}" in done.stderr
    assert sorted(os.listdir(server.directory)) == files
    api.create_task("b")


@pytest.mark.parametrize("fault", ["newer", "damaged", "foreign", "missing"])
def test_what_is_no_sound_backup_changes_nothing(start_server, make_team, tmp_path, fault):
    server = start_server()
    make_team(server).api().create_task("a")
    copy = tmp_path / "copy.sqlite"
    assert back_up(server, copy).returncode == 0
    server.stop()
    before = server.database.read_bytes()
    if fault == "newer":
        database = sqlite3.connect(copy)
        with database:
            database.execute("INSERT INTO grdb_migrations VALUES ('99: what is not known yet')")
        database.close()
    elif fault == "damaged":
        database = sqlite3.connect(copy)
        with database:
            database.execute("DELETE FROM events")
        database.close()
    elif fault == "foreign":
        copy.unlink()
        sqlite3.connect(copy).execute("CREATE TABLE t (a)").connection.close()
    else:
        copy.unlink()
    done = restore(server, copy)
    words = {"newer": "newer boardcast", "damaged": "is damaged", "foreign": "not one of boardcast",
             "missing": "No such file"}
    assert done.returncode == 2 and words[fault] in done.stderr and "copy.sqlite" in done.stderr, done.stderr
    assert server.database.read_bytes() == before
    assert not [name for name in os.listdir(server.directory) if "partial" in name or "before" in name]
    server.start()


def test_a_backup_is_restored_where_no_database_was(start_server, make_team, tmp_path):
    server = start_server()
    make_team(server).api().create_task("a")
    copy = tmp_path / "copy.sqlite"
    assert back_up(server, copy).returncode == 0
    server.stop()
    shutil.rmtree(server.directory)
    server.directory.mkdir()
    done = restore(server, tmp_path / "none.sqlite")
    assert done.returncode == 2 and not server.database.exists()
    done = restore(server, copy)
    assert done.returncode == 0 and "kept" not in done.stdout, done.stderr
    server.start()
    team = make_team(server, "team-other")
    assert team.api().tasks() == []


def test_the_log_of_what_is_replaced_never_reaches_the_backup(start_server, make_team, tmp_path):
    """A killed server leaves its latest writes in its write-ahead log, which stays with the database that was there."""
    server = start_server()
    team = make_team(server)
    team.api().create_task("kept")
    copy = tmp_path / "copy.sqlite"
    assert back_up(server, copy).returncode == 0
    team.api().create_task("lost")
    server.kill()
    wal = server.directory / "boardcast.sqlite-wal"
    # Damaged, so that it can't be folded into its database.
    with open(wal, "r+b") as file:
        file.seek(8)
        file.write(b"\xff")
    done = restore(server, copy, "--json")
    assert done.returncode == 0, done.stderr
    assert os.path.exists(json.loads(done.stdout)["kept"] + "-wal") and not wal.exists()
    server.start()
    assert [task["name"] for task in team.api().tasks()] == ["kept"]
