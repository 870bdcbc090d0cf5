"""The database's files are removed or replaced under a running gateway: it says so at once, and acknowledges nothing."""

import os
import sqlite3
import time

import pytest

from rest import Api, ok, problem
from waiting import eventually

NAMES = ["boardcast.sqlite", "boardcast.sqlite-wal", "boardcast.sqlite-shm"]


@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture
def api(server, make_team):
    api = make_team(server).api("ann")
    api.create_task("kept")
    return api


def remove_all(folder):
    for name in NAMES:
        (folder / name).unlink()


def move_away(folder):
    (folder / NAMES[0]).rename(folder / "elsewhere")


def replace_by_another(folder):
    database = sqlite3.connect(folder / "other.sqlite")
    database.execute("CREATE TABLE t (x)")
    database.close()
    (folder / "other.sqlite").rename(folder / NAMES[0])


def replace_by_a_copy(folder):
    (folder / "copy").write_bytes((folder / NAMES[0]).read_bytes())
    (folder / "copy").rename(folder / NAMES[0])


def remove_the_log(folder):
    (folder / NAMES[1]).unlink()


def move_the_folder(folder):
    folder.rename(folder.parent / "moved")


def test_a_link_that_leads_elsewhere_is_a_loss(start_server, make_team, tmp_path):
    folder = tmp_path / "server0"
    folder.mkdir()
    (tmp_path / "first.sqlite").touch()
    (tmp_path / "second.sqlite").touch()
    (folder / NAMES[0]).symlink_to(tmp_path / "first.sqlite")
    server = start_server()
    api = make_team(server).api("ann")
    api.create_task("kept")
    (folder / NAMES[0]).unlink()
    (folder / NAMES[0]).symlink_to(tmp_path / "second.sqlite")
    eventually(lambda: api.get("/readyz").status_code == 503, "it is still ready")
    assert problem(api.post("/api/tasks", {"name": "lost"}), 503)["code"] == "database_lost"


@pytest.mark.parametrize(
    "harm", [remove_all, move_away, replace_by_another, replace_by_a_copy, remove_the_log, move_the_folder])
def test_it_is_noticed_within_a_second_and_nothing_is_acknowledged(server, api, harm):
    log = server.log_path.open()
    harm(server.directory)
    time_of_harm = time.monotonic()
    probe = Api(server.url)
    while probe.get("/readyz").status_code == 200:
        assert time.monotonic() - time_of_harm < 1, "it is still ready"
    body = problem(probe.get("/readyz"), 503)
    assert body["code"] == "database_lost"
    for _ in range(5):
        answer = api.post("/api/tasks", {"name": "lost"})
        assert problem(answer, 503)["code"] == "database_lost"
        assert answer.headers["retry-after"]
        problem(api.get("/api/tasks"), 503)
    ok(probe.get("/healthz")), "an orchestrator that kills it would make an empty database in its place"
    errors = [line for line in log.read().splitlines() if " error " in line]
    assert len(errors) == 1 and NAMES[0] in errors[0], errors
    server.stop() if harm is not move_the_folder else server.terminate()


def test_a_database_that_is_put_back_is_whole_again(server, api):
    path = server.directory / NAMES[0]
    probe = Api(server.url)
    move_away(server.directory)
    eventually(lambda: probe.get("/readyz").status_code == 503, "it is still ready")
    (server.directory / "elsewhere").rename(path)
    eventually(lambda: probe.get("/readyz").status_code == 200, "it is not ready again")
    api.create_task("later")
    server.restart()
    assert [task["name"] for task in api.tasks()] == ["kept", "later"]


def test_once_replaced_it_stays_lost(server, api):
    path = server.directory / NAMES[0]
    probe = Api(server.url)
    os.link(path, server.directory / "own")
    replace_by_another(server.directory)
    eventually(lambda: probe.get("/readyz").status_code == 503, "it is still ready")
    (server.directory / "own").rename(path)
    time_of_return = time.monotonic()
    while time.monotonic() - time_of_return < 1:
        problem(api.post("/api/tasks", {"name": "lost"}), 503)
    server.restart()
    assert [task["name"] for task in api.tasks()] == ["kept"]


def test_what_others_do_beside_it_is_no_loss(server, api):
    """Reading, copying, linking and touching the database, as backups do."""
    path = server.directory / NAMES[0]
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT count(*) FROM tasks").fetchone() == (1,)
    reader.close()
    (server.directory / "copy").write_bytes(path.read_bytes())
    os.link(path, server.directory / "link")
    os.utime(path)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        ok(Api(server.url).get("/readyz"))
        api.create_task("written")
