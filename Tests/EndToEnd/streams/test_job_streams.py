"""`/api/v1/tasks/{id}/stream` and `/api/jobs/{id}/stream`: a job told by named events, to its end."""

import json

import pytest
import requests
import sseclient

from rest import problem
from sse import Refused, Stream
from waiting import DEADLINE, eventually

PATHS = {"task": "/api/v1/tasks/{}/stream", "job": "/api/jobs/{}/stream"}
BOTH = pytest.mark.parametrize("kind", PATHS)


def watch(team, kind, job_id, sub="ann", **claims):
    url = team.server.url + PATHS[kind].format(job_id)
    return team.keep(Stream(url, team.token(sub, **claims)))


def heard(stream):
    return [(event.event, event.data) for event in stream.events]


def values(stream):
    return [event.data["progress"] for event in stream.events if event.event == "progress"]


def wait_for(stream, name):
    return stream.wait_for(lambda event: event.event == name, name)


def test_task_progress_from_the_first_to_the_last(team, api):
    job_id = api.create_job("rebuild_communities")["id"]
    stream = watch(team, "task", job_id)
    wait_for(stream, "progress")
    api.report_job(job_id, progress=50, message="Detecting communities...")
    api.report_job(job_id, status="completed", result={"communities_count": 10})
    assert stream.wait_for_end() is None
    assert heard(stream) == [
        ("progress", {"id": job_id, "status": "queued", "progress": 0, "message": None, "result": None, "error": None}),
        ("progress", {"id": job_id, "status": "processing", "progress": 50, "message": "Detecting communities...",
                      "result": None, "error": None}),
        ("completed", {"id": job_id, "name": "rebuild_communities", "status": "completed", "progress": 100,
                       "result": {"communities_count": 10}}),
    ]
    assert all(frame.id is None for frame in stream.frames())


@BOTH
def test_a_failure_is_the_end(team, api, kind):
    job_id = api.create_job("Import", boardId="main")["id"]
    stream = watch(team, kind, job_id, "ben")
    wait_for(stream, "progress")
    api.report_job(job_id, status="failed", error="row 7 is bad", details={"row": 7})
    assert stream.wait_for_end() is None
    details = {"details": {"row": 7}} if kind == "job" else {}
    assert heard(stream)[-1] == ("failed", {"id": job_id, "status": "failed", "error": "row 7 is bad", **details})


@BOTH
def test_who_comes_late_or_comes_back_begins_with_the_state(team, api, kind):
    job_id = api.create_job("Import", boardId="main")["id"]
    api.report_job(job_id, progress=40)
    api.report_job(job_id, progress=70)
    first = watch(team, kind, job_id)
    assert wait_for(first, "progress").data["progress"] == 70
    api.post(f"/api/jobs/{job_id}/cancel")
    for stream in (first, watch(team, kind, job_id), watch(team, kind, job_id)):
        assert stream.wait_for_end() is None
        ends = [event for event in heard(stream) if event[0] != "progress"]
        assert ends == [("failed", {"id": job_id, "status": "cancelled", "error": "cancelled"})]


@BOTH
def test_progress_never_falls_and_the_end_comes_once(team, api, kind):
    job_id = api.create_job("Busy", boardId="main")["id"]
    streams = [watch(team, kind, job_id) for _ in range(3)]
    for progress in range(1, 100):
        api.report_job(job_id, progress=progress)
        if progress % 25 == 0:
            streams.append(watch(team, kind, job_id))
    api.report_job(job_id, status="completed")
    for stream in streams:
        assert stream.wait_for_end() is None
        assert values(stream) == sorted(values(stream)) and len(values(stream)) < 50
        assert [event.event for event in stream.events if event.event != "progress"] == ["completed"]


def test_an_unknown_task_is_an_event_and_an_unknown_job_404(team, make_team, server, api):
    secret = api.create_job("Secret", boardId="main")["id"]
    stranger = make_team(server)
    for job_id in ("0" * 32, "abc-123", secret):
        stream = watch(stranger, "task", job_id, role="admin")
        assert stream.wait_for_end() is None
        assert heard(stream) == [("error", {"error": "Task not found"})]
        with pytest.raises(Refused) as refusal:
            watch(stranger, "job", job_id, role="admin")
        assert problem(refusal.value.response, 404)["code"] == "not_found"
    scoped = watch(team, "task", secret, "ben", boards=["plan"])
    scoped.wait_for_end()
    assert heard(scoped) == [("error", {"error": "Task not found"})]


@BOTH
def test_a_stream_needs_a_token_and_takes_one_in_the_query(team, api, kind):
    job_id = api.create_job("Import")["id"]
    url = team.server.url + PATHS[kind].format(job_id)
    assert requests.get(url, timeout=DEADLINE).status_code == 401
    assert requests.get(url + "?types=a.b", timeout=DEADLINE).status_code == 400
    assert requests.post(url, timeout=DEADLINE).status_code in (401, 405)
    api.report_job(job_id, status="completed", result=[1])
    with requests.get(url, params={"token": team.token()}, stream=True, timeout=DEADLINE) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = list(sseclient.SSEClient(response).events())
    assert [event.event for event in events] == ["completed"]
    assert json.loads(events[0].data)["result"] == [1]


def test_a_quiet_job_s_stream_beats_and_ends_at_its_age(start_server, make_team):
    server = start_server({"BOARDCAST_SSE_HEARTBEAT_SECONDS": "1", "BOARDCAST_JOBS_STREAM_SECONDS": "4"})
    team = make_team(server)
    job_id = team.api("ann").create_job("Slow")["id"]
    job, task = watch(team, "job", job_id), watch(team, "task", job_id)
    assert job.wait_for_end() is None
    names = [event.event for event in job.events]
    assert names[0] == "progress" and "heartbeat" in names and names[-1] == "stream.closing"
    assert job.events[-1].data["reason"] == "max_age"
    eventually(lambda: any(frame.comments for frame in task.frames()), "a comment as heartbeat")
    assert [event.event for event in task.events] == ["progress"] and not task.closed


@BOTH
def test_a_stream_goes_on_after_kill_9(start_server, make_team, kind):
    server = start_server()
    team = make_team(server)
    api = team.api("ann")
    job_id = api.create_job("Import")["id"]
    api.report_job(job_id, progress=40)
    api.report_job(job_id, progress=60)
    before = watch(team, kind, job_id)
    assert wait_for(before, "progress").data["progress"] == 60
    server.restart(gracefully=False)
    after = watch(team, kind, job_id)
    assert wait_for(after, "progress").data["progress"] == 60
    team.api("ann").report_job(job_id, status="completed")
    assert after.wait_for_end() is None
    assert heard(after)[-1][0] == "completed"


@BOTH
def test_a_stream_ends_with_its_token(start_server, make_team, kind):
    team = make_team(start_server())
    job_id = team.api("ann").create_job("Import")["id"]
    stream = watch(team, kind, job_id, ttl=2)
    assert stream.wait_for_end() is None
    last = stream.events[-1]
    assert last.event == "stream.closing" and last.data["reason"] == "token_expired"


@BOTH
def test_a_stream_is_a_connection_like_any_other(team, api, kind):
    job_id = api.create_job("Import")["id"]
    stream = watch(team, kind, job_id)
    wait_for(stream, "progress")
    admin = team.admin()
    assert [connection["transport"] for connection in admin.stats()["connections"]] == ["sse"]
    admin.delete("/sse/users/ann/connections")
    assert stream.wait_for_end() is None
    assert stream.events[-1].data["reason"] == "admin"
