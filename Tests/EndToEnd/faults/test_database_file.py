"""What stands in the database's place: refused with path and cause, or served without what is damaged; never a trap."""

import os
import socket
import sqlite3
import subprocess

import pytest

from harness import binary, clean_environment
from rest import Api
from scale import count, scale
from tokens import SECRET
from waiting import DEADLINE

#: The ends of what a column can hold, and where JavaScript's numbers end.
ENDS = [2**63 - 1, -(2**63), 2**53]
#: Others beyond them that are tried in each column.
BEYOND = scale(1, 15)


def refused(path, **options):
    """Starts a server that is to refuse the database; returns its one line."""
    done = subprocess.run(
        [str(binary()), "serve", "--port", "0", "--database", f"sqlite:{path}"], timeout=DEADLINE, text=True,
        env=clean_environment({"BOARDCAST_AUTH_SECRET": SECRET}), capture_output=True, **options,
    )
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert str(path) in done.stderr and done.stdout == "", done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("boardcast: ")]
    assert len(lines) == 1, done.stderr
    count(refused_at_the_start=1)
    return lines[0]


def change(path, *statements):
    database = sqlite3.connect(path)
    with database:
        for statement, *values in statements:
            database.execute(statement, values)
    database.close()


@pytest.fixture
def filled(start_server, make_team):
    """A server with tasks, a board and a job of two tenants."""
    server = start_server()
    for tenant in ["acme", "globex"]:
        api = make_team(server, tenant).admin()
        for name in ["a", "b", "c"]:
            api.create_task(name)
        assert api.post("/api/jobs", {"name": "j", "boardId": "main"}).status_code == 202
    return server


@pytest.mark.parametrize("kind", ["directory", "FIFO", "socket", "device"])
def test_what_is_no_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "board.sqlite"
    if kind == "directory":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    else:
        path = "/dev/null"
    assert f"it is a {kind}, not a file" in refused(path)


def test_a_file_that_may_not_be_read_is_refused_in_words(tmp_path):
    path = tmp_path / "board.sqlite"
    path.touch(0o000)
    # Root may read everything, and so the server is started as nobody.
    options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    tmp_path.chmod(0o755)
    assert "Permission denied" in refused(path, **options)


def test_one_gateway_a_database_whatever_name_it_goes_by(filled, tmp_path):
    link = tmp_path / "link.sqlite"
    os.link(filled.database, link)
    (tmp_path / "symlink.sqlite").symlink_to(filled.database)
    assert f"in use by another boardcast, process {filled.process.pid}" in refused(filled.database)
    assert "in use by another boardcast" in refused(link)
    lock = filled.directory / "boardcast.sqlite-lock"
    lock.unlink()
    assert "in use by another boardcast" in refused(filled.database)
    for path in [link, filled.database]:
        assert "in use by another boardcast" in refused(path)
    # Reading it beside the gateway is allowed, and closing it again releases nothing.
    database = sqlite3.connect(filled.database)
    assert database.execute("SELECT count(*) FROM tenants").fetchone() == (2,)
    database.close()
    assert "in use by another boardcast" in refused(link)
    filled.restart(gracefully=False)


def test_a_missing_table_and_an_unreadable_tenant_are_damage(filled):
    filled.stop()
    change(filled.database, ["UPDATE tenants SET name = 'a b', sum = NULL WHERE name = 'acme'"])
    assert "is damaged (a row of tenants can't be read: its name" in refused(filled.database)
    change(filled.database, ["DROP TABLE jobs"])
    assert "is damaged (jobs is missing)" in refused(filled.database)


def test_a_newer_schema_is_refused_and_not_a_byte_changes(filled):
    filled.kill()
    change(filled.database, ["INSERT INTO grdb_migrations VALUES ('99: the future')"])
    files = [filled.database, filled.directory / "boardcast.sqlite-wal"]

    def content():
        # To look at it, SQLite makes a log of no bytes where there is none.
        return [file.read_bytes() if file.exists() else b"" for file in files]

    before = content()
    assert "was made by a newer boardcast" in refused(filled.database)
    assert content() == before


def test_an_event_missing_in_the_middle_is_found_at_the_start(filled):
    filled.stop()
    change(filled.database, ["DELETE FROM events WHERE tenant = 1 AND seq = 2"])
    assert "is damaged (events are missing from the log)" in refused(filled.database)


