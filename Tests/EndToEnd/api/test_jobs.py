"""Jobs: their life over REST and on streams, and what of it a kill -9 leaves."""

import re
import threading

import httpx
import pytest

from rest import ok, problem
from waiting import eventually


def progress_of(events, job_id):
    """What was told of one job, in its order."""
    return [event for event in events if event.get("jobId") == job_id]


def told(api, job_id, since):
    return progress_of(api.whole_log(since), job_id)


def spacing(events):
    """Milliseconds between one progress event and the next."""
    def milliseconds(event):
        hours, minutes, seconds = re.search(r"T(\d\d):(\d\d):([\d.]+)Z", event["timestamp"]).groups()
        return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)

    times = [milliseconds(event) for event in events if event["type"] == "job.progress"]
    return [(later - earlier) % 86_400_000 for earlier, later in zip(times, times[1:])]


def test_a_job_s_life_is_heard_on_its_board(team):
    stream = team.stream("ben", board="main")
    api = team.api("ann")
    job = api.create_job("Rebuild", boardId="main", input={"depth": [1.50]})
    assert re.fullmatch(r"[0-9a-f]{32}", job["id"]) and job["status"] == "queued" and job["progress"] == 0
    api.report_job(job["id"], status="processing", progress=30, message="half way, nearly")
    done = api.report_job(job["id"], status="completed", result={"edges": 50})
    assert done["progress"] == 100 and api.job(job["id"]) == done
    stream.wait_for_seq(api.last_seq)
    heard = stream.of_type("job.")
    assert [event.type for event in heard] == ["job.created", "job.progress", "job.completed"]
    assert [event["boardSeq"] for event in heard] == [1, 2, 3]
    assert heard[1]["job"]["message"] == "half way, nearly" and heard[2]["job"]["result"] == {"edges": 50}
    assert all("input" not in event["job"] for event in heard)


def test_a_job_of_no_board_is_heard_by_its_creator_alone(team):
    ann, ben = team.stream("ann"), team.stream("ben")
    api = team.api("ann")
    job = api.create_job("Private")
    team.api("robot", role="service").post(f"/api/jobs/{job['id']}/cancel")
    event = ann.wait_for_type("job.failed")
    assert event["job"]["status"] == "cancelled" and event["job"]["error"] == "cancelled"
    assert event["userId"] == "ann" and event["actor"] == "robot"
    team.fence(ben)
    assert not ben.of_type("job.")


def test_a_hundred_reports_are_a_few_events_and_the_last_state_is_among_them(team):
    api = team.api("ann")
    since = api.head()
    job = api.create_job("Busy", boardId="main")
    for progress in range(1, 100):
        api.report_job(job["id"], progress=progress)
    assert api.job(job["id"])["progress"] == 99
    events = eventually(
        lambda: (events := told(api, job["id"], since)) and events[-1]["job"]["progress"] == 99 and events,
        "the held state is told though nothing more is reported",
    )
    assert all(gap >= 250 for gap in spacing(events)), spacing(events)
    values = [event["job"]["progress"] for event in events]
    assert values == sorted(values)
    api.report_job(job["id"], status="failed", error="no disk", details={"row": 7})
    last = told(api, job["id"], since)[-1]
    assert last["type"] == "job.failed" and last["job"]["details"] == {"row": 7}


def test_a_silent_job_fails_as_stalled(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_JOBS_STALL_SECONDS": "1"}))
    api = team.api("ann")
    stream = team.stream("ann")
    job = api.create_job("Sleepy", boardId="main")
    event = stream.wait_for_type("job.failed")
    assert event["jobId"] == job["id"] and event["job"]["error"] == "stalled" and event["actor"] == "ann"
    problem(api.patch(f"/api/jobs/{job['id']}", {"progress": 1}), 409)
    assert len(stream.of_type("job.failed")) == 1


def test_a_restart_loses_no_state_and_stalls_whoever_stays_silent(start_server, make_team):
    server = start_server({"BOARDCAST_JOBS_STALL_SECONDS": "3"})
    team = make_team(server)
    api = team.api("ann")
    since = api.head()
    job = api.create_job("Left alone", boardId="main", input={"a": 1})
    api.report_job(job["id"], progress=10)
    held = api.report_job(job["id"], progress=20, message="held")
    server.restart(gracefully=False)
    api = team.api("ann")
    assert api.job(job["id"]) == held
    events = eventually(
        lambda: (events := told(api, job["id"], since)) and events[-1]["type"] == "job.failed" and events,
        "the job fails as stalled after the restart",
    )
    assert [event["job"]["progress"] for event in events] == [0, 10, 20, 20]
    assert events[2]["job"]["message"] == "held" and events[3]["job"]["error"] == "stalled"


@pytest.mark.parametrize("round", range(3))
def test_kill_9_while_jobs_report_loses_no_acknowledged_state(start_server, make_team, round):
    server = start_server()
    team = make_team(server)
    since = team.api("ann").head()
    acknowledged, ended = {}, {}

    def work(number):
        api = team.api(f"worker-{number}")
        try:
            while True:
                job = api.create_job(f"{number}", boardId="main")
                acknowledged[job["id"]] = 0
                for progress in range(5, 100, 5):
                    api.report_job(job["id"], progress=progress)
                    acknowledged[job["id"]] = progress
                api.report_job(job["id"], status="completed", result=number)
                ended[job["id"]] = number
        except (httpx.TransportError, AssertionError):
            pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(ended) >= 8 * (round + 1), "jobs are finished")
    server.kill()
    for thread in threads:
        thread.join()
    server.start()
    api = team.api("ann")
    log = api.whole_log(since)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    for job_id, progress in acknowledged.items():
        job = api.job(job_id)
        assert job["progress"] >= progress
        events = progress_of(log, job_id)
        values = [event["job"]["progress"] for event in events]
        assert values == sorted(values) and values[-1] <= job["progress"]
        finals = [event for event in events if event["type"] == "job.completed"]
        assert len(finals) == (job["status"] == "completed")
        if job_id in ended:
            assert job["status"] == "completed" and job["result"] == ended[job_id]
    for job in ok(api.get("/api/jobs?status=processing&limit=200")).json()["items"]:
        eventually(
            lambda: told(api, job["id"], since)[-1]["job"]["progress"] == job["progress"],
            "what was held is told after the restart",
        )


def test_another_tenant_s_jobs_are_not_there(server, team, make_team):
    job = team.api("ann").create_job("Secret", boardId="main")
    stranger = make_team(server).api("ann", role="admin")
    assert stranger.get("/api/jobs").json() == {"items": [], "next": None}
    for method, suffix in [("GET", ""), ("PATCH", ""), ("POST", "/cancel")]:
        body = {"progress": 1} if method == "PATCH" else None
        theirs, nothing = (
            stranger.http.request(method, f"/api/jobs/{id}{suffix}", json=body)
            for id in (job["id"], "0" * 32)
        )
        first, second = problem(theirs, 404), problem(nothing, 404)
        assert {**first, "requestId": ""} == {**second, "requestId": ""}
    assert team.api("ann").job(job["id"])["version"] == 1
