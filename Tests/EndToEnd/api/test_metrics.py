"""`/metrics`: counts as Prometheus reads them, for this machine alone."""

import re
import subprocess

from prometheus_client.parser import text_string_to_metric_families

from harness import ROOT
from issuer import Issuer
from rest import Api, ok, problem
from waiting import DEADLINE, eventually

DOCUMENT = ROOT / "Docs" / "METRICS.md"
ROW = re.compile(r"^\| `(?P<name>[a-z_]+)(?:\{(?P<labels>[a-z,]+)\})?` \| (?P<type>counter|gauge|histogram) \|", re.M)


def scrape(server):
    answer = ok(Api(server.url).get("/metrics"), 200)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


def samples(text):
    """The samples by name and labels' values, each once."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        for sample in family.samples:
            key = (sample.name, *sample.labels.values())
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


def documented():
    """The table of the document: labels and type by name."""
    return {row["name"]: (row["labels"] or "", row["type"]) for row in ROW.finditer(DOCUMENT.read_text())}


def sent(text):
    """The same of what a gateway has sent; a family without samples has no labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        found[name] = (",".join(sorted(labels)), family.type)
    return found


def test_connections_are_counted_without_a_token(start_server, make_team):
    server = start_server()

    def metric(name, *labels):
        return samples(scrape(server)).get((f"boardcast_{name}", *labels))

    assert (metric("connections", "sse"), metric("connects_total")) == (0, 0)
    assert metric("disconnects_total", "gone") is None
    stream = make_team(server).stream()
    assert (metric("connections", "sse"), metric("connects_total")) == (1, 1)
    # What is sent is counted on the connection's own loop, after it was sent.
    eventually(lambda: metric("sent_bytes_total") > 0, "its first bytes are counted")
    stream.close()
    eventually(lambda: metric("disconnects_total", "gone") == 1, "its end is counted")
    assert (metric("connections", "sse"), metric("connects_total")) == (0, 1)


def test_the_document_has_what_a_gateway_under_use_sends(start_server, make_team):
    issuer = Issuer()
    issuer.rotate("one")
    server = start_server({"BOARDCAST_AUTH_JWKS_URL": issuer.url})
    team = make_team(server)
    api, stream = team.api("ann"), team.stream("ann")
    api.create_task("a")
    stream.wait_for_seq(api.last_seq)
    stream.close()
    eventually(lambda: ("boardcast_disconnects_total", "gone") in samples(scrape(server)), "it has ended")
    text = scrape(server)
    issuer.close()
    assert sent(text) == documented()
    said = subprocess.run(
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True, timeout=DEADLINE)
    assert said.returncode == 0 and said.stdout + said.stderr == "", said.stdout + said.stderr


def test_what_is_done_is_counted(start_server, make_team):
    server = start_server()
    team = make_team(server)
    api, stream = team.api("ann"), team.stream("ann")
    first = stream.established["cursor"]
    for number in range(5):
        api.create_task(f"task {number}")
    ok(team.admin().post("/api/publish", {"type": "door.opened", "data": {}}))
    job = ok(api.post("/api/jobs", {"name": "j"})).json()["job"]["id"]
    stream.wait_for_seq(7)
    # The job is its creator's alone.
    team.stream("late", since=first).wait_for_seq(6)
    team.stream("lost", since="nonsense")
    problem(Api(server.url, "no.good.token").get("/api/tasks"), 401)
    found = samples(scrape(server))
    assert found["boardcast_events_total", "task.created"] == 5
    assert found["boardcast_events_total", "published"] == 1
    assert found["boardcast_events_total", "job.created"] == 1
    assert found["boardcast_commit_size_sum",] == 7 and found["boardcast_commit_seconds_count",] >= 1
    assert found["boardcast_publish_to_write_seconds_count",] >= 1
    assert found["boardcast_replayed_events_total",] == 6
    assert found["boardcast_resyncs_total", "cursor_malformed"] == 1
    assert found["boardcast_jobs", "queued"] == 1 and found["boardcast_write_queue",] == 0
    assert found["boardcast_auth_failures_total", "shape"] + found["boardcast_auth_failures_total", "header"] == 1
    assert found["boardcast_http_requests_total", "tasks.create", "201"] == 5
    assert found["boardcast_http_requests_total", "tasks.list", "401"] == 1
    assert found["boardcast_behind_readers",] == 0
    assert 0 <= found["boardcast_log_oldest_seconds",] < 60
    assert found["boardcast_database_bytes",] >= 4096 and found["boardcast_wal_bytes",] > 0
    # One scrape's connection, or the one before's, may be there too.
    assert server.descriptors() - 2 <= found["process_open_fds",] <= server.descriptors() + 4
    assert found["process_resident_memory_bytes",] > 1 << 20 and found["process_cpu_seconds_total",] > 0
    ok(api.patch(f"/api/jobs/{job}", {"status": "failed", "error": "x"}))
    found = samples(scrape(server))
    assert found["boardcast_jobs", "queued"] == 0 and found["boardcast_events_total", "job.failed"] == 1


def test_limits_are_counted_where_they_refuse(start_server, make_team):
    server = start_server(
        {"BOARDCAST_LIMITS_WRITES_PER_SECOND": "1", "BOARDCAST_LIMITS_WRITE_BURST": "2",
         "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "2",
         "BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "1"})
    team = make_team(server)
    api, stream = team.api("ann"), team.stream("ann")
    refused = [api.post("/api/tasks", {"name": "a"}).status_code for _ in range(6)].count(429)
    limited = [Api(server.url, "bad").get("/api/tasks").status_code for _ in range(6)].count(429)
    ok(api.get("/sse/connect"), 200)
    found = samples(scrape(server))
    assert refused >= 3 and found["boardcast_limited_total", "writes"] == refused
    assert limited >= 3 and found["boardcast_limited_total", "auth_failures"] == limited
    assert found["boardcast_limited_total", "connections"] == 1
    stream.close()


def test_no_metric_names_a_tenant_a_user_a_board_or_a_job(start_server, make_team):
    server = start_server()
    team = make_team(server, "secret-tenant")
    ok(team.admin().post("/api/boards", {"id": "secret-board", "name": "x"}))
    api, stream = team.api("secret-user"), team.stream("secret-user", board="secret-board")
    job = ok(api.post("/api/jobs", {"name": "secret-job"})).json()["job"]["id"]
    ok(team.admin().post("/api/publish", {"type": "secret.type", "data": {}}))
    stream.close()
    text = scrape(server)
    assert "secret" not in text and job not in text


def test_what_a_proxy_has_passed_on_is_not_answered(server):
    for field in ("X-Forwarded-For", "Forwarded", "X-Forwarded-Host"):
        assert problem(Api(server.url).get("/metrics", headers={field: "127.0.0.1"}), 404)["code"] == "not_found"
