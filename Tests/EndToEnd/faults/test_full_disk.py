"""A full disk: every write is refused, the operator hears of it once, and once more when writes go on."""

import subprocess
import sys

from flood import flood
from lock import snapshot
from rest import Api, ok, problem
from scale import report, scale
from server_log import lines
from waiting import DEADLINE, eventually

TASK = b'{"name":"x"}'
GIVEN_BACK = "gave the room of the write-ahead log back to the disk, which is full"


def recovered(server):
    return lines(server, "recovered", work="writes")


def check(server, name):
    return ok(Api(server.url).get("/readyz?verbose"), 200).json()["checks"][name]


def free_pages(server):
    """As a process sees it that has the disk where the server has it."""
    look = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA freelist_count').fetchone())"
    command = [*server.disk.prefix, sys.executable, "-c", look, str(server.database)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE).stdout)


def test_a_full_disk_is_one_error_and_one_notice(start_server, make_team, disk):
    server = start_server(disk=disk)
    team = make_team(server)
    api, stream = team.api(), team.stream("ben")
    task = api.create_task("before")
    count = scale(3000, 30_000)
    with snapshot(server.database, disk):
        disk.fill()
        refused = 0
        # What the write-ahead log has room for would hide the fault, so that it is used up first.
        while (answer := api.post("/api/tasks", {"name": "x"})).status_code == 201:
            pass
        assert problem(answer, 507)["code"] == "storage_full"
        statuses = flood(server, count, token=team.token(), body=TASK)
        refused += 1 + statuses[507]
        assert statuses[507] > count * 0.9, statuses
        writes = check(server, "writes")
        assert writes["status"] == "failing" and writes["reason"] == "disk_full"
        assert writes["refused"]["disk_full"] == refused and writes["since"].endswith("Z")
        # Reading goes on, so that the gateway stays where it is.
        ok(Api(server.url).get("/readyz"), 200)
        assert ok(Api(server.url).get("/readyz?verbose"), 200).json()["status"] == "degraded"
        assert api.task(task["id"])["name"] == "before" and not stream.closed
        errors = lines(server, level="error")
        assert len(errors) == 1, errors
        assert errors[0].message == "failing" and errors[0].fields["failure"] == "the disk is full"
        assert not recovered(server)
        disk.free()
    # Nobody writes any more: the gateway finds out by itself.
    [notice] = eventually(lambda: recovered(server), "that writes go on is in the log")
    assert notice.level == "notice" and notice.fields["after"]
    assert int(notice.fields["refused"]) == int(notice.fields["disk_full"]) == refused
    assert check(server, "writes") == {"status": "ok"}
    ok(api.post("/api/tasks", {"name": "after"}), 201)
    eventually(lambda: len(lines(server, "refused")) > 0, "the refusals are counted in the log")
    server.stop()
    errors, notices = lines(server, level="error"), recovered(server)
    assert len(errors) == 1 and len(notices) == 1
    said = [line for line in lines(server) if line.fields.get("status") == "507" or line.message == "refused"]
    counted = sum(int(line.fields.get("507", 0)) for line in said)
    alone = sum(line.fields.get("status") == "507" for line in said)
    assert counted + alone == refused and len(said) < refused / 20
    report(refused=refused, error_lines=len(errors), notices=len(notices), lines_of_refusals=len(said))


def test_the_room_of_the_write_ahead_log_is_given_back(start_server, make_team, disk):
    """The log takes a good part of the disk, and the database has room for what is in it."""
    server = start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "20"}, disk=disk)
    team = make_team(server)
    service, api = team.api("worker", role="service"), team.api()
    for _ in range(20):
        service.publish("test.filler", "x" * 150_000)
    # Free pages in the database: what was in them is too old.
    for _ in range(20):
        service.publish("test.small")
    eventually(lambda: free_pages(server) > 500, "the old events are gone from the database")

    def is_given_back():
        with snapshot(server.database, disk):
            for _ in range(250):
                api.create_task()
        disk.fill()
        refused = api.post("/api/tasks", {"name": "x"}).status_code == 507
        # Else the log had been folded into the database before the disk was full, and there was no fault.
        return refused or disk.free()

    eventually(is_given_back, "the disk is full before the log is folded")
    [line] = eventually(lambda: lines(server, GIVEN_BACK), "it is given back")
    ok(api.post("/api/tasks", {"name": "x"}), 201)
    assert int(line.fields["bytes"]) >= 1 << 20 and len(lines(server, level="error")) == 1
    report(given_back=int(line.fields["bytes"]))
