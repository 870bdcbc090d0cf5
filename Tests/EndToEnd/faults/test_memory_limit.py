"""A process with little memory: nothing that the clients of one tenant send, or leave unread, ends it."""

import json
import os
import time

import pytest
from memory_group import MemoryGroup
from rest import ok
from scale import report, scale
from waiting import eventually
from wire import Wire

MIB = 1 << 20
#: The limit of the control group. A build for debugging takes 30 MiB more for itself, and a sanitizer far more.
LIMIT = int(os.environ.get("BOARDCAST_TEST_GROUP_MEBIBYTES") or scale(192, 128)) * MIB
#: A sixteenth for each budget, as the server takes for itself where it sees the group.
BUDGETS = {f"BOARDCAST_LIMITS_{name}_BYTES": str(LIMIT // 16) for name in (
    "BODIES", "ANSWERS", "QUEUES", "RECENT_FRAMES")}
CLIENTS = scale(24, 100)
TEXT = "d" * 20_000


@pytest.fixture
def small(start_server):
    """A server in a group of its own; where none can be made, one with the budgets that it would have there."""
    group = MemoryGroup(LIMIT)
    server = start_server(BUDGETS if group.path is None else {}, memory=group)
    yield server
    server.dispose()
    group.remove()


class Unread:
    """Connections whose clients ask, and read nothing of the answer."""

    def __init__(self, server, team):
        self.server, self.team, self.wires = server, team, []

    def ask(self, target, times, method="GET", headers=(), body=b"", role="service"):
        for i in range(times):
            wire = Wire(self.server, receive_buffer=4096)
            wire.request(method, target(i) if callable(target) else target,
                         self.team.token(f"reader{i}", role=role), headers=headers, body=body)
            self.wires.append(wire)

    def close(self):
        for wire in self.wires:
            wire.close()


def test_one_tenant_can_not_use_up_the_memory(small, make_team):
    team, other = make_team(small), make_team(small)
    board, cursor = other.stream("ben"), team.api("hook", role="service").head()
    unread = team.keep(Unread(small, team))
    slowest = 0.0

    def publish(text):
        """As soon as there is room for it."""
        body = {"type": "test.big", "data": {"text": text}}
        eventually(lambda: anew(team, role="service").post("/api/publish", body).status_code == 202, "published")

    def anew(team, **claims):
        """On a connection of its own: one that has rested may be closed for others at any moment."""
        return team.api("ann", **claims)

    def still_there(what):
        nonlocal slowest
        start = time.monotonic()
        ok(anew(other).get("/healthz"), 200)
        took = time.monotonic() - start
        slowest = max(slowest, took)
        assert small.alive, f"ended by {what}"
        # The other tenant's work goes on; a budget that is full for a moment says so.
        answer = eventually(lambda: (a := anew(other).post("/api/tasks", {"name": what})).status_code != 503 and a, what)
        ok(answer, 201)
        board.wait_for_seq(answer.json()["seq"])
        print(f"{what}: {small.rss_bytes() >> 20} MiB, health after {took * 1000:.0f} ms")

    still_there("the beginning")
    for i in range(scale(30, 120)):
        publish("x" * 900_000)
    still_there("large events")
    api = anew(team, role="service")
    for i in range(scale(150, 1500)):
        api.create_task(f"task {i}", description=TEXT)
    still_there("large tasks")

    unread.ask(f"/sse/connect?since={cursor}", CLIENTS)
    still_there("streams from the beginning")
    unread.ask(f"/api/events?since={cursor}&limit=1000", CLIENTS)
    still_there("polls from the beginning")
    unread.ask("/api/boards/main/snapshot", CLIENTS)
    unread.ask("/api/boards/main/export?format=csv", CLIENTS)
    still_there("snapshots")
    unread.ask("/sse/connect?snapshot=1", CLIENTS)
    unread.ask("/api/tasks?limit=200", CLIENTS)
    still_there("states and pages")
    unread.ask(lambda i: f"/api/tasks/stream/inbox?limit={200 - i}", CLIENTS)
    still_there("lists")
    unread.ask("/healthz", scale(300, 3000))
    # The tenant's own readings are in line; a page of its log may find no place there at first.
    newest = eventually(lambda: (a := anew(team).get("/api/events?limit=1")).status_code != 503 and a, "the newest event")
    unread.ask(f"/api/events?since={ok(newest, 200).json()['cursor']}&wait=30", CLIENTS)
    still_there("connections at rest")
    numbers = json.dumps({"type": "test.flood", "data": [1] * 9_000, "more": None}).encode()
    texts = json.dumps({"type": "test.flood", "data": "y" * 1_000_000}).encode()
    for body in (numbers, texts):
        unread.ask("/api/publish", CLIENTS, "POST", body=body)
        still_there("bodies")
    for _ in range(10):
        publish("z" * 900_000)
    still_there("large events to all of them")

    # The pages of the binary are the files' own, and not the group's.
    peak = small.peak_bytes() - small.file_bytes()
    report(limit_mib=LIMIT >> 20, peak_mib=peak >> 20,
           unread_connections=len(unread.wires), slowest_health_ms=round(slowest * 1000),
           in_a_control_group=small.memory.path is not None)
    assert peak < LIMIT
    # Whoever reads gets everything, in order.
    for wire in unread.wires:
        wire.close()
    reader = team.stream("patient", last_event_id=cursor)
    reader.wait_for_seq(team.fence())


def test_requests_that_wait_for_large_readings_leave_connections_to_others(start_server, make_team):
    """They wait in an eighth of the connections at most; who finds no place there is answered, and gives way."""
    server = start_server({
        "BOARDCAST_LIMITS_REQUEST_CONNECTIONS": "64", "BOARDCAST_LIMITS_ANSWERS_BYTES": str(8 << 20)})
    team, other = make_team(server), make_team(server)
    api = team.api("ann")
    for i in range(200):
        api.create_task(f"task {i}", description=TEXT)
    wires = [Wire(server) for _ in range(60)]
    for wire in wires:
        wire.request("GET", "/api/boards/main/snapshot", team.token("ann"))
    ok(other.api("ann").get("/healthz"), 200)
    answers = []
    for wire in wires:
        answers.append(wire.response())
        wire.close()
    refused = [answer for answer in answers if answer.status == 503]
    assert refused and {answer.json["code"] for answer in refused} == {"answers_full"}
    assert all(answer.header("Retry-After") == "1" for answer in refused)
    read = [answer for answer in answers if answer.status == 200]
    assert len(read) + len(refused) == len(wires)
    assert read and all(len(answer.json["tasks"]) == 200 for answer in read)
