"""Writers and readers over a server that dies and comes back, and what must hold of all they did and heard."""

import http.client
import json
import random
import threading
import time
import uuid

import httpx

import tokens
from board_model import STATUSES, BoardModel, assert_dense, by_id
from rest import Api
from sse import Refused, Stream, seq_of
from waiting import DEADLINE, eventually

WRITERS = 16
BOARDS = ["main", "side"]


class Storm:
    """What the writers, the readers and the test share."""

    def __init__(self, server):
        self.server = server
        self.up = threading.Event()
        self.over = threading.Event()
        self.acknowledged = 0
        self.changed = threading.Condition()

    def acknowledge(self):
        with self.changed:
            self.acknowledged += 1
            self.changed.notify_all()

    def wait_for_acknowledged(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.acknowledged >= count, DEADLINE), "the writers got stuck"


class Operation:
    """One write with a key of its own, repeated under that key until it is answered."""

    def __init__(self, method, path, body, status, task_id=None):
        self.key = uuid.uuid4().hex
        self.method, self.path, self.body, self.status, self.task_id = method, path, body, status, task_id
        self.seq = None
        self.attempts = 0


class Writer(threading.Thread):
    """Makes, changes and deletes tasks of its own, one operation after the other."""

    def __init__(self, storm, tenant, name, seed):
        super().__init__(daemon=True)
        self.storm, self.rng = storm, random.Random(seed)
        self.headers = {"Authorization": f"Bearer {tokens.mint(name, tenant)}", "Content-Type": "application/json"}
        self.tenant, self.tasks, self.done, self.failure = tenant, [], [], None

    def run(self):
        connection, operation = None, None
        try:
            while not (self.storm.over.is_set() and operation is None):
                self.storm.up.wait()
                operation = operation or self.choose()
                try:
                    connection = connection or self.connect()
                    if self.attempt(connection, operation):
                        operation = None
                except (OSError, http.client.HTTPException):
                    # Nobody knows whether it was done. It is sent again under the same key.
                    connection = connection.close()
        except Exception as error:
            self.failure = error
            with self.storm.changed:
                self.storm.changed.notify_all()

    def connect(self):
        return http.client.HTTPConnection(self.storm.server.host, self.storm.server.port, timeout=DEADLINE)

    def choose(self):
        choice = self.rng.random()
        if choice < 0.6 or not self.tasks:
            body = {"name": f"n{self.rng.randrange(10**6)}", "boardId": self.rng.choice(BOARDS)}
            return Operation("POST", "/api/tasks", body, 201)
        task_id = self.rng.choice(self.tasks)
        if choice < 0.9:
            body = {"name": f"n{self.rng.randrange(10**6)}", "status": self.rng.choice(STATUSES)}
            return Operation("PATCH", f"/api/tasks/{task_id}", body, 200, task_id)
        self.tasks.remove(task_id)
        return Operation("DELETE", f"/api/tasks/{task_id}", None, 204, task_id)

    def attempt(self, connection, operation):
        operation.attempts += 1
        content = json.dumps(operation.body) if operation.body is not None else None
        connection.request(
            operation.method, operation.path, content, {**self.headers, "Idempotency-Key": operation.key}
        )
        answer = connection.getresponse()
        content = answer.read()
        if answer.status in (429, 503):
            return False
        assert answer.status == operation.status, f"{operation.method} {operation.path}: {answer.status} {content}"
        if operation.method == "DELETE":
            operation.seq = int(answer.getheader("Boardcast-Seq"))
        else:
            reply = json.loads(content)
            operation.seq, operation.task_id = reply["seq"], reply["task"]["id"]
            if operation.method == "POST":
                self.tasks.append(operation.task_id)
        self.done.append(operation)
        self.storm.acknowledge()
        return True


class Subscriber(threading.Thread):
    """Reads one tenant's stream, and comes back with its cursor whenever it was cut off."""

    def __init__(self, storm, tenant, name):
        super().__init__(daemon=True)
        self.storm, self.tenant, self.token = storm, tenant, tokens.mint(name, tenant)
        self.cursor, self.start_seq, self.events, self.failure = None, None, [], None
        self.stream, self.connections = None, 0

    def run(self):
        try:
            while not self.storm.over.is_set():
                self.storm.up.wait()
                try:
                    self.read()
                except (httpx.TransportError, OSError):
                    continue
                except Refused as refused:
                    if refused.response.status_code != 503:
                        raise
        except Exception as error:
            self.failure = error

    def read(self):
        with Stream(self.storm.server.url + "/sse/connect", self.token, last_event_id=self.cursor) as stream:
            self.stream = stream
            stream.wait_for_end()
            for event in stream.events:
                if event.type == "connection.established":
                    if self.cursor is None:
                        self.start_seq = seq_of(event.id)
                    else:
                        assert event["recovered"] is True, event.data
                assert event.type != "stream.resync", event.data
                if event.seq is not None:
                    assert seq_of(event.id) == event.seq
                    self.events.append(event.data)
                self.cursor = event.id or self.cursor
            self.connections += 1


