"""The whole process stands still for a while, and goes on."""

import signal
import time

from scale import report, scale
from waiting import eventually
from wire import Wire

PATIENCE = 4
WORKERS = scale(8, 100)


def test_reports_that_waited_while_it_stood_still_are_in_time(start_server, make_team):
    server = start_server({"BOARDCAST_JOBS_STALL_SECONDS": str(PATIENCE)})
    team = make_team(server)
    api = team.api("ann")
    jobs = [api.create_job(f"job {number}", boardId="main") for number in range(WORKERS)]
    stream = team.stream("watcher")
    wires = [Wire(server) for _ in jobs]
    server.process.send_signal(signal.SIGSTOP)
    try:
        for wire, job in zip(wires, jobs):
            wire.request("PATCH", f"/api/jobs/{job['id']}", api.token, body=b'{"progress":50}')
        # The pause itself: longer than a worker may be silent.
        resumes = time.monotonic() + PATIENCE + 1
        eventually(lambda: time.monotonic() >= resumes, "the pause is over")
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert [wire.head().status for wire in wires] == [200] * WORKERS
    for wire in wires:
        wire.close()
    # Whoever stays silent from now on has as long as ever, and no longer.
    for job in jobs:
        stream.wait_for(lambda event: event.type == "job.failed" and event["jobId"] == job["id"])
    told = [event["job"] for event in stream.of_type("job.failed")]
    assert {job["error"] for job in told} == {"stalled"} and all(job["progress"] == 50 for job in told)
    report(workers=WORKERS, pause_seconds=PATIENCE + 1, reports_that_waited=WORKERS, taken=WORKERS)
