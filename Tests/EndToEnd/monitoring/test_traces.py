"""Spans of requests, sent to a collector by OTLP over HTTP."""

import http.server
import json
import re
import threading

import pytest

from rest import Api, ok
from server_log import lines
from waiting import eventually

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """Takes what it is sent, or refuses it with another status."""

    def __init__(self):
        self.status, self.messages = 200, []
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.messages.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def spans(self):
        found = []
        for _, _, message in list(self.messages):
            for resource in message["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    found += scope["spans"]
        return found

    def span(self, name):
        """The span of that name, once it is here."""
        return eventually(lambda: next((span for span in self.spans() if span["name"] == name), None), f"a span {name}")


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.close()


def counted(server, outcome):
    """How many spans `/metrics` says were sent, or dropped."""
    text = ok(Api(server.url).get("/metrics"), 200).text
    return int(re.search(rf'^boardcast_spans_total{{outcome="{outcome}"}} (\d+)', text, re.M)[1])


def attributes(span):
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


def test_a_request_is_a_span_below_the_callers(start_server, make_team, collector):
    server = start_server({"BOARDCAST_TRACING_OTLP_URL": collector.url})
    team = make_team(server, "secret-tenant")
    api = team.api("secret-user")
    task = api.create_task("secret name", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    answer = api.get(f"/api/tasks/{task['id']}?secret=1")
    assert answer.status_code == 400
    ok(Api(server.url).get("/healthz"), 200)
    created, shown = collector.span("POST /api/tasks"), collector.span("GET /api/tasks/{id}")
    assert (created["traceId"], created["parentSpanId"]) == (TRACE, PARENT)
    assert attributes(created)["boardcast.call"] == "tasks.create"
    assert attributes(created)["http.response.status_code"] == "201"
    assert "parentSpanId" not in shown and shown["traceId"] != TRACE
    assert attributes(shown)["boardcast.request_id"] == answer.headers["X-Request-Id"]
    assert 0 < int(shown["endTimeUnixNano"]) - int(shown["startTimeUnixNano"]) < 60e9
    assert {(path, kind) for path, kind, _ in collector.messages} == {("/v1/traces", "application/json")}
    text = json.dumps(collector.messages)
    assert "secret" not in text and "healthz" not in text and team.token("secret-user") not in text


def test_what_is_not_sampled_is_not_sent(start_server, make_team, collector):
    server = start_server({"BOARDCAST_TRACING_OTLP_URL": collector.url})
    api = make_team(server).api("ann")
    ok(api.get("/api/boards", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"}), 200)
    ok(api.get("/api/jobs"), 200)
    collector.span("GET /api/jobs")
    assert [span["name"] for span in collector.spans()] == ["GET /api/jobs"]


def test_a_collector_that_takes_nothing_costs_spans_alone(start_server, make_team, collector):
    server = start_server({"BOARDCAST_TRACING_OTLP_URL": collector.url})
    api = make_team(server).api("ann")
    collector.status = 503
    ok(api.get("/api/boards"), 200)
    eventually(lambda: counted(server, "dropped") >= 1, "a span is dropped")
    collector.status = 200
    ok(api.get("/api/boards"), 200)
    eventually(lambda: counted(server, "sent") >= 1, "a span is sent")
    assert len(lines(server, "the collector takes no spans")) == 1
