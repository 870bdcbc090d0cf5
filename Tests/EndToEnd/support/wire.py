"""HTTP by raw socket, for what no client library would send."""

import json
import select
import socket
import struct

from waiting import DEADLINE


class WireResponse:
    def __init__(self, status, headers):
        self.status, self.headers, self.body = status, headers, b""

    def header(self, name):
        """All values of one header, joined as RFC 9110 §5.3 allows, or None."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def json(self):
        return json.loads(self.body)


class Wire:
    """One TCP connection; responses are read one at a time, so that pipelining can be seen."""

    def __init__(self, server, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE)
        self.socket.connect((server.host, server.port))
        self._reader = self.socket.makefile("rb")
        self.host = f"{server.host}:{server.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._reader.close()
        self.socket.close()

    def reset(self):
        """Closes with a reset, which SO_LINGER with a time of zero brings about."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_until_answered(self, data):
        """Sends, but stops as soon as the server answers or hangs up: it need not read a body that it refuses."""
        view = memoryview(data)
        while view:
            readable, writable, _ = select.select([self.socket], [self.socket], [], DEADLINE)
            assert readable or writable, "the server neither reads nor answers"
            if readable:
                return
            try:
                view = view[self.socket.send(view[:65536]) :]
            except (BrokenPipeError, ConnectionResetError):
                return

    def request(self, method, target, token=None, headers=(), body=b""):
        """Sends one well-formed request."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}"]
        if token is not None:
            lines.append(f"Authorization: Bearer {token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def head(self):
        """Reads a status line and headers; the body is left on the wire."""
        status_line = self._reader.readline()
        assert status_line.startswith(b"HTTP/1.1 "), f"not an HTTP/1.1 answer: {status_line!r}"
        headers = []
        while (line := self._reader.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.strip(), value.strip()))
        return WireResponse(int(status_line.split()[1]), headers)

    def take_buffered(self):
        """What has been received beyond the head, for those who go on with the socket itself."""
        self.socket.setblocking(False)
        held = self._reader.peek() or b""
        self._reader.read(len(held))
        self.socket.settimeout(DEADLINE)
        return held

    def response(self):
        """Reads one whole response."""
        answer = self.head()
        answer.body = b"".join(self.chunks(answer))
        return answer

    def chunks(self, answer):
        """The body's pieces as they arrive: by chunk, by length, or until the end."""
        if (answer.header("Transfer-Encoding") or "").lower() == "chunked":
            while True:
                size_line = self._reader.readline()
                assert size_line, "the connection ended inside a chunked body"
                size = int(size_line.split(b";")[0], 16)
                data = self._reader.read(size)
                self._reader.readline()
                if size == 0:
                    return
                yield data
        elif (length := answer.header("Content-Length")) is not None:
            yield self._reader.read(int(length))
        elif answer.status not in (204, 304):
            while piece := self._reader.read1(65536):
                yield piece

    def lines(self, answer):
        """The body's lines as they arrive, for a stream."""
        held = b""
        for piece in self.chunks(answer):
            held += piece
            *whole, held = held.split(b"\n")
            yield from whole

    def data_frames(self, answer):
        """The JSON of each `data:` line as it arrives."""
        for line in self.lines(answer):
            if line.startswith(b"data:"):
                yield json.loads(line[5:])

    def ended(self):
        """Waits for the server to end the connection; True when it did so with nothing more to say."""
        try:
            return self._reader.read(1) == b""
        except ConnectionResetError:
            return True
