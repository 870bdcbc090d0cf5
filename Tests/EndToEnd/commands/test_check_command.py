"""`boardcast check`: what a start would find, in words and as an exit code, without a change to any file."""

import json
import resource
import socket
import sqlite3
import subprocess

import pytest

from harness import binary, clean_environment, run_command
from tokens import SECRET
from waiting import DEADLINE


def check(database, *flags, env=None):
    """Runs the command; returns it, and what it found by subject."""
    env = {"BOARDCAST_AUTH_SECRET": SECRET, **(env or {})}
    done = run_command("check", "--port", "0", "--database", f"sqlite:{database}", "--json", *flags, env=env)
    body = json.loads(done.stdout)
    found = {}
    for finding in body["findings"]:
        found.setdefault(finding["subject"], []).append((finding["level"], finding["text"]))
    assert done.returncode == (0 if body["ok"] else 2), done.stderr
    assert body["ok"] == ("failure" not in {finding["level"] for finding in body["findings"]})
    return done, found


def failures(found):
    return {subject: text for subject, entries in found.items() for level, text in entries if level == "failure"}


def state(folder):
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def test_what_would_start_is_exit_0_and_no_file_is_made(tmp_path):
    done, found = check(tmp_path / "board.sqlite")
    assert done.returncode == 0, done.stdout
    assert {"settings", "keys", "database", "disk", "address", "descriptors", "memory", "clock"} <= found.keys()
    assert "will be made" in found["database"][0][1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ends", ["stopped", "killed"])
def test_a_database_is_looked_at_and_left_as_it_is(start_server, make_team, ends):
    server = start_server()
    make_team(server).api().create_task("a")
    done, found = check(server.database)
    assert done.returncode == 2
    assert f"in use by another boardcast, process {server.process.pid}" in failures(found)["database"]
    server.stop() if ends == "stopped" else server.kill()
    before = {name: held for name, held in state(server.directory).items() if not name.endswith("-shm")}
    done, found = check(server.database)
    assert done.returncode == 0 and "is sound" in found["database"][0][1], done.stdout
    assert {name: held for name, held in state(server.directory).items() if not name.endswith("-shm")} == before
    server.start()


def test_for_people_each_finding_is_a_line(tmp_path):
    database = f"sqlite:{tmp_path / 'board.sqlite'}"
    done = run_command("check", "--port", "0", "--database", database, env={"BOARDCAST_AUTH_SECRET": SECRET})
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) >= 8 and all(line[0] in "✓!" and line[1] == " " for line in lines), lines
    assert SECRET not in done.stdout


def test_what_would_not_start_is_exit_2_with_the_reason(tmp_path):
    path = tmp_path / "board.sqlite"
    cases = [
        ({"BOARDCAST_HTTP_PROT": "1"}, "BOARDCAST_HTTP_PORT"),
        ({"BOARDCAST_SSE_QUEUE_BYTES": "many"}, "sse.queueBytes"),
        ({"BOARDCAST_AUTH_SECRET": "short"}, "auth.secret"),
        ({"BOARDCAST_AUTH_SECRET": ""}, "auth"),
        ({"BOARDCAST_AUTH_PUBLIC_KEY_FILE": str(tmp_path / "none.pem")}, "none.pem"),
    ]
    for env, words in cases:
        done, found = check(path, env=env)
        assert words in " ".join(failures(found).values()), (env, found)
        assert "would not start" in done.stderr
        assert run_command(
            "serve", "--port", "0", "--database", f"sqlite:{path}", env={"BOARDCAST_AUTH_SECRET": SECRET, **env}
        ).returncode == 2, "and so it is"
    assert not path.exists()


def test_a_database_of_others_or_damaged_and_a_folder_that_is_missing(start_server, make_team, tmp_path):
    other = tmp_path / "other.sqlite"
    sqlite3.connect(other).execute("CREATE TABLE t (a)").connection.close()
    assert "not one of boardcast" in failures(check(other)[1])["database"]
    assert "No such file" in failures(check(tmp_path / "none" / "board.sqlite")[1])["database"]
    server = start_server()
    make_team(server).api().create_task("a")
    server.stop()
    database = sqlite3.connect(server.database)
    with database:
        database.execute("DELETE FROM events")
    database.close()
    assert "is damaged" in failures(check(server.database)[1])["database"]


def test_an_address_that_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        _, found = check(tmp_path / "board.sqlite", "--port", taken.getsockname()[1])
    assert "Address already in use" in failures(found)["address"]


def test_the_operators_address_is_looked_at_too(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        _, found = check(tmp_path / "board.sqlite", env={"BOARDCAST_OPS_PORT": port})
    assert "Address already in use" in failures(found)["ops"]
    done, found = check(tmp_path / "board.sqlite", env={"BOARDCAST_OPS_PORT": port})
    assert done.returncode == 0 and port in found["ops"][0][1]
    _, found = check(tmp_path / "board.sqlite", "--port", port, env={"BOARDCAST_OPS_PORT": port})
    assert "ops.port and http.port" in failures(found)["settings"]
    _, found = check(tmp_path / "board.sqlite", env={"BOARDCAST_OPS_HOST": "127.0.0.1"})
    assert "without ops.port" in failures(found)["settings"]


def test_what_is_worth_a_look_is_exit_0(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/keys"
        done, found = check(
            tmp_path / "board.sqlite",
            env={"BOARDCAST_AUTH_SECRET_FILE": str(secret), "BOARDCAST_AUTH_JWKS_URL": url})
    assert done.returncode == 0, done.stdout
    assert found["secret"][0][0] == "warning" and "chmod 640" in found["secret"][0][1]
    assert any(level == "warning" and "auth.jwksURL" in text for level, text in found["keys"])


def test_fewer_descriptors_than_streams_is_worth_a_look(tmp_path):
    done = subprocess.run(
        [str(binary()), "check", "--port", "0", "--database", f"sqlite:{tmp_path / 'board.sqlite'}"],
        env=clean_environment({"BOARDCAST_AUTH_SECRET": SECRET}), capture_output=True, text=True, timeout=DEADLINE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)))
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line[2:].startswith("descriptors"))
    assert line.startswith("! descriptors: for 896 streams") and "LimitNOFILE" in line
