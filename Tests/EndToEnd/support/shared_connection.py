"""A connection of HTTP/2, frame by frame, for what no client library would send."""

import json
import os
import select
import socket
import ssl

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from waiting import DEADLINE


class Ended(Exception):
    """The server has ended the connection; `code` is that of its GOAWAY, if it sent one."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class SharedConnection:
    def __init__(self, server, window=None):
        context = ssl.create_default_context()
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection((server.host, server.port), timeout=DEADLINE)
        self.socket = context.wrap_socket(raw, server_hostname=server.host)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.authority = f"{server.host}:{server.port}"
        #: Without checks of what we send ourselves.
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=True, header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False))
        if window is not None:
            self.h2.local_settings.initial_window_size = window
        self.h2.initiate_connection()
        self.flush()
        self.bodies, self.statuses, self.ended, self.resets = {}, {}, set(), {}
        self.headers = {}
        self.goaway = None
        #: Whether what was read is acknowledged, so that more may come.
        self.acknowledges = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def raw(self, data):
        self.socket.sendall(data)

    def request(self, method, path, token=None, body=None, headers=(), ends=True):
        """Begins a request, and returns its stream."""
        number = self.h2.get_next_available_stream_id()
        fields = [(":method", method), (":scheme", "https"), (":authority", self.authority), (":path", path)]
        if token:
            fields.append(("authorization", f"Bearer {token}"))
        self.h2.send_headers(number, fields + list(headers), end_stream=body is None and ends)
        if body is not None:
            self.h2.send_data(number, body, end_stream=ends)
        self.flush()
        self.bodies[number] = bytearray()
        return number

    def read(self):
        """Waits for more, and takes it in."""
        try:
            data = self.socket.recv(65_536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Ended(self.goaway)
        for event in self.h2.receive_data(data):
            match event:
                case h2.events.ResponseReceived():
                    self.headers[event.stream_id] = dict(event.headers)
                    self.statuses[event.stream_id] = int(dict(event.headers)[":status"])
                case h2.events.DataReceived():
                    self.bodies[event.stream_id] += event.data
                    if self.acknowledges and event.flow_controlled_length:
                        self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case h2.events.StreamEnded():
                    self.ended.add(event.stream_id)
                case h2.events.StreamReset():
                    self.resets[event.stream_id] = event.error_code
                case h2.events.ConnectionTerminated():
                    self.goaway = event.error_code
        self.flush()

    def until(self, condition):
        while not condition():
            self.read()

    def answer(self, number):
        """The status and body of a request that ends."""
        self.until(lambda: number in self.ended or number in self.resets)
        return self.statuses.get(number), bytes(self.bodies[number])

    def events(self, number):
        """The events of a stream so far."""
        frames = bytes(self.bodies[number]).decode().split("\n\n")[:-1]
        return [json.loads(line.removeprefix("data:")) for frame in frames for line in frame.split("\n")
                if line.startswith("data:")]

    def until_seq(self, number, seq):
        self.until(lambda: any(event.get("seq") == seq for event in self.events(number)))

    def until_ended(self):
        """Reads until the server ends the connection, and returns the code of its GOAWAY, if that was read."""
        try:
            while True:
                self.read()
        except Ended as ended:
            return ended.code
        except (h2.exceptions.ProtocolError, ssl.SSLError, ConnectionError):
            # We have broken off in the middle of a record; what the server says can't be read, but its end is seen.
            self.drain()
            return self.goaway

    def drain(self):
        number = self.socket.fileno()
        try:
            while select.select([number], [], [], DEADLINE)[0]:
                if not os.read(number, 65_536):
                    return
        except ConnectionResetError:
            return
        raise AssertionError("the server does not end the connection")
