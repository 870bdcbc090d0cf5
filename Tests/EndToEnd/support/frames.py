"""WebSocket frames by hand (RFC 6455 §5.2), for what no client library would send."""

import base64
import hashlib
import json
import os
import struct

from wire import Wire

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode, payload=b"", fin=True, reserved=0, masked=True, announced=None):
    """One frame; `announced` is the length it claims to have, if not its own."""
    length = len(payload) if announced is None else announced
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, mask_bit | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def handshake(key=None, version="13", **changed):
    """The fields of an opening handshake (RFC 6455 §4.1); None leaves one out."""
    fields = {
        "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": key or base64.b64encode(os.urandom(16)).decode(), "Sec-WebSocket-Version": version,
    }
    fields.update({name.replace("_", "-"): value for name, value in changed.items()})
    return [(name, value) for name, value in fields.items() if value is not None]


def accept(key):
    """What `Sec-WebSocket-Accept` must be (RFC 6455 §4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


class FrameWire(Wire):
    """A raw connection on which the handshake is done."""

    def __init__(self, server, token=None, target="/ws/connect", receive_buffer=None, early=b""):
        super().__init__(server, receive_buffer)
        key = base64.b64encode(os.urandom(16)).decode()
        fields = handshake(key) + ([("Authorization", f"Bearer {token}")] if token else [])
        lines = [f"GET {target} HTTP/1.1", f"Host: {self.host}", *(f"{name}: {value}" for name, value in fields)]
        # `early` are frames of a client that does not wait for the answer.
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + early)
        answer = self.head()
        assert answer.status == 101, f"{answer.status} {answer.headers}"
        assert answer.header("Sec-WebSocket-Accept") == accept(key)
        assert (answer.header("Upgrade") or "").lower() == "websocket"
        assert (answer.header("Connection") or "").lower() == "upgrade"

    def say(self, opcode, payload=b"", **options):
        self.send(frame(opcode, payload, **options))

    def read_frame(self):
        """The next frame as (opcode, payload), or None at the end of the connection."""
        try:
            head = self._reader.read(2)
        except ConnectionResetError:
            return None
        if len(head) < 2:
            return None
        assert head[0] & 0x70 == 0, "reserved bits are clear"
        assert head[1] & 0x80 == 0, "a server never masks (RFC 6455 §5.1)"
        length = head[1] & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._reader.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._reader.read(8))
        return head[0] & 0x0F, self._reader.read(length)

    def wait_for(self, opcode):
        """The payload of the next frame of this kind; others are passed over."""
        while (found := self.read_frame()) is not None:
            if found[0] == opcode:
                return found[1]
        raise AssertionError(f"the connection ended without a frame {opcode:#x}")

    def wait_for_event(self, type):
        while True:
            event = json.loads(self.wait_for(TEXT))
            if event["type"] == type:
                return event

    def close_code(self):
        """Reads on until the server's close frame, and returns its code; None if there is none in it."""
        payload = self.wait_for(CLOSE)
        payload[2:].decode("utf-8")
        return struct.unpack("!H", payload[:2])[0] if payload else None
