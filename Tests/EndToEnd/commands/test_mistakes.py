"""What people do wrong at a terminal is answered with what they can do about it."""

import os
import pty
import select
import shutil
import signal
import socket
import subprocess

import pytest

from dev_server import DevServer
from harness import ROOT, binary, clean_environment, run_command
from waiting import DEADLINE, eventually


@pytest.fixture
def command(team):
    """Runs a command on the team's server, with an admin's token."""

    def run(*arguments, **options):
        token = team.token("root", role="admin")
        return run_command(*arguments, env={"BOARDCAST_URL": team.server.url, "BOARDCAST_TOKEN": token}, **options)

    return run


@pytest.fixture
def nowhere():
    """An address at which connections are refused: it is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("arguments", [["stats"], ["publish", "--type", "a.b"]])
def test_a_command_does_not_try_a_refused_connection_again(arguments, nowhere):
    result = subprocess.run(
        ["strace", "-f", "-e", "trace=connect", str(binary()), *arguments],
        env=clean_environment({"BOARDCAST_URL": nowhere, "BOARDCAST_TOKEN": "x"}),
        capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode == 7, result.stderr
    assert f"can't reach {nowhere}: connection refused" in result.stderr
    port = nowhere.rpartition(":")[2]
    tries = [line for line in result.stderr.splitlines() if "connect(" in line and f"htons({port})" in line]
    assert len(tries) == 1, tries


def test_each_member_that_is_wrong_is_named(command):
    result = command("publish", "--type", "task.created")
    assert result.returncode == 2
    assert "\n  /type " in result.stderr
    result = command("tail", "--types", "NOT A TYPE")
    assert result.returncode == 2
    assert "types" in result.stderr


@pytest.mark.parametrize("arguments", [
    ["tail", "--board", "nope"], ["publish", "--type", "a.b", "--board", "nope"], ["import", "-", "--board", "nope"],
    ["job", "run", "--name", "x", "--board", "nope", "--", "true"],
])
def test_a_board_that_there_is_not_is_named(command, arguments):
    result = command(*arguments, stdin="name\nx\n")
    assert result.returncode == 4
    assert "there is no board “nope”" in result.stderr


@pytest.mark.parametrize("cursor", ["yesterday", "42", "1-abc"])
def test_a_cursor_that_is_none_is_exit_2(command, cursor):
    result = command("tail", "--since", cursor)
    assert result.returncode == 2
    assert "--since takes a cursor" in result.stderr


@pytest.fixture
def dev(tmp_path):
    server = DevServer(tmp_path / "dev").start()
    yield server
    server.dispose()


def test_a_port_that_is_taken_is_named(dev, tmp_path):
    result = run_command("serve", "--dev", "--port", dev.port, cwd=tmp_path)
    assert result.returncode == 2
    assert f"port {dev.port} of 127.0.0.1 is taken" in result.stderr
    assert f"--port {dev.port + 1}" in result.stderr


def test_requests_to_a_dev_server_leave_its_instructions_in_sight(dev, start_server):
    usual = start_server()
    for server in (dev, usual):
        assert run_command("stats", env={"BOARDCAST_URL": server.url, "BOARDCAST_TOKEN": "x"}).returncode == 3
    eventually(lambda: " info boardcast: request " in usual.log(), "the usual log has the request")
    dev.stop()
    assert dev.log() == ""


def test_who_asks_for_more_sees_a_dev_servers_requests(tmp_path):
    server = DevServer(tmp_path / "talking")
    server.env["BOARDCAST_LOG_LEVEL"] = "info"
    try:
        server.start()
        assert run_command("stats", env={"BOARDCAST_URL": server.url, "BOARDCAST_TOKEN": "x"}).returncode == 3
        eventually(lambda: " info boardcast: request " in server.log(), "the log has the request")
    finally:
        server.dispose()


def test_a_token_can_be_minted_where_a_dev_server_keeps_its_secret(dev):
    minted = run_command("token", "mint", "--sub", "ann", "--tenant", "demo", "--role", "admin", cwd=dev.directory)
    assert minted.returncode == 0, minted.stderr
    assert "boardcast.sqlite.secret" in minted.stderr
    token = minted.stdout.strip()
    assert run_command("stats", env={"BOARDCAST_URL": dev.url, "BOARDCAST_TOKEN": token}).returncode == 0


def test_without_a_key_minting_says_what_to_give(tmp_path):
    minted = run_command("token", "mint", "--sub", "ann", "--tenant", "demo", cwd=tmp_path)
    assert minted.returncode == 2
    for way in ("--key-file", "BOARDCAST_AUTH_SECRET_FILE", "boardcast.sqlite.secret"):
        assert way in minted.stderr


def test_ctrl_c_at_a_terminal_ends_make_run_quietly(tmp_path):
    """The README's first command, but for the installing and the building."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".build" / "release").mkdir(parents=True)
    (tmp_path / ".build" / "release" / "boardcast").symlink_to(binary())
    for nothing in ("Deploy/install-dependencies.sh", "bin/swift"):
        (tmp_path / nothing).parent.mkdir()
        (tmp_path / nothing).write_text("#!/bin/sh\n")
        (tmp_path / nothing).chmod(0o755)
    environment = clean_environment({"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvpe("make", ["make", "--no-print-directory", "run", "PAGE=0", "COMMIT=0123abc"], environment)
    printed = b""
    while b"Ctrl-C ends the server" not in printed:
        assert select.select([terminal], [], [], DEADLINE)[0], printed
        printed += os.read(terminal, 4096)
    os.write(terminal, b"\x03")
    rest = b""
    try:
        while chunk := os.read(terminal, 4096):
            rest += chunk
    except OSError:  # The terminal is closed: the last process has ended.
        pass
    code = os.waitpid(child, 0)[1]
    assert b"***" not in rest, rest
    assert os.WIFSIGNALED(code) and os.WTERMSIG(code) == signal.SIGINT or os.waitstatus_to_exitcode(code) == 0
