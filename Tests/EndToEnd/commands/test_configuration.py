"""Starting with the wrong settings: exit 2, and a message that says what to set."""

import os
import re
import shutil
import stat

import pytest

from harness import ROOT, Server, run_command
from rest import Api, ok
from sse import Stream
from tokens import SECRET, mint


def serve(tmp_path, *arguments, **env):
    """Runs `serve` where it should not get as far as listening."""
    database = f"sqlite:{tmp_path / 'x.sqlite'}"
    return run_command("serve", "--port", "0", "--database", database, *arguments, env=env, cwd=tmp_path, timeout=30)


def refused(result):
    assert result.returncode == 2, f"exit {result.returncode}: {result.stderr}"
    assert result.stdout == ""
    assert SECRET not in result.stderr
    return result.stderr


def test_without_a_key_it_says_what_to_set(tmp_path):
    said = refused(serve(tmp_path))
    assert "auth.secret" in said or "BOARDCAST_AUTH_SECRET" in said


@pytest.mark.parametrize("secret", ["short", "x" * 31], ids=["short", "31 bytes"])
def test_a_secret_under_32_bytes_is_refused(tmp_path, secret):
    said = refused(serve(tmp_path, BOARDCAST_AUTH_SECRET=secret))
    assert "32" in said
    assert secret not in said


@pytest.mark.parametrize(
    "name, wrong, near",
    [
        ("BOARDCAST_SSE_HEARTBEET_SECONDS", r"heartbeet", r"sse\.heartbeatSeconds|BOARDCAST_SSE_HEARTBEAT_SECONDS"),
        ("BOARDCAST_EVENTS_RETAIN_COUNTS", r"retain.?counts", r"events\.retainCount\b|BOARDCAST_EVENTS_RETAIN_COUNT\b"),
    ],
)
def test_an_unknown_environment_name_is_named_with_its_nearest(tmp_path, name, wrong, near):
    said = refused(serve(tmp_path, BOARDCAST_AUTH_SECRET=SECRET, **{name: "5"}))
    assert re.search(wrong, said, re.I), said
    assert re.search(near, said), said


def test_an_unknown_key_in_the_file_is_named_with_its_nearest(tmp_path):
    config = tmp_path / "boardcast.yaml"
    config.write_text("sse:\n  heartbeatSecond: 5\n")
    said = refused(serve(tmp_path, "--config", config, BOARDCAST_AUTH_SECRET=SECRET))
    assert "heartbeatSecond" in said and "heartbeatSeconds" in said


@pytest.mark.parametrize("value", ["soon", "-1", "1e400", " "])
def test_a_value_that_makes_no_sense_is_refused_by_name(tmp_path, value):
    said = refused(serve(tmp_path, BOARDCAST_AUTH_SECRET=SECRET, BOARDCAST_SSE_HEARTBEAT_SECONDS=value))
    assert re.search(r"heartbeat.?seconds", said, re.I), said


def test_a_missing_file_is_refused_by_name(tmp_path):
    for name in ("BOARDCAST_AUTH_SECRET_FILE", "BOARDCAST_AUTH_PUBLIC_KEY_FILE", "BOARDCAST_AUTH_JWKS_FILE"):
        assert "missing.file" in refused(serve(tmp_path, **{name: str(tmp_path / "missing.file")}))
    said = refused(serve(tmp_path, "--config", tmp_path / "missing.yaml", BOARDCAST_AUTH_SECRET=SECRET))
    assert "missing.yaml" in said


def test_a_key_file_that_is_no_key_is_refused_by_name(tmp_path):
    file = tmp_path / "rubbish.pem"
    file.write_text("not a key\n")
    assert "rubbish.pem" in refused(serve(tmp_path, BOARDCAST_AUTH_PUBLIC_KEY_FILE=str(file)))
    assert "rubbish.pem" in refused(serve(tmp_path, BOARDCAST_AUTH_JWKS_FILE=str(file)))


def test_an_origin_of_everyone_is_refused(tmp_path):
    said = refused(serve(tmp_path, BOARDCAST_AUTH_SECRET=SECRET, BOARDCAST_HTTP_CORS_ORIGINS="*"))
    assert re.search(r"cors.?origins", said, re.I)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_dev_is_refused_on_a_host_that_others_can_reach(tmp_path, host):
    assert "--dev" in refused(serve(tmp_path, "--dev", "--host", host))


def test_an_unknown_flag_is_a_usage_error(tmp_path):
    refused(serve(tmp_path, "--prot", "1", BOARDCAST_AUTH_SECRET=SECRET))


def test_a_port_in_use_is_said_plainly(server, tmp_path):
    database = f"sqlite:{tmp_path / 'x.sqlite'}"
    result = run_command(
        "serve", "--port", server.port, "--database", database, env={"BOARDCAST_AUTH_SECRET": SECRET}, timeout=30
    )
    assert result.returncode not in (0, None) and result.returncode > 0, "an exit code, not a crash"
    assert str(server.port) in result.stderr


def test_a_database_that_is_none_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "x.sqlite"
    file.write_bytes(b"this is not a database, but somebody's only copy of something " * 100)
    before = file.read_bytes()
    result = serve(tmp_path, BOARDCAST_AUTH_SECRET=SECRET)
    assert result.returncode > 0, "an exit code, not a crash"
    assert "x.sqlite" in result.stderr
    assert file.read_bytes() == before


def test_flags_win_over_environment_over_the_file(start_server, tmp_path):
    config = tmp_path / "boardcast.yaml"
    config.write_text("sse:\n  heartbeatSeconds: 7\n  retryMilliseconds: 1000\nhttp:\n  port: 1\n")
    server = start_server({"BOARDCAST_SSE_HEARTBEAT_SECONDS": "9"}, args=["--config", str(config)])
    with Stream(server.url + "/sse/connect", mint()) as stream:
        assert stream.established["heartbeatSeconds"] == 9, "the environment over the file"
        retry = next(int(frame.get("retry")) for frame in stream.frames() if frame.get("retry"))
        assert 700 <= retry <= 1300, "the file over the default"
    assert server.port != 1, "the flag over the file"


def test_a_secret_may_come_from_a_file(start_server, tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(stat.S_IRUSR)
    server = start_server({"BOARDCAST_AUTH_SECRET_FILE": str(file)}, secret=None)
    ok(Api(server.url, mint()).get("/api/tasks"))


def test_the_documented_configuration_is_one_that_works(start_server, tmp_path):
    copy = tmp_path / "boardcast.yaml"
    shutil.copy(ROOT / "Config" / "boardcast.yaml", copy)
    server = start_server(args=["--config", str(copy)])
    ok(Api(server.url, mint()).get("/api/tasks"))
    server.stop()


def test_the_database_is_not_for_others_to_read(start_server):
    server = start_server()
    ok(Api(server.url, mint()).post("/api/tasks", {"name": "x"}))
    for file in server.directory.glob("boardcast.sqlite*"):
        assert not os.stat(file).st_mode & stat.S_IROTH, f"{file.name} is world-readable"


def test_a_database_in_memory_serves(tmp_path, make_team):
    server = Server(tmp_path)
    server.database = ":memory:"
    try:
        team = make_team(server.start())
        stream = team.stream("ann")
        team.api("ann").create_task("volatile")
        assert stream.wait_for_type("task.created")
        server.stop()
    finally:
        server.dispose()