class Ledger:
    """One tenant's log as the server tells it, read on after every restart."""

    def __init__(self, api):
        self.cursor = api.head()
        self.start = seq_of(self.cursor)
        self.events, self.model = [], BoardModel()

    def read_on(self, api):
        for event in api.whole_log(self.cursor):
            self.events.append(event)
            self.model.apply(event)
        self.cursor = api.head()
        assert_dense([event["seq"] for event in self.events], self.start + 1)
        for board in BOARDS:
            numbers = [event["boardSeq"] for event in self.events if event["boardId"] == board]
            assert_dense(numbers, numbers[0] if numbers else 1)

    def at(self, seq):
        return self.events[seq - self.start - 1]

    def check_boards(self, api):
        """Rows and events tell the same story."""
        for board in BOARDS:
            assert by_id(api.snapshot(board)["tasks"]) == self.model.on(board)


def check_acknowledged(operations, ledger):
    for operation in operations:
        assert operation.seq <= ledger.start + len(ledger.events), f"acknowledged as {operation.seq}, but lost"
        event = ledger.at(operation.seq)
        assert event["op"] == operation.key and event["taskId"] == operation.task_id, f"{operation.seq} is another's"


def weather(server, rng, strikes, strike):
    """Sixteen writers and four readers, while `strike(number)` does to the server what it will; each time it is back, and
    at the end, all that was acknowledged is there, and was announced, once.

    Returns how many writes were acknowledged, how many had to be asked again, and how long the strikes took."""
    storm = Storm(server)
    tenants = {"north": 12, "south": 4}
    assert sum(tenants.values()) == WRITERS
    ledgers, readers = {}, {}
    for tenant in tenants:
        admin = Api(server.url, tokens.mint("root", tenant, role="admin"))
        admin.create_board("side")
        ledgers[tenant] = Ledger(admin)
        readers[tenant] = admin
    writers = [
        Writer(storm, tenant, f"writer{i}", rng.random()) for tenant, count in tenants.items() for i in range(count)
    ]
    subscribers = [Subscriber(storm, tenant, f"reader{i}") for tenant in tenants for i in range(2)]
    storm.up.set()
    for subscriber in subscribers:
        subscriber.start()
    eventually(lambda: all(s.stream and s.stream.events for s in subscribers), "the readers are connected")
    for writer in writers:
        writer.start()

    def verify():
        for tenant, ledger in ledgers.items():
            api = Api(server.url, readers[tenant].token)
            ledger.read_on(api)
            ledger.check_boards(api)
            done = [operation for writer in writers if writer.tenant == tenant for operation in list(writer.done)]
            check_acknowledged(done, ledger)
            api.close()

    times = []
    for number in range(strikes):
        storm.wait_for_acknowledged(storm.acknowledged + rng.randint(1, 140))
        storm.up.clear()
        began = time.monotonic()
        strike(number)
        times.append(time.monotonic() - began)
        # The writers still wait, so the log and the boards stand still while they are compared.
        verify()
        assert [writer.failure for writer in writers if writer.failure] == []
        storm.up.set()

    storm.wait_for_acknowledged(storm.acknowledged + 100)
    storm.over.set()
    for writer in writers:
        writer.join(DEADLINE)
        assert not writer.is_alive() and writer.failure is None, writer.failure
    verify()
    for tenant, ledger in ledgers.items():
        operations = [operation for writer in writers if writer.tenant == tenant for operation in writer.done]
        check_every_operation_once(operations, ledger)

    # The readers have read to the end before the server goes; then what they hold is compared with the log.
    heads = {tenant: ledger.start + len(ledger.events) for tenant, ledger in ledgers.items()}
    for subscriber in subscribers:
        head = heads[subscriber.tenant]
        eventually(lambda: has_read(subscriber, head), "a reader caught up")
    server.stop()
    for subscriber in subscribers:
        subscriber.join(DEADLINE)
        assert subscriber.failure is None, subscriber.failure
        ledger = ledgers[subscriber.tenant]
        numbers = [event["seq"] for event in subscriber.events]
        assert_dense(numbers, subscriber.start_seq + 1)
        assert numbers[-1] == heads[subscriber.tenant]
        kept = ledger.events[subscriber.start_seq - ledger.start :]
        assert subscriber.events == kept, "something was told that is not what was kept"
        assert subscriber.connections > 1, "it came back at least once"
    repeated = sum(operation.attempts > 1 for writer in writers for operation in writer.done)
    return storm.acknowledged, repeated, times


def check_every_operation_once(operations, ledger):
    """A key stands for one write, however often it was sent: its events are together, and nobody else's."""
    by_op = {}
    for event in ledger.events:
        by_op.setdefault(event["op"], []).append(event)
    known = {operation.key: operation for operation in operations}
    assert set(by_op) <= set(known), "an event of nobody's"
    for op, events in by_op.items():
        assert_dense([event["seq"] for event in events], events[0]["seq"])
        types = [event["type"] for event in events]
        assert len(set(types)) == len(types), f"{op} was done twice: {types}"
        assert {event["taskId"] for event in events} == {known[op].task_id}


def has_read(subscriber, head):
    events = subscriber.stream.events
    return bool(events) and any(event.seq == head or seq_of(event.id) == head for event in events[-3:])
