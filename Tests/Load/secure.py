#!/usr/bin/env python3
"""What TLS and HTTP/2 cost: secure.py [--streams 500] [--events 200]

As many streams in the clear, over TLS, and over HTTP/2 with a hundred on each connection: memory of one, processor time to
open one and to send it an event. Needs a release build, `openssl`, and `h2` (the environment of `make test` has it: run this
by `.venv/bin/python`). Prints Markdown; exit 1 when something was lost.
"""
import argparse, http.client, json, os, selectors, socket, ssl, subprocess, sys, tempfile, time

import target

try:
    import h2.config, h2.connection, h2.events
except ImportError:
    sys.exit("h2 is missing: run .venv/bin/python Tests/Load/secure.py after make setup-test")

PATH = "/sse/connect?board=main&types=load.event"
STREAMS_OF_ONE = 100


class Plain:
    """A stream that has a connection of its own."""

    streams = 1

    def __init__(self, server, context):
        raw = socket.create_connection((server.host, server.port))
        self.socket = context.wrap_socket(raw, server_hostname="localhost") if context else raw
        self.socket.sendall(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {target.token('reader')}\r\n\r\n".encode())
        self.socket.setblocking(False)
        self.opened = self.events = 0

    def take(self):
        """Reads what has come."""
        try:
            data = self.socket.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        self.opened += data.count(b'"type":"connection.established"')
        self.events += data.count(b'"type":"load.event"')


class Shared:
    """Streams that share one connection by HTTP/2."""

    streams = STREAMS_OF_ONE

    def __init__(self, server, context):
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection((server.host, server.port)), server_hostname="localhost")
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        for number in range(self.streams):
            self.h2.send_headers(1 + 2 * number, [
                (":method", "GET"), (":path", PATH), (":scheme", "https"), (":authority", "localhost"),
                ("authorization", f"Bearer {target.token('reader')}")], end_stream=True)
        self.socket.sendall(self.h2.data_to_send())
        self.socket.setblocking(False)
        self.opened = self.events = 0

    def take(self):
        try:
            data = self.socket.recv(262144)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.DataReceived):
                self.opened += event.data.count(b'"type":"connection.established"')
                self.events += event.data.count(b'"type":"load.event"')
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        if answer := self.h2.data_to_send():
            self.socket.sendall(answer)


class Readers:
    def __init__(self):
        self.all, self.selector = [], selectors.DefaultSelector()

    def add(self, reader):
        self.all.append(reader)
        self.selector.register(reader.socket, selectors.EVENT_READ, reader)

    def until(self, done, seconds=60):
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                sys.exit(f"lost: {self.opened} streams are open, {self.events} events came")
            for key, _ in self.selector.select(0.05):
                key.data.take()
                while isinstance(key.data.socket, ssl.SSLSocket) and key.data.socket.pending():
                    key.data.take()

    opened = property(lambda self: sum(reader.opened for reader in self.all))
    events = property(lambda self: sum(reader.events for reader in self.all))


def measure(kind, count, events, settings, context):
    with target.Target(**settings, LIMITS_WRITES_PER_SECOND="100000", LIMITS_WRITE_BURST="100000") as server:
        readers = Readers()
        # The first has what all share made.
        readers.add(kind(server, context and context()))
        readers.until(lambda: readers.opened == kind.streams)
        memory, cpu = server.resident(), server.cpu_seconds()
        while readers.opened < count + kind.streams:
            readers.add(kind(server, context and context()))
            readers.until(lambda: readers.opened == len(readers.all) * kind.streams)
        memory, opening = (server.resident() - memory) / count, (server.cpu_seconds() - cpu) / count
        publisher = http.client.HTTPSConnection(server.host, server.port, context=context()) if context else \
            http.client.HTTPConnection(server.host, server.port)
        cpu = server.cpu_seconds()
        for number in range(events):
            publisher.request("POST", "/api/publish", json.dumps({"type": "load.event", "boardId": "main", "data": "x" * 200}), {
                "Authorization": f"Bearer {target.token('writer', 'service')}", "Content-Type": "application/json"})
            answer = publisher.getresponse()
            assert answer.status == 202, answer.read()
            answer.read()
            # One at a time: nothing gathers.
            readers.until(lambda: readers.events == (number + 1) * readers.opened)
        delivery = (server.cpu_seconds() - cpu) / (events * readers.opened)
        return memory, opening, delivery


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--events", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        secure = {"HTTP_TLS_CERTIFICATE_FILE": certificate, "HTTP_TLS_KEY_FILE": key}

        def context():
            return ssl.create_default_context(cafile=certificate)

        print("| streams | memory of one | CPU to open one | CPU to send one an event |\n|---|---|---|---|")
        for name, kind, settings, client in (
                ("HTTP/1.1 in the clear", Plain, {}, None), ("HTTP/1.1 over TLS", Plain, secure, context),
                (f"HTTP/2, {STREAMS_OF_ONE} on a connection", Shared, secure, context)):
            memory, opening, delivery = measure(kind, options.streams, options.events, settings, client)
            print(f"| {name} | {memory / 1000:.1f} KB | {opening * 1e6:.0f} µs | {delivery * 1e6:.1f} µs |", flush=True)


if __name__ == "__main__":
    main()
