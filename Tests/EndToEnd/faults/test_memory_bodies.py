"""Bodies that would become more memory than there is: refused before they do, and nobody else is held up."""

import json
import os
import select
import threading
import time

from rest import ok, problem
from scale import percentile, report, scale
from waiting import eventually
from wire import Wire

#: What the server may grow by: the budget of bodies, as much again for what passes through, and some slack. A sanitizer
#: keeps several bytes for each of the server's.
LIMIT = int(os.environ.get("BOARDCAST_TEST_MEBIBYTES") or 100) << 20
MIB = 1 << 20
#: Bodies that each of the connections sends.
ROUNDS = scale(4, 40)


def publication(data):
    """A body of a megabyte at most."""
    body = json.dumps({"type": "test.flood", "data": data}, separators=(",", ":")).encode()
    assert len(body) <= MIB
    return body


NUMBERS = publication([1] * 500_000)
LABELS = publication(["a"] * 240_000)
NESTED = publication([{"a": 1}] * 130_000)
STRING = publication("x" * (MIB - 100))


class Sender(threading.Thread):
    """One connection that sends a body again and again, and counts the answers by status and code."""

    def __init__(self, server, token, bodies, rounds):
        super().__init__(daemon=True)
        self.server, self.token, self.bodies, self.rounds = server, token, bodies, rounds
        self.answers, self.failure = [], None
        self.start()

    def run(self):
        try:
            with Wire(self.server) as wire:
                for i in range(self.rounds):
                    wire.request("POST", "/api/publish", self.token, body=self.bodies[i % len(self.bodies)])
                    answer = wire.response()
                    self.answers.append((answer.status, answer.json.get("code")))
                    if answer.status == 503:
                        assert int(answer.header("Retry-After")) >= 1
        except Exception as error:
            self.failure = error


def hold_room(server, token, length, is_taken):
    """A connection whose body is announced and does not come, once it has its room.

    A call that looks whether the room is taken may have it first; then the body is announced again.
    """
    def held():
        wire = Wire(server)
        wire.request("POST", "/api/publish", token, headers=[
            ("Content-Type", "application/json"), ("Content-Length", str(length))])
        while not select.select([wire.socket], [], [], 0)[0]:
            if is_taken():
                return wire
        wire.close()
        return None

    return eventually(held, "the room is taken")


def test_a_body_is_refused_by_its_number_of_values(team):
    api = team.api("hook", role="service")
    head = api.head()
    for body in (NUMBERS, LABELS, NESTED):
        refusal = problem(api.send_raw("POST", "/api/publish", body), 413)
        assert refusal["code"] == "too_many_values" and "10000" in refusal["detail"]
    assert api.head() == head
    # The object, its type and the list count too.
    ok(api.send_raw("POST", "/api/publish", publication([1] * 9_997)), 202)
    problem(api.send_raw("POST", "/api/publish", publication([1] * 9_998)), 413)


def test_large_bodies_at_once_neither_fill_memory_nor_hold_up_the_rest(start_server, make_team):
    server = start_server()
    teams = [make_team(server) for _ in range(3)]
    api = teams[0].api("ann")
    api.create_task("warm-up")
    before = peak = server.rss_bytes()
    senders = [
        Sender(server, team.token(f"hook{i}", role="service"), bodies, rounds=ROUNDS)
        for team in teams for i in range(4) for bodies in ((NUMBERS, LABELS), (NESTED, STRING))
    ]
    health = []
    while any(sender.is_alive() for sender in senders):
        start = time.monotonic()
        assert ok(api.get("/healthz"), 200)
        health.append(time.monotonic() - start)
        peak = max(peak, server.rss_bytes())
    answers = [answer for sender in senders for answer in sender.answers]
    assert [sender.failure for sender in senders if sender.failure] == []
    assert len(answers) == len(senders) * ROUNDS
    report(
        connections=len(senders), bodies=len(answers), taken=answers.count((202, None)),
        too_many_values=answers.count((413, "too_many_values")), no_room=answers.count((503, "bodies_full")),
        mebibytes_before=before >> 20, mebibytes_at_most=peak >> 20,
        health_p99_seconds=round(percentile(health, 0.99), 3))
    assert {*answers} <= {(202, None), (413, "too_many_values"), (503, "bodies_full")}
    assert (413, "too_many_values") in answers
    assert peak - before < LIMIT, f"the server grew by {(peak - before) >> 20} MiB"
    ok(api.post("/api/tasks", {"name": "afterwards"}), 201)


def test_bodies_share_their_room_and_give_it_back(start_server, make_team):
    """A body that is announced and does not come takes room; once it is gone, the room is there again."""
    server = start_server({"BOARDCAST_LIMITS_BODIES_BYTES": "65536"})
    acme, globex = make_team(server), make_team(server)
    api = globex.api("ann")
    api.create_task("before")

    def post():
        return api.post("/api/tasks", {"name": "meanwhile"})

    slow = hold_room(server, acme.token("slow", role="service"), 100_000, lambda: post().status_code == 503)
    answer = post()
    assert problem(answer, 503)["code"] == "bodies_full"
    assert int(answer.headers["Retry-After"]) >= 1
    # Whatever has no body goes on.
    ok(api.get("/api/tasks"), 200)
    slow.close()
    eventually(lambda: post().status_code == 201, "the room is there again")


def test_a_body_in_chunks_counts_as_it_comes(start_server, make_team):
    server = start_server({"BOARDCAST_LIMITS_BODIES_BYTES": str(4 * MIB)})
    team = make_team(server)
    token = team.token("hook", role="service")

    def chunked():
        """The status of a long body in chunks, which a second one leaves no room for."""
        with Wire(server) as wire:
            wire.request("POST", "/api/publish", token, headers=[
                ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")])
            wire.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(STRING), STRING))
            return wire.response().status

    held = hold_room(server, token, len(STRING), lambda: chunked() == 503)
    assert chunked() == 503
    held.send(STRING)
    assert held.response().status == 202
    held.close()
    eventually(lambda: chunked() == 202, "the room is there again")
