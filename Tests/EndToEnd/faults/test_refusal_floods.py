"""Floods of refusals: the log has the first of each address, then their number, a line a second at most."""

import time

from flood import flood
from scale import report, scale
from server_log import lines
from waiting import eventually

STATUSES = ("401", "429", "503")


def refusals(server):
    """The lines of refusals, and how many were counted in them, by status."""
    said = [line for line in lines(server) if line.message == "refused" or line.fields.get("status") in STATUSES]
    counts = {
        status: sum(int(line.fields.get(status, line.fields.get("status") == status)) for line in said)
        for status in STATUSES
    }
    return said, {status: count for status, count in counts.items() if count}


def test_a_flood_of_bad_tokens_is_a_few_lines(start_server, make_team):
    server = start_server(unlimited=False)
    team = make_team(server)
    api = team.api()
    count = scale(4000, 40_000)
    began, size = time.monotonic(), len(server.log())
    statuses = flood(server, count, method="GET", token="not.a.token")
    good = [api.create_task()["id"] for _ in range(20)]
    seconds = time.monotonic() - began
    assert set(statuses) == {401, 429} and statuses[429] > count / 2
    expected = {str(status): number for status, number in statuses.items()}
    eventually(lambda: refusals(server)[1] == expected, "each refusal is counted")
    said, _ = refusals(server)
    firsts = [line for line in said if line.message == "request"]
    assert firsts[0].fields["address"] == "127.0.0.1" and firsts[0].fields["call"] == "tasks.list"
    # One for the first, and one a second; a last one when it is over.
    assert len(said) <= seconds + 3, said
    assert len(lines(server, "request", status="201", call="tasks.create")) == len(good), "others are logged as ever"
    report(refused=count, lines=len(said), log_bytes=len(server.log()) - size)


def test_streams_are_counted_with_the_other_requests(start_server):
    server = start_server(unlimited=False)
    count = 500
    statuses = flood(server, count, method="GET", path="/sse/connect", token="not.a.token")
    assert set(statuses) <= {401, 429}
    first = eventually(lambda: lines(server, "stream refused"), "the first is logged")
    assert first[0].level == "info" and first[0].fields["address"] == "127.0.0.1"

    def counted():
        return sum(refusals(server)[1].values()) + len(lines(server, "stream refused")) == count

    eventually(counted, "all are counted")
    assert len(refusals(server)[0]) + len(lines(server, "stream refused")) <= 8


def test_behind_a_proxy_each_client_has_its_lines_and_beyond_a_bound_they_are_counted_together(start_server):
    server = start_server({"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.0/8"})
    clients, each = 300, 4
    for number in range(clients):
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        statuses = flood(
            server, each, connections=1, method="GET", token="not.a.token", headers=[("X-Forwarded-For", address)])
        assert statuses == {401: each}
    eventually(lambda: refusals(server)[1] == {"401": clients * each}, "each refusal is counted")
    said, _ = refusals(server)
    assert {line.fields["address"] for line in said} > {"198.51.0.1"}


def test_at_the_level_of_debugging_each_refusal_has_its_line(start_server):
    server = start_server({"BOARDCAST_LOG_LEVEL": "debug"})
    flood(server, 50, method="GET", token="not.a.token")
    eventually(lambda: len(lines(server, "request", status="401")) == 50, "all are logged")
