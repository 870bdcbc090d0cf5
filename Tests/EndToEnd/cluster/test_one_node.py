"""One gateway on a PostgreSQL is what one on SQLite is."""

import os
import signal

import tokens
from harness import run_command
from rest import Api
from scale import report, scale
from sse import seq_of
from storm import weather
from waiting import eventually

STRIKES = scale(9, 200)


def test_what_was_written_is_heard_and_there_after_a_restart(database, start_server, make_team):
    server = start_server(database_url=database.new_database())
    team = make_team(server)
    api = team.api("ann")
    stream = team.stream("ben")
    task = api.create_task("first")
    api.patch_task(task["id"], {"status": "done"})
    stream.wait_for_seq(api.last_seq)
    assert [event.type for event in stream.durable()] == ["task.created", "task.status_changed"]
    cursor = stream.durable()[-1].id
    stream.close()

    missed = api.create_task("while nobody hears")
    server.restart()
    api = team.api("ann")
    resumed = team.stream("ben", last_event_id=cursor)
    later = api.create_task("in the next run")
    resumed.wait_for_seq(seq_of(cursor) + 2)
    assert resumed.established["recovered"] is True
    assert [event["taskId"] for event in resumed.durable()] == [missed["id"], later["id"]]
    assert {found["name"] for found in api.snapshot()["tasks"]} == {"first", "while nobody hears", "in the next run"}


def test_nothing_is_lost_or_doubled_whatever_is_killed(database, start_server, rng):
    """`kill -9` of the gateway, a crash of the database, and its backends ended in the middle of what they do."""
    name = "storm"
    database.sql(f"CREATE DATABASE {name}")
    server = start_server(database_url=database.url(name))

    def kill_gateway():
        server.kill()
        server.start()

    def crash_database():
        database.stop(signal.SIGQUIT)
        database.start()

    def end_backends():
        database.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    deeds = [kill_gateway, crash_database, end_backends]

    def strike(number):
        deeds[number % len(deeds)]()
        probe = Api(server.url, tokens.mint("root", "north", role="admin"))
        eventually(lambda: probe.post("/api/boards", {"id": "main"}).status_code == 409, "writes go on")
        probe.close()

    acknowledged, repeated, _ = weather(server, rng, STRIKES, strike)
    report(strikes=STRIKES, writes_acknowledged=acknowledged, asked_again=repeated, lost=0, doubled=0)


def test_a_database_that_is_away_is_said_within_a_second_and_taken_again(database, start_server, make_team):
    server = start_server(database_url=database.new_database())
    team = make_team(server)
    api = team.api("ann")
    stream = team.stream("ben")
    first = api.create_task("before")
    stream.wait_for(lambda event: event.data.get("taskId") == first["id"])
    database.stop()
    refused = api.post("/api/tasks", {"name": "meanwhile"})
    assert refused.status_code == 503 and refused.headers["Retry-After"] == "1"
    assert refused.json()["code"] == "database_unreachable"
    assert not stream.closed, "streams stay"
    database.start()
    eventually(lambda: api.post("/api/tasks", {"name": "after"}).status_code == 201, "writes go on")
    stream.wait_for(lambda event: event.data.get("task", {}).get("name") == "after")


def test_one_that_hangs_is_said_too_and_its_commit_is_neither_lost_nor_doubled(database, start_server, make_team):
    server = start_server(database_url=database.new_database())
    team = make_team(server)
    api = team.api("ann")
    api.create_task("before")
    backends = [
        int(pid) for pid in database.sql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'boardcast'").splitlines()]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        refused = api.post("/api/tasks", {"name": "a"}, headers={"Idempotency-Key": "k"})
        assert refused.status_code == 503 and refused.json()["code"] == "database_unreachable"
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    answer = eventually(
        lambda: (done := api.post("/api/tasks", {"name": "a"}, headers={"Idempotency-Key": "k"})).status_code == 201
        and done, "the write is answered")
    names = [task["name"] for task in api.snapshot()["tasks"]]
    assert names.count("a") == 1 and answer.json()["task"]["name"] == "a"


def test_a_start_says_what_is_wrong(database, start_server, tmp_path):
    secret = {"BOARDCAST_AUTH_SECRET": tokens.SECRET}
    name = "newer"
    database.sql(f"CREATE DATABASE {name}")
    start_server(database_url=database.url(name)).stop()
    database.sql("UPDATE boardcast.meta SET value = 99 WHERE name = 'schema'", name)
    for command in (["serve", "--port", "0"], ["check"]):
        refused = run_command(*command, "--database", database.url(name), env=secret, cwd=tmp_path)
        said = refused.stdout + refused.stderr
        assert refused.returncode == 2 and "newer boardcast" in said and name in said, said

    url = f"postgres://u:hunter2@127.0.0.1:1/{name}?connect_timeout=1"
    refused = run_command("serve", "--port", "0", "--database", url, env=secret, cwd=tmp_path)
    assert refused.returncode == 2 and "can't reach PostgreSQL" in refused.stderr
    assert "hunter2" not in refused.stderr + refused.stdout
    for command in ("backup", "restore"):
        refused = run_command(command, "--database", url, tmp_path / "copy", env=secret, cwd=tmp_path)
        assert refused.returncode == 2 and "pg_dump" in refused.stderr, refused.stderr
