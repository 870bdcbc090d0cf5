"""The end of an import is written whatever happens: a full disk, a locked database, kill -9, a shutdown; and no key
hands out a job that nobody works on."""

import subprocess
import time

import pytest

from board_model import names
from full_disk import filling
from harness import binary, clean_environment
from imports import end_of, job_of, rows_csv, send
from lock import locked
from rest import ok, problem
from scale import count, most, scale
from small_disk import SmallDisk
from sse import seq_of
from waiting import DEADLINE, eventually

#: More than are written before the fault comes.
ROWS = 30_000
CUT = "the gateway restarted before the end; send the same file with the same Idempotency-Key to go on"


@pytest.fixture
def disk(tmp_path):
    """With room for all rows, twice."""
    disk = SmallDisk(tmp_path / "disk", megabytes=96)
    yield disk
    disk.close()


def begin(team, content):
    """An import in its middle; returns the answer to its upload."""
    api = team.api("ann")
    first = ok(send(api, content, key="k"), 202)
    eventually(lambda: len(api.tasks(limit=200)) >= 100, "some tasks")
    return first


def ended(api, answer, reason):
    """Waits until the import has failed, for this reason, as its job alone shows."""
    job = eventually(lambda: (job := job_of(api, answer))["status"] == "failed" and job, "the import has failed")
    assert job["error"] == reason, job
    return job


def stored(api, answer, reason):
    """Waits until that end is on disk, now that there is room: only then is the job found among the failed."""
    start = time.monotonic()

    def found():
        jobs = ok(api.get("/api/jobs", params={"status": "failed"})).json()["items"]
        return next((job for job in jobs if answer.headers["location"].endswith(job["id"])), None)

    job = eventually(found, "the end is stored")
    most(seconds_until_stored=time.monotonic() - start)
    assert job["error"] == reason and job == job_of(api, answer)


def goes_on(api, first, content, rows=ROWS):
    """The same file under the same key is another job, which writes what is missing."""
    again = send(api, content, key="k")
    assert again.headers["location"] != first.headers["location"]
    done = end_of(api, again)
    assert done["status"] == "completed" and done["result"]["created"] == rows, done
    found = names(api.snapshot()["tasks"])
    assert len(found) == len(set(found)) == rows
    assert job_of(api, send(api, content, key="k"))["id"] == done["id"]
    count(rows=rows)


def test_an_import_that_finds_the_disk_full_ends_as_that(start_server, make_team, disk):
    server = start_server(disk=disk)
    team = make_team(server)
    api, content = team.api("ann"), rows_csv(ROWS)
    stream = team.stream("ben", types="job.failed")
    with filling(server) as fill:
        first = begin(team, content)
        fill()
        job = ended(api, first, "the disk is full")
        written = job["details"]["created"]
        assert 100 <= written == len(names(api.snapshot()["tasks"])) < ROWS
        assert api.get("/api/jobs", params={"status": "processing"}).json()["items"] == []
        problem(send(api, content, key="k"), 507)
        assert stream.durable() == [], "nothing is announced that is not on disk"
        count(full_disks=1)
    stored(api, first, "the disk is full")
    event = stream.wait_for_type("job.failed")
    assert event["job"]["id"] == job["id"] and event["job"]["error"] == "the disk is full"
    assert event["job"]["details"]["created"] == written and event["job"]["version"] == job["version"]
    goes_on(api, first, content)


def not_stored(server):
    """The line of the log that names the jobs whose ends a shutdown left."""
    lines = [line for line in server.log().splitlines() if "ends of jobs are not stored" in line]
    assert len(lines) == 1 and " error " in lines[0], server.log_tail()
    return lines[0]


@pytest.mark.parametrize("dies", ["killed while it runs", "killed after its end", "stopped after its end"])
def test_a_start_on_a_full_disk_serves_reads_and_ends_what_was_cut_off(start_server, make_team, disk, dies):
    server = start_server(disk=disk)
    team = make_team(server)
    content = rows_csv(ROWS)
    with filling(server) as fill:
        first = begin(team, content)
        if dies == "killed while it runs":
            fill(meanwhile=server.kill)
        else:
            fill()
            job = ended(team.api("ann"), first, "the disk is full")
            team.close()
            if dies == "stopped after its end":
                server.stop()
                assert f"{team.tenant}/{job['id']} failed" in not_stored(server)
            else:
                server.kill()
        team.close()
        server.start()
        api = team.api("ann")
        # With the first answer.
        assert job_of(api, first)["status"] == "failed"
        ended(api, first, CUT)
        written = names(api.snapshot()["tasks"])
        assert 100 <= len(written) < ROWS
        problem(send(api, content, key="k"), 507)
        stream = team.stream("ben", types="job.failed")
        count(starts_on_a_full_disk=1)
    stored(api, first, CUT)
    assert stream.wait_for_type("job.failed")["job"]["error"] == CUT
    lines = [line for line in server.log().splitlines() if "ended later" in line]
    assert len(lines) == 1 and " warning " in lines[0] and "jobs=1" in lines[0], lines
    goes_on(api, first, content)


