"""`boardcast job run`, `boardcast tail --job`, and the worker of Docs/examples: commands that report themselves as jobs."""

import json
import os
import pty
import re
import signal
import subprocess
import sys

import pytest

from harness import ROOT, binary, clean_environment, run_command
from rest import ok
from waiting import DEADLINE, eventually

JOB = re.compile(r"^job ([0-9a-f]{32})$", re.M)


@pytest.fixture
def worker(team):
    return team.api("worker")


@pytest.fixture
def environment(team):
    return {"BOARDCAST_TOKEN": team.token("worker"), "BOARDCAST_URL": team.server.url}


def run(environment, *command, options=()):
    return run_command("job", "run", "--name", "Work", *options, "--", *command, env=environment)


def start(environment, *arguments, **more):
    """A process of ours whose end the test decides."""
    return subprocess.Popen(
        [str(argument) for argument in arguments], env=clean_environment(environment), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )


def start_job(environment, *command, options=()):
    process = start(environment, binary(), "job", "run", "--name", "Work", *options, "--", *command)
    return process, JOB.match(process.stderr.readline())[1]


def finished(process):
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


def job_of(worker, result):
    return worker.job(JOB.search(result.stderr)[1])


def is_gone(pid):
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_command_s_progress_output_and_end_are_the_job_s(team, worker, environment):
    stream = team.stream("ben", board="main")
    script = "echo hello; echo 'PROGRESS 40 half of it'; echo; printf 'no end'; echo talk >&2"
    result = run(environment, "sh", "-c", script, options=["--board", "main"])
    assert result.returncode == 0 and result.stdout == "hello\n\nno end" and "talk" in result.stderr
    job = job_of(worker, result)
    assert (job["status"], job["progress"], job["message"]) == ("completed", 100, "half of it")
    assert job["name"] == "Work" and job["boardId"] == "main"
    stream.wait_for_type("job.completed")
    assert stream.of_type("job.")[0].type == "job.created"


def test_many_reports_are_few_and_the_last_words_are_kept(worker, environment):
    result = run(environment, "sh", "-c", "for i in $(seq 0 99); do echo PROGRESS $i step $i; done; exit 3")
    assert result.returncode == 3 and result.stdout == ""
    job = job_of(worker, result)
    assert (job["status"], job["progress"], job["message"]) == ("failed", 99, "step 99")
    assert job["error"] == "exit code 3" and job["details"] == {"exitCode": 3}
    assert job["version"] < 20


def test_lines_that_are_no_progress_are_passed_on(environment):
    lines = "PROGRESS\nPROGRESS x\nPROGRESS 101 a\nPROGRESS -1\nprogress 4\nPROGRESS40\n"
    result = run(environment, sys.executable, "-c", f"print({lines!r} + 'x' * 200_000)")
    assert result.returncode == 0 and result.stdout == lines + "x" * 200_000 + "\n"


def test_a_command_ended_by_a_signal_has_failed(worker, environment):
    result = run(environment, "sh", "-c", "kill -KILL $$")
    assert result.returncode == 128 + 9
    assert job_of(worker, result)["error"] == "ended by signal 9"


def test_a_command_that_is_not_there_is_exit_2_and_a_failed_job(worker, environment):
    result = run(environment, "/no/such/command")
    assert result.returncode == 2 and "can't run /no/such/command" in result.stderr
    assert job_of(worker, result)["status"] == "failed"


def test_cancelling_the_job_ends_the_command_and_its_descendants(worker, environment):
    process, job_id = start_job(environment, "sh", "-c", "sleep 1000 & echo $!; echo $$; wait")
    pids = [int(process.stdout.readline()) for _ in range(2)]
    ok(worker.post(f"/api/jobs/{job_id}/cancel"), 200)
    code, _, err = finished(process)
    assert code == 5 and "cancelled" in err
    for pid in pids:
        eventually(lambda: is_gone(pid), f"process {pid} has ended")
    assert worker.job(job_id)["status"] == "cancelled"


def test_who_does_not_obey_is_killed(worker, environment):
    process, job_id = start_job(environment, "sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.1; done")
    pid = int(process.stdout.readline())
    ok(worker.post(f"/api/jobs/{job_id}/cancel"), 200)
    assert finished(process)[0] == 5
    eventually(lambda: is_gone(pid), "the command has ended")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_cancels_the_job(worker, environment, sent):
    process, job_id = start_job(environment, "sh", "-c", "echo $$; exec sleep 1000")
    pid = int(process.stdout.readline())
    process.send_signal(sent)
    assert finished(process)[0] == 130
    assert is_gone(pid) and worker.job(job_id)["status"] == "cancelled"


def test_a_restart_of_the_gateway_does_not_disturb_the_command(start_server, make_team):
    server = start_server({"BOARDCAST_JOBS_STALL_SECONDS": "30"})
    team = make_team(server)
    environment = {"BOARDCAST_TOKEN": team.token("worker"), "BOARDCAST_URL": server.url}
    script = "echo PROGRESS 10 begun; echo ready; read line; echo PROGRESS 80 more"
    process = start(
        environment, binary(), "job", "run", "--name", "Work", "--", "sh", "-c", script, stdin=subprocess.PIPE)
    job_id = JOB.match(process.stderr.readline())[1]
    assert process.stdout.readline() == "ready\n"
    eventually(lambda: team.api("worker").job(job_id)["progress"] == 10, "the first progress is there")
    server.kill()
    process.stdin.write("go on\n")
    process.stdin.close()
    process.stdin = None
    server.start()
    assert finished(process)[0] == 0
    job = team.api("worker").job(job_id)
    assert (job["status"], job["progress"], job["message"]) == ("completed", 100, "more")


