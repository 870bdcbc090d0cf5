"""`boardcast tail`: events as lines of JSON, through restarts."""

import json
import signal
import subprocess
import threading
import time

import pytest

from harness import binary, clean_environment, run_command
from waiting import DEADLINE


class Tail:
    """`tail --json`, its lines collected as they come."""

    def __init__(self, team, *arguments, token=None):
        self.lines, self._changed = [], threading.Condition()
        self.process = subprocess.Popen(
            [str(binary()), "tail", "--url", team.server.url, "--json", *arguments],
            env=clean_environment({"BOARDCAST_TOKEN": token or team.token("tail")}),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(json.loads(line))
                self._changed.notify_all()

    def wait_for(self, predicate, what):
        end = time.monotonic() + DEADLINE
        with self._changed:
            while not any(map(predicate, self.lines)):
                left = end - time.monotonic()
                state = f"exit {self.process.poll()}, {len(self.lines)} lines, the last: {self.lines[-2:]}"
                assert left > 0 and self.process.poll() is None, f"never printed {what}: {state}"
                self._changed.wait(min(left, 0.5))

    def names(self):
        with self._changed:
            return [line["task"]["name"] for line in self.lines if line["type"] == "task.created"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)


@pytest.fixture
def tail():
    running = []

    def start(*arguments, **options):
        running.append(Tail(*arguments, **options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def named(name):
    return lambda line: line["type"] == "task.created" and line["task"]["name"] == name


def test_tail_prints_each_event_as_a_line_of_json(team, tail):
    api = team.api("ann")
    since = api.head()
    api.create_task("before")
    following = tail(team, "--since", since)
    following.wait_for(named("before"), "an event since the cursor")
    api.create_task("live")
    following.wait_for(named("live"), "a live event")
    assert following.names() == ["before", "live"]
    durable = [line for line in following.lines if "seq" in line]
    assert durable == api.whole_log(since)


def test_tail_follows_boards_and_types(team, tail):
    team.admin().create_board("side")
    api = team.api("ann")
    since = api.head()
    following = tail(team, "--since", since, "--board", "side", "--types", "task.created")
    api.create_task("on main")
    task = api.create_task("on side", boardId="side")
    api.patch_task(task["id"], {"name": "renamed"})
    api.create_task("fence", boardId="side")
    following.wait_for(named("fence"), "the fence")
    assert [line["type"] for line in following.lines if "seq" in line] == ["task.created"] * 2
    assert following.names() == ["on side", "fence"]


def test_tail_survives_restarts_without_a_gap(start_server, make_team, tail):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "200"})
    team = make_team(server)
    api = team.api("ann")
    following = tail(team, "--since", api.head())
    api.create_task("0")
    following.wait_for(named("0"), "the first event")
    team.close()
    for i, gracefully in enumerate((False, True), start=1):
        server.restart(gracefully)
        team.api("ann").create_task(f"{i}")
        team.close()
    following.wait_for(named("2"), "an event after two restarts")
    assert following.names() == ["0", "1", "2"]


def test_tail_interrupted_is_exit_130(team, tail):
    api = team.api("ann")
    following = tail(team, "--since", api.head())
    api.create_task("running")
    following.wait_for(named("running"), "an event")
    following.process.send_signal(signal.SIGINT)
    assert following.process.wait(DEADLINE) == 130


def test_tail_with_a_bad_token_gives_up(team):
    result = run_command("tail", "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token(ttl=-3600)})
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"
    assert "exp" in result.stderr


def test_tail_of_an_unknown_board_is_exit_4(team):
    result = run_command("tail", "--url", team.server.url, "--board", "nowhere", env={"BOARDCAST_TOKEN": team.token()})
    assert result.returncode == 4, f"{result.returncode}: {result.stderr}"


def test_tail_takes_its_token_from_a_file(team, tmp_path):
    file = tmp_path / "token"
    file.write_text("rubbish\n")
    result = run_command("tail", "--url", team.server.url, "--token-file", file)
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"
