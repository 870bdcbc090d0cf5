"""What operators read on stderr: text for people, JSON for machines."""

import json

import pytest

from harness import run_command
from rest import TIMESTAMP, Api, ok, problem
from server_log import lines
from waiting import eventually

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


def objects(server):
    return [json.loads(line) for line in server.log().splitlines()]


def test_json_is_an_object_a_line(start_server, make_team):
    server = start_server({"BOARDCAST_LOG_FORMAT": "json"})
    api = make_team(server).api("ann")
    api.create_task("a")
    answer = api.get("/api/tasks/9", headers=TRACEPARENT)
    problem(answer, 404)
    server.stop()
    found = objects(server)
    assert all(TIMESTAMP.match(line["timestamp"]) and line["level"] and line["message"] for line in found)
    assert {line["logger"] for line in found} <= {"boardcast", "boardcast.store", "boardcast.jobs", "boardcast.audit"}
    created = next(line for line in found if line.get("call") == "tasks.create")
    assert created["message"] == "request" and created["status"] == 201 and created["microseconds"] > 0
    missed = next(line for line in found if line.get("call") == "tasks.show")
    assert missed["request"] == answer.json()["requestId"] == answer.headers["x-request-id"]
    assert missed["traceId"] == TRACE and missed["path"] == "/api/tasks/9" and "traceId" not in created


def test_text_has_the_message_first(start_server, make_team):
    server = start_server()
    api = make_team(server).api("ann")
    api.create_task("a")
    ok(api.get("/api/tasks", headers=TRACEPARENT))
    for field in ("00-no", TRACEPARENT["traceparent"].upper()):
        ok(api.get("/api/boards", headers={"traceparent": field}))
    server.stop()
    (listed,) = lines(server, "request", "info", call="tasks.list")
    assert listed.fields["traceId"] == TRACE and listed.fields["status"] == "200"
    assert all("traceId" not in line.fields for line in lines(server, "request", call="boards.list"))
    assert " info boardcast: request call=tasks.list " in server.log()


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_name_of_a_framework_is_in_it(start_server, make_team, form):
    server = start_server({"BOARDCAST_LOG_FORMAT": form, "BOARDCAST_LOG_LEVEL": "debug"})
    team = make_team(server)
    team.api("ann").create_task("a")
    team.stream("ann").close()
    server.stop()
    assert server.log() and not [word for word in ("hb.request", "Hummingbird", "[Gateway]") if word in server.log()]


def test_what_is_asked_for_all_the_time_is_not_logged_unless_it_fails(start_server):
    server = start_server()
    api = Api(server.url)
    for path in ("/", "/healthz", "/readyz", "/readyz?verbose", "/metrics", "/sdk/boardcast.js", "/admin"):
        ok(api.get(path), 200)
    assert lines(server, "request") == []
    problem(api.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 404)
    eventually(lambda: lines(server, "request", call="metrics.show", status="404"), "what fails is logged")


def test_a_form_that_is_none_is_no_start(tmp_path):
    done = run_command("check", "--database", f"sqlite:{tmp_path}/a", env={"BOARDCAST_LOG_FORMAT": "xml"})
    assert done.returncode == 2 and "log.format" in done.stdout and "json" in done.stdout
