"""Several gateways on one database, and people who move between them."""

import http.client
import random
import threading

import httpx

from sse import Refused, Stream, seq_of
from storm import Subscriber, Writer
from waiting import DEADLINE


class Nodes:
    """The gateways that are up, of which a client is sent to any."""

    def __init__(self, servers):
        self.servers = list(servers)
        self._lock = threading.Lock()
        self._up = list(servers)

    def any(self, rng=random):
        with self._lock:
            return rng.choice(self._up)

    def kill(self, server):
        """kill -9; from now on nobody is sent there."""
        with self._lock:
            self._up.remove(server)
        server.kill()

    def start(self, server):
        server.start()
        with self._lock:
            self._up.append(server)


class RoamingWriter(Writer):
    """Sends each write to some node, and asks another when it gets no answer."""

    def __init__(self, storm, nodes, tenant, name, seed):
        super().__init__(storm, tenant, name, seed)
        self.nodes, self.left = nodes, 0

    def attempt(self, connection, operation):
        self.left -= 1
        if self.left <= 0:
            # As a balancer would: the next write goes elsewhere.
            connection.close()
            node = self.nodes.any(self.rng)
            connection.host, connection.port, self.left = node.host, node.port, self.rng.randint(1, 20)
        done = super().attempt(connection, operation)
        if not done:
            # It was told to wait a second; the test has less patience, and the nodes keep no queue for it.
            self.storm.over.wait(0.02)
        return done

    def connect(self):
        node = self.nodes.any(self.rng)
        self.left = self.rng.randint(1, 20)
        return http.client.HTTPConnection(node.host, node.port, timeout=DEADLINE)


class RoamingReader(Subscriber):
    """Reads some events on a node, leaves, and goes on with its cursor on another."""

    def __init__(self, storm, nodes, tenant, name, seed):
        super().__init__(storm, tenant, name)
        self.nodes, self.rng, self.moves = nodes, random.Random(seed), 0
        self.head = None

    def run(self):
        try:
            while not self.is_done():
                try:
                    self.read()
                except (httpx.TransportError, OSError):
                    self.storm.over.wait(0.02)
                except Refused as refused:
                    if refused.response.status_code != 503:
                        raise
                    self.storm.over.wait(0.02)
        except Exception as error:
            self.failure = error

    def is_done(self):
        return self.head is not None and self.cursor is not None and seq_of(self.cursor) >= self.head

    def read(self):
        node, count = self.nodes.any(self.rng), self.rng.randint(1, 60)
        with Stream(node.url + "/sse/connect", self.token, last_event_id=self.cursor) as stream:
            self.stream = stream
            stream.wait_until(lambda: stream.closed or len(self.numbered(stream)) >= count or self.reaches(stream), "it")
            events = list(stream.events)
        for event in events:
            if event.type == "connection.established":
                if self.cursor is None:
                    self.start_seq = seq_of(event.id)
                else:
                    assert event["recovered"] is True, f"{self.cursor} at {node.url}: {event.data}"
            assert event.type != "stream.resync", event.data
            if event.seq is not None:
                assert seq_of(event.id) == event.seq
                self.events.append(event.data)
            self.cursor = event.id or self.cursor
        self.moves += 1

    @staticmethod
    def numbered(stream):
        return [event for event in stream.events if event.seq is not None]

    def reaches(self, stream):
        return self.head is not None and any(
            event.id and seq_of(event.id) >= self.head for event in stream.events[-3:])