def test_a_quiet_command_s_job_does_not_stall(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_JOBS_STALL_SECONDS": "3"}))
    environment = {"BOARDCAST_TOKEN": team.token("worker"), "BOARDCAST_URL": team.server.url}
    result = run(environment, "sleep", "5", options=["--heartbeat", "1"])
    assert result.returncode == 0, result.stderr
    assert job_of(team.api("worker"), result)["status"] == "completed"


def test_without_a_token_a_board_or_a_server_there_is_no_job(team, environment):
    viewer = {**environment, "BOARDCAST_TOKEN": team.token("eve", role="viewer")}
    assert run(viewer, "true").returncode == 3
    assert run(environment, "true", options=["--board", "nope"]).returncode == 4
    assert run({**environment, "BOARDCAST_URL": "http://127.0.0.1:1"}, "true").returncode == 7
    assert run({"BOARDCAST_URL": team.server.url}, "true").returncode == 2
    assert run_command("job", "run", "--name", "a", env=environment).returncode == 2
    assert run_command("job", "run", "--name", "a", "--heartbeat", "0", "--", "true", env=environment).returncode == 2
    for command in (["job"], ["job", "run"]):
        assert run_command(*command, "--help").returncode == 0


# tail --job

def test_tail_follows_a_job_to_its_end(worker, environment):
    job_id = worker.create_job("Import")["id"]
    process = start(environment, binary(), "tail", "--job", job_id)
    assert process.stdout.readline() == "  0 %  queued\n"
    worker.report_job(job_id, progress=40, message="half\u001b[2J")
    assert process.stdout.readline() == " 40 %  processing: half\ufffd[2J\n"
    worker.report_job(job_id, status="completed")
    assert finished(process) == (0, "100 %  completed\n", "")


def test_tail_tells_a_failure_by_its_exit_code(server, make_team, worker, environment):
    job_id = worker.create_job("Import")["id"]
    worker.report_job(job_id, status="failed", error="no disk")
    result = run_command("tail", "--job", job_id, env=environment)
    assert result.returncode == 1 and "no disk" in result.stderr and "failed: no disk" in result.stdout
    result = run_command("tail", "--json", "--job", job_id, env=environment)
    assert json.loads(result.stdout) == {"id": job_id, "status": "failed", "error": "no disk"}
    stranger = {**environment, "BOARDCAST_TOKEN": make_team(server).token("ann")}
    for tokens in (stranger, environment):
        wanted = job_id if tokens is stranger else "0" * 32
        assert run_command("tail", "--job", wanted, env=tokens).returncode == 4
    for wrong in (["--job", "x"], ["--job", job_id, "--board", "main"]):
        assert run_command("tail", *wrong, env=environment).returncode == 2


def test_a_terminal_sees_one_line_that_moves(worker, environment):
    job_id = worker.create_job("Import")["id"]
    worker.report_job(job_id, progress=50, message="half")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(binary()), "tail", "--job", job_id], env=clean_environment({**environment, "TERM": "xterm"}),
        stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    seen = b""
    while b"half" not in seen:
        seen += os.read(ours, 1000)
    worker.report_job(job_id, status="completed")
    try:
        while part := os.read(ours, 1000):
            seen += part
    except OSError:
        pass
    os.close(ours)
    assert process.wait(DEADLINE) == 0
    lines = seen.decode().split("\r\x1b[K")
    assert lines[1] == "[############............]  50 %  processing: half"
    assert lines[2] == "[########################] 100 %  completed\r\n"


# The example in Python

def example(environment, *arguments):
    return start(environment, sys.executable, ROOT / "Docs" / "examples" / "job_worker.py", *arguments)


def test_the_example_counts_to_its_end(team, worker, environment):
    process = example(environment, "--board", "main", "--step", "0.005")
    job_id = JOB.match(process.stdout.readline())[1]
    code, _, err = finished(process)
    assert code == 0, err
    job = worker.job(job_id)
    assert job["status"] == "completed" and job["result"] == {"counted": 100} and job["message"] == "counted to 100"


def test_the_example_stops_when_it_is_cancelled(worker, environment):
    process = example(environment, "--step", "0.05")
    job_id = JOB.match(process.stdout.readline())[1]
    ok(worker.post(f"/api/jobs/{job_id}/cancel"), 200)
    code, out, err = finished(process)
    assert code == 0 and "cancelled" in out, err
    assert worker.job(job_id)["status"] == "cancelled"


def test_who_runs_a_command_at_a_terminal_sees_how_far_it_is(environment):
    ours, theirs = pty.openpty()
    script = "echo PROGRESS 50 half; echo a line; echo PROGRESS 75; sleep 0.2"
    process = subprocess.Popen(
        [str(binary()), "job", "run", "--name", "Work", "--", "sh", "-c", script],
        env=clean_environment({**environment, "TERM": "xterm"}), stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 1000):
            seen += part
    except OSError:
        pass
    os.close(ours)
    assert process.wait(DEADLINE) == 0
    half, more = "[############............]  50 %  half", "[##################......]  75 %  half"
    assert [part.strip("\r\n") for part in seen.decode().split("\r\x1b[K")[1:]] == [half, "a line", half, more, ""]