def test_a_reader_that_comes_back_before_a_missing_event_is_told(filled, make_team):
    change(filled.database, ["DELETE FROM events WHERE tenant = 1 AND seq = 2"])
    team = make_team(filled, "acme")
    api = team.admin()
    head, epoch = api.head().split("-")
    for come_back in [team.stream, team.socket]:
        listener = come_back("ann", since=f"1-{epoch}")
        assert listener.established["recovered"] is False
        resync = listener.wait_for_type("stream.resync")
        assert resync["reason"] == "cursor_expired" and resync["cursor"] == f"{head}-{epoch}"
        api.create_task("live")
        live = listener.wait_for_seq(api.last_seq)
        assert [event.seq for event in listener.durable()] == [live.seq]
        listener.close()
        head = str(api.last_seq)
    page = api.events(since=f"1-{epoch}")
    assert (page["recovered"], page["reason"], page["events"]) == (False, "cursor_expired", [])
    # What lies before the hole, and what lies after it, is served.
    assert [event["seq"] for event in api.events(since=f"0-{epoch}")["events"]] == [1]
    assert [event["seq"] for event in api.events(since=f"2-{epoch}", limit=2)["events"]] == [3, 4]
    stream = team.stream("ann", since=f"0-{epoch}")
    assert stream.established["recovered"] is True
    assert stream.wait_for_type("stream.resync")["reason"] == "cursor_expired"
    assert [event.seq for event in stream.durable()] == [1]
    assert "it is missing" in filled.log()


def test_a_new_database_is_announced(start_server, make_team):
    server = start_server()
    assert server.log().count("made a new database") == 1 and str(server.database) in server.log()
    server.restart()
    assert server.log().count("made a new database") == 1
    server.stop()
    server.database.write_bytes(b"")
    server.start()
    assert server.log().count("made a new database") == 2
    # A copy of the main file alone, made while it runs: everything is in the log beside it.
    make_team(server).api().create_task("lost")
    copy = server.database.read_bytes()
    server.stop()
    server.database.write_bytes(copy)
    server.start()
    assert server.log().count("made a new database") == 3


@pytest.mark.parametrize(
    "column",
    ["tenants.head", "tenants.oldest", "tenants.last_task", "boards.version", "boards.updated_at", "tasks.version",
     "tasks.created_at", "events.at", "jobs.told_at", "jobs.updated_at", "jobs.version", "board_heads.head"],
)
def test_a_number_at_its_end_ends_nobody(filled, make_team, rng, column):
    acme, globex = make_team(filled, "acme").admin(), make_team(filled, "globex").admin()
    job = acme.get("/api/jobs").json()["items"][0]["id"]
    table, name = column.split(".")
    where = "number = 1" if table == "tenants" else "tenant = 1"

    def use(api):
        """Everything that may stumble; returns the statuses."""
        return [
            api.post("/api/tasks", {"name": "new"}).status_code,
            api.patch("/api/tasks/1", {"name": os.urandom(4).hex()}).status_code,
            api.patch("/api/boards/main", {"name": os.urandom(4).hex()}).status_code,
            api.patch(f"/api/jobs/{job}", {"message": "m"}).status_code,
            *(api.get(path).status_code for path in [
                "/api/tasks", "/api/tasks/1", "/api/boards", "/api/jobs", "/api/events", "/api/boards/main/export"])
        ]

    beyond = [rng.choice([-1, 1]) * rng.randrange(2**53 + 1, 2**63) for _ in range(BEYOND)]
    def spoil(value):
        change(filled.database, [f"UPDATE {table} SET {name} = ?, sum = NULL WHERE {where}", value])
        count(numbers_out_of_range=1)

    def only_acme_is_refused(value):
        assert 500 in use(acme), value
        answers = use(globex)
        assert all(status < 500 for status in answers), value
        count(calls_of_others_served=len(answers))

    for value in ENDS + beyond:
        spoil(value)
        if filled.alive:
            only_acme_is_refused(value)
            filled.kill()
        if table == "tenants":
            assert "is damaged (a row of tenants can't be read" in refused(filled.database)
            continue
        filled.start()
        assert "can't be read" in filled.log()
        only_acme_is_refused(value)