def test_an_import_waits_for_a_locked_database_and_does_not_stall(start_server, make_team):
    """The lock lasts for longer than a worker may be silent."""
    server = start_server({"BOARDCAST_JOBS_STALL_SECONDS": "1"})
    team = make_team(server)
    api, content = team.api("ann"), rows_csv(ROWS)
    first = begin(team, content)
    with locked(server.database):
        problem(send(api, content, key="k"), 503)
        assert job_of(api, first)["status"] == "processing"
    done = end_of(api, first)
    assert done["status"] == "completed" and done["result"]["created"] == ROWS, done
    found = names(api.snapshot()["tasks"])
    assert len(found) == len(set(found)) == ROWS
    count(locks=1, rows=ROWS)


def test_a_shutdown_while_the_database_is_locked_names_what_it_leaves(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "0"})
    team = make_team(server)
    content = rows_csv(ROWS)
    first = begin(team, content)
    with locked(server.database):
        team.close()
        server.stop()
    id = first.headers["location"].removeprefix("/api/jobs/")
    assert f"{team.tenant}/{id} cut off" in not_stored(server)
    count(locks=1)
    server.start()
    api = team.api("ann")
    assert job_of(api, first)["error"] == CUT
    goes_on(api, first, content)


def test_a_worker_whose_command_ends_on_a_full_disk_reports_it_when_there_is_room(start_server, make_team, disk):
    server = start_server(disk=disk)
    team = make_team(server)
    api = team.api("ann")
    environment = clean_environment({"BOARDCAST_TOKEN": api.token, "BOARDCAST_URL": server.url})
    worker = subprocess.Popen(
        [str(binary()), "job", "run", "--name", "Work", "--", "sh", "-c", "read line; exit 3"],
        env=environment, text=True, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        id = worker.stderr.readline().removeprefix("job ").strip()
        eventually(lambda: api.job(id)["status"] == "processing", "it has begun")
        with filling(server) as fill:
            fill()
            worker.stdin.write("go on\n")
            worker.stdin.flush()
            eventually(
                lambda: any("call=jobs.report" in line and "status=507" in line for line in server.log().splitlines()),
                "its end is refused")
            assert api.job(id)["status"] == "processing" and worker.poll() is None
        assert worker.wait(DEADLINE) == 3
    finally:
        worker.kill()
        worker.communicate()
    job = api.job(id)
    assert (job["status"], job["error"], job["details"]) == ("failed", "exit code 3", {"exitCode": 3})
    count(full_disks=1)


def test_kills_at_any_moment_leave_no_dead_job(start_server, make_team, rng):
    """Each time the file is sent again under its key, and gets a job that goes on until the next kill."""
    server = start_server()
    team = make_team(server)
    kills, rows = scale(4, 40), scale(4_000, 40_000)
    content, ends = rows_csv(rows), []
    for _ in range(kills):
        api = team.api("ann")
        answer = ok(send(api, content, key="k"), 202)
        goal = seq_of(api.head()) + rng.randrange(rows // kills)
        eventually(
            lambda: seq_of(api.head()) >= goal or job_of(api, answer)["status"] == "completed", "some more rows")
        team.close()
        server.kill()
        server.start()
        # With the first answer.
        job = job_of(team.api("ann"), answer)
        assert job["status"] == "completed" or (job["status"], job["error"]) == ("failed", CUT), job
        ends.append(job["status"])
    assert "failed" in ends, "some were killed in the middle"
    api = team.api("ann")
    done = end_of(api, send(api, content, key="k"))
    assert done["status"] == "completed" and done["result"]["created"] == rows, done
    found = names(api.snapshot()["tasks"])
    assert len(found) == len(set(found)) == rows
    for status in ["queued", "processing"]:
        assert ok(api.get("/api/jobs", params={"status": status})).json()["items"] == []
    count(kills=kills, imports_cut_off=ends.count("failed"), rows=rows, lost=0, doubled=0, dead_jobs=0)
