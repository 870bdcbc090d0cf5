"""Calls that need no task are answered before the router. Both judge alike: the same requests, sent in a form that only
the router takes, get the same answers from another server."""

import json
import random
import re

import pytest

import tokens
from rest import Api, ok
from sse import Stream
from waiting import DEADLINE, eventually
from wire import Wire

#: Limits that a run of requests does not reach.
FREE = {"BOARDCAST_LIMITS_WRITES_PER_SECOND": "100000", "BOARDCAST_LIMITS_WRITE_BURST": "100000",
        "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "100000", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "100000",
        "BOARDCAST_HTTP_CORS_ORIGINS": "https://app.example"}
#: What differs between any two answers.
OWN = {"date", "x-request-id", "ratelimit"}
SEED = 20261129


def plain(wire, method, target, headers, body):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {wire.host}", *(f"{name}: {value}" for name, value in headers)]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    wire.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))


def in_chunks(wire, method, target, headers, body):
    """In chunks, of which the router alone makes a body."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {wire.host}", *(f"{name}: {value}" for name, value in headers),
             "Transfer-Encoding: chunked"]
    chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    wire.send("\r\n".join(lines).encode() + b"\r\n\r\n" + chunk + b"0\r\n\r\n")


class Side:
    """A server, and the way in which it is asked."""

    def __init__(self, server, ask):
        self.server, self.ask, self.wire = server, ask, Wire(server)
        token = tokens.mint("ann", "acme")
        # As long as somebody is connected, the newest events are in memory.
        self.stream = Stream(server.url + "/sse/connect", token)
        cursor = ok(Api(server.url, token).get("/api/events")).json()["cursor"]
        self.epoch = cursor.partition("-")[2]

    def close(self):
        self.wire.close()
        self.stream.close()

    def answer(self, method, target, *rest):
        self.ask(self.wire, method, target.replace("EPOCH", self.epoch), *rest)
        response = self.wire.response()
        fields = sorted((name.lower(), value) for name, value in response.headers if name.lower() not in OWN)
        if ("connection", "close") in fields:
            self.wire.close()
            self.wire = Wire(self.server)
        return response.status, [(name, self.common(value)) for name, value in fields if name != "content-length"], \
            self.common(response.body.decode())

    def common(self, text):
        """Without what each server has of its own: its epoch, its clock, its address and ids."""
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
        text = re.sub(r'"requestId":"[^"]*"', "ID", text).replace(self.wire.host, "HOST")
        return re.sub(r'(\d)-[0-9a-f]{8}\b', r"\1-EPOCH", text)


@pytest.fixture
def sides(start_server):
    found = [Side(start_server(FREE), ask) for ask in (plain, in_chunks)]
    yield found
    for side in found:
        side.close()


class Requests:
    """Requests such as people and programs send, and such as they should not; the same ones for the same seed."""

    BODIES = {
        "create": [{"name": "a"}, {"name": "b", "description": "ü" * 40, "priority": "high", "labels": ["x", "y"]},
                   {"name": "c", "boardId": "main", "status": "doing"}, {"name": ""}, {"name": 7}, {},
                   {"name": "d", "boardId": "nope"}, {"name": "e", "unknown": 1}, {"name": "f", "dueAt": "2026-13-01"}],
        "update": [{"name": "g"}, {"description": None}, {"priority": "low", "labels": []}, {"name": None},
                   {"assignee": "ben"}, {"status": "done"}, {"color": "red"}],
        "move": [{"status": "done"}, {"status": "todo", "before": 1}, {"status": "nowhere"}, {"after": 2}, {"status": 3}],
        "publish": [{"type": "a.b"}, {"type": "a.b", "data": {"n": [1, 2.5, "x"]}, "boardId": "main"},
                    {"type": "task.created"}, {"type": "A"}, {"type": "a.b", "ephemeral": True},
                    {"type": "a.b", "userId": "ben"}, {"type": "a.b", "boardId": "nope"}],
        "delete": [None, None, {}],
        "type": [{"taskId": task, "typing": typing} for task in (1, 2, 3, 40, 1000) for typing in (True, False)]
        + [{"taskId": "1", "typing": True}, {"taskId": 1}, {"taskId": 1, "typing": True, "more": 1}],
        "poll": [None],
    }
    POLLS = ["", "&limit=1", "&limit=3", "&limit=0", "&limit=2000", "&types=task.*", "&types=A", "&board=main", "&board=nope",
             "&board=main&types=task.updated,a.b&limit=2", "&wait=0", "&wait=31", "&lastEventId=7-EPOCH", "&unknown=1"]
    TOKENS = [{}, {}, {}, {"role": "admin"}, {"role": "service"}, {"role": "viewer"}, {"boards": ["other"]},
              {"boards": ["main"]}, {"sub": "ben"}, {"tenant": "other"}, {"exp": 1}, {"role": "king"}, None]
    TYPES = ["application/json"] * 6 + ["application/json; charset=utf-8", "application/merge-patch+json", "text/plain",
                                        "Application/JSON", None]

    def __init__(self, seed):
        self.rng = random.Random(seed)
        #: Near the newest number.
        self.head = 0

    def next(self):
        rng = self.rng
        kind = rng.choice(list(self.BODIES))
        number = rng.choice([rng.randint(1, 60)] * 8 + [0, -1, "x", "1%20", "01"])
        method, path = {
            "create": ("POST", "/api/tasks"), "update": ("PATCH", f"/api/tasks/{number}"),
            "move": ("POST", f"/api/tasks/{number}/move"), "publish": ("POST", "/api/publish"),
            "delete": ("DELETE", f"/api/tasks/{number}"),
            "type": ("POST", f"/api/boards/{rng.choice(['main'] * 6 + ['nope', 'other', 'x y'])}/typing"),
            "poll": ("GET", "/api/events"),
        }[kind]
        if kind == "poll":
            self.head = max(0, self.head - rng.choice([0, 1, 2, 20, 400]))
            cursor = rng.choice([f"{self.head}-EPOCH"] * 9 + ["0-EPOCH", "9999999-EPOCH", f"{self.head}-00000000", "x", ""])
            return method, path + "?since=" + cursor + rng.choice(self.POLLS), self.headers(), None
        path = rng.choice([path] * 12 + [path + "?", path + "?a=b", path + "?_=1", path + "/", path.upper(), "/" + path])
        body = rng.choice(self.BODIES[kind])
        return method, path, self.headers(), self.spelled(body)

    def headers(self):
        rng = self.rng
        headers = []
        claims = rng.choice(self.TOKENS)
        if claims is not None:
            token = tokens.mint(**{"sub": "ann", "tenant": "acme", **claims})
            token = rng.choice([token] * 20 + [token[:-2], "x"])
            headers.append(("Authorization", rng.choice(["Bearer "] * 9 + ["bearer ", "Basic "]) + token))
        if type := rng.choice(self.TYPES):
            headers.append(("Content-Type", type))
        if rng.random() < 0.2:
            headers.append(("If-Match", rng.choice(['"1"', '"2"', "*", '"7"', "1", 'W/"1"', ""])))
        if rng.random() < 0.3:
            headers.append(("Idempotency-Key", rng.choice(["k1", "k2", "k3", '"k1"', "k" * 129, ""])))
        if rng.random() < 0.2:
            headers.append(("Origin", rng.choice(["https://app.example", "https://evil.example", "null"])))
        if rng.random() < 0.1:
            headers.append(rng.choice([("X-Forwarded-For", "203.0.113.9"), ("Cookie", "boardcast=x"), ("Accept", "*/*")]))
        return headers

    def spelled(self, body):
        rng = self.rng
        if body is None:
            return None
        text = json.dumps(body, ensure_ascii=rng.random() < 0.5)
        odd = rng.random()
        if odd < 0.03:
            text = text[:-1]
        elif odd < 0.06:
            text = "[" + text + "]"
        elif odd < 0.09:
            text = text.replace("{", '{"name":"twice",', 1)
        elif odd < 0.12:
            text = "\ufeff" + text
        elif odd < 0.14:
            text = ""
        return text.encode()


def test_the_front_judges_as_the_router_does(sides):
    requests = Requests(SEED)
    seen = set()
    for number in range(3000):
        request = requests.next()
        answers = [side.answer(*request) for side in sides]
        assert answers[0] == answers[1], f"request {number}: {request}"
        if numbered := re.search(r'"seq":(\d+)}$', answers[0][2]):
            requests.head = int(numbered[1])
        seen.add(answers[0][0])
    # There was something to judge.
    assert {200, 201, 202, 204, 400, 401, 403, 404, 412, 415, 422} <= seen


def test_a_limit_of_writes_counts_each_once(start_server):
    counts = []
    for ask in (plain, in_chunks):
        server = start_server({"BOARDCAST_LIMITS_WRITES_PER_SECOND": "1", "BOARDCAST_LIMITS_WRITE_BURST": "50"})
        side = Side(server, ask)
        token = tokens.mint("ann", "acme")
        headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")]
        remaining = []
        for body in (b'{"name":"a"}', b'{"name":""}', b'{"name":"b"}', b"{"):
            side.ask(side.wire, "POST", "/api/tasks", headers, body)
            remaining.append(re.search(r"r=(\d+)", side.wire.response().header("ratelimit"))[1])
        counts.append(remaining)
        side.close()
    assert counts == [["49", "48", "47", "46"]] * 2


def test_calls_sent_ahead_are_answered_in_order(start_server):
    server = start_server(FREE)
    token = tokens.mint("ann", "acme")
    with Wire(server) as wire:
        for number in range(300):
            if number % 7 == 3:
                wire.request("GET", "/healthz")
            else:
                wire.request("POST", "/api/tasks", token, body=b'{"name":"n%d"}' % number)
        for number in range(300):
            response = wire.response()
            if number % 7 == 3:
                assert response.status == 200
            else:
                assert (response.status, response.json["task"]["name"]) == (201, f"n{number}")


def test_a_body_in_pieces_is_one_body(start_server):
    server = start_server()
    token = tokens.mint("ann", "acme")
    body = b'{"name":"in pieces"}'
    with Wire(server) as wire:
        wire.send((f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode())
        for byte in body:
            wire.send(bytes([byte]))
        assert wire.response().json["task"]["name"] == "in pieces"


def refuses(server):
    try:
        Wire(server).close()
        return False
    except ConnectionRefusedError:
        return True


@pytest.mark.parametrize("rest, status", [(b'"name":"a"}', 201), (b'"name":""}', 400)], ids=["front", "router"])
def test_a_call_under_way_is_answered_when_the_server_goes(rest, status, start_server, make_team):
    # Longer than anybody waits here: the connection has to end by itself once it is answered.
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "300"})
    token = make_team(server).token()
    with Wire(server) as wire:
        wire.send((f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {1 + len(rest)}\r\n\r\n{{").encode())
        server.terminate()
        eventually(lambda: refuses(server), "the server takes no more connections")
        wire.send(rest)
        assert wire.response().status == status
        assert wire.ended()
    assert server.process.wait(DEADLINE) == 0
