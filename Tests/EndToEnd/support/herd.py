"""Many streams read by one thread, cheaply; each event as JSON, and how each response ended."""

import json
import selectors
import time

from waiting import DEADLINE
from wire import Wire


class Member:
    """One stream by raw socket: its status, its events, whether it ended and how."""

    def __init__(self, server, token, target):
        self.wire = Wire(server)
        self.wire.request("GET", target, token)
        self.wire.socket.setblocking(False)
        self.status, self.head, self.events, self.frames = None, b"", [], []
        #: The last `id:` seen.
        self.cursor = None
        #: `ended`: the connection is over; `clean`: the chunked body was complete (RFC 9112 §8).
        self.ended = self.clean = False
        self._raw, self._text = b"", b""

    def read(self):
        """Takes what has come; not to be called when nothing has."""
        try:
            data = self.wire.socket.recv(1 << 18)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self.ended = True
            return
        self._raw += data
        if self.status is None:
            head, found, rest = self._raw.partition(b"\r\n\r\n")
            if not found:
                return
            self.status, self.head, self._raw = int(head.split(b" ", 2)[1]), head, rest
        self._dechunk()

    def _dechunk(self):
        while not self.clean:
            size, found, rest = self._raw.partition(b"\r\n")
            if not found:
                break
            length = int(size.split(b";")[0], 16)
            if len(rest) < length + 2:
                break
            self._text += rest[:length]
            self._raw = rest[length + 2 :]
            self.clean = length == 0
        *whole, self._text = self._text.split(b"\n\n")
        for frame in whole:
            self.frames.append(frame)
            for line in frame.split(b"\n"):
                if line.startswith(b"data:"):
                    self.events.append(json.loads(line[5:]))
                elif line.startswith(b"id: "):
                    self.cursor = line[4:].decode()


class Herd:
    """Opens streams and reads them all until a condition holds."""

    def __init__(self):
        self.members = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._selector.close()
        for member in self.members:
            member.wire.close()

    def open(self, server, token, target="/sse/connect"):
        member = Member(server, token, target)
        self.members.append(member)
        self._selector.register(member.wire.socket, selectors.EVENT_READ, member)
        return member

    def run(self, until, deadline=DEADLINE):
        """Reads until `until()` holds, or fails."""
        end = time.monotonic() + deadline
        while not until():
            assert time.monotonic() < end, f"never happened in {deadline:.0f} s; {self}"
            for key, _ in self._selector.select(0.2):
                key.data.read()
                if key.data.ended:
                    self._selector.unregister(key.fileobj)

    def __str__(self):
        ended = sum(member.ended for member in self.members)
        return f"{len(self.members)} streams, {ended} of them ended"
