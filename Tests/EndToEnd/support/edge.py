"""Readers that come back at the retention's edge, on every transport, and what each of them is told, checked as it comes."""

import asyncio
import base64
import json
import os
import re
import socket
import struct

from waiting import DEADLINE

BLOCK = re.compile(rb'(?:id: (\d+)(?:-[0-9a-f]{8})?\n)?data: (\{"type":"([a-z_.]+)"[^\n]*)\n')
NUMBER = re.compile(rb'^\{"type":"[a-z_.]+","seq":(\d+)')
#: The board to which everything is written.
BOARD = "busy"


class Hole(AssertionError):
    """Events were left out, and nothing was said."""


class Reading:
    """What one reader was told so far."""

    def __init__(self, since):
        self.since = self.seq = since
        self.recovered, self.resyncs, self.heard, self.late = None, 0, 0, 0

    def begin(self, recovered):
        self.recovered = recovered

    def state(self, seq):
        """The state at a number stands for all before it."""
        self.seq, self.recovered = seq, True

    def resync(self, seq):
        self.late += self.recovered is True
        self.seq, self.recovered = seq, True
        self.resyncs += 1

    def event(self, seq):
        if self.recovered is not True:
            raise Hole(f"event {seq} came after {self.seq}, which was not honoured")
        if seq != self.seq + 1:
            raise Hole(f"event {seq} came after {self.seq}; the reader came back at {self.since}")
        self.seq = seq
        self.heard += 1


async def connect(server, head):
    """Sends a request's head on a connection of its own, which leaves nothing behind when it is closed."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (server.host, server.port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=1 << 20)
    writer.write(head.encode())
    return reader, writer


def request(target, token, *more):
    lines = [f"GET {target} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *more]
    return "\r\n".join(lines) + "\r\n\r\n"


async def head_of(reader, status):
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.split()[1] == status, head
    return head


async def blocks(reader):
    """The events of a stream, as `(id, data, type)`. Each is whole within a chunk, so the chunks' lines need no reading."""
    rest = b""
    while data := await reader.read(1 << 18):
        rest += data
        end = rest.rfind(b"\n\n") + 2
        if end < 2:
            continue
        for id, data, type in BLOCK.findall(rest[:end]):
            yield id, data, type
        rest = rest[end:]
    raise Hole("the stream ended")


async def messages(reader):
    """The text messages of a WebSocket."""
    while True:
        first, length = await reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await reader.readexactly(8))
        payload = await reader.readexactly(length)
        assert first & 0x0F in (1, 9), (first, payload)
        if first & 0x0F == 1:
            yield payload


def number_of(cursor):
    return int(cursor.partition("-")[0])


async def follow(server, token, reading, epoch, wanted, plain=False, snapshot=False):
    """A stream, in full or as older dashboards know it."""
    path = "/api/events/stream" if plain else f"/sse/connect{'?snapshot=1' if snapshot else ''}"
    cursor = reading.since if plain else f"{reading.since}-{epoch}"
    reader, writer = await connect(server, request(path, token, f"Last-Event-ID: {cursor}"))
    try:
        await head_of(reader, b"200")
        if plain:
            # The place comes first, in a block without data: where it is the cursor's, that is honoured.
            while not (place := await reader.readline()).startswith(b"id: "):
                pass
            reading.begin(int(place[4:]) == reading.since)
        async for id, data, type in blocks(reader):
            if type == b"connection.established":
                reading.begin(json.loads(data)["recovered"])
            elif type == b"stream.resync":
                reading.resync(number_of(json.loads(data)["cursor"]))
            elif type == b"init":
                reading.state(number_of(json.loads(data)["cursor"]))
            elif id:
                reading.event(int(id))
            if reading.heard >= wanted:
                return
    finally:
        writer.transport.abort()


async def socket_of(server, token, query):
    key = base64.b64encode(os.urandom(16)).decode()
    return await connect(server, request(
        f"/ws/connect{query}", token, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}"))


async def converse(server, token, reading, epoch, wanted, later=False):
    """A WebSocket that comes back, or that adds the board later, from a cursor on."""
    query = "?board=main" if later else f"?since={reading.since}-{epoch}"
    reader, writer = await socket_of(server, token, query)
    try:
        await head_of(reader, b"101")
        if later:
            text = json.dumps({"type": "subscribe", "boards": [BOARD], "since": f"{reading.since}-{epoch}"}).encode()
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))
            writer.write(struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked)
        async for message in messages(reader):
            if number := NUMBER.match(message):
                reading.event(int(number[1]))
            elif message.startswith(b'{"type":"connection.established"'):
                if not later:
                    reading.begin(json.loads(message)["recovered"])
            elif message.startswith(b'{"type":"stream.resync"'):
                reading.resync(number_of(json.loads(message)["cursor"]))
            elif message.startswith(b'{"type":"subscribed"'):
                # With a resync before it, it has been said already where it goes on.
                if reading.resyncs == 0:
                    reading.begin(json.loads(message)["recovered"])
            if reading.heard >= wanted:
                return
    finally:
        writer.transport.abort()


async def poll(server, token, reading, epoch, wanted, limit=1000, wait=0):
    """Polls, page after page."""
    cursor = f"{reading.since}-{epoch}"
    while reading.heard < wanted:
        target = f"/api/events?since={cursor}&limit={limit}&wait={wait}"
        reader, writer = await connect(server, request(target, token, "Connection: close"))
        try:
            head = await head_of(reader, b"200")
            length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
            page = json.loads(await reader.readexactly(length))
        finally:
            writer.transport.abort()
        place = number_of(page["cursor"])
        if page["recovered"]:
            reading.begin(True)
            for event in page["events"]:
                reading.event(event["seq"])
            if place != reading.seq:
                raise Hole(f"{place} is where to go on, after {reading.seq}")
        else:
            assert page["reason"] == "cursor_expired" and not page["events"], page
            reading.resync(place)
        cursor = page["cursor"]


#: By name: how a reader comes back.
TRANSPORTS = {
    "stream": follow,
    "stream with state": lambda *args: follow(*args, snapshot=True),
    "numbered stream": lambda *args: follow(*args, plain=True),
    "WebSocket": converse,
    "WebSocket's subscription": lambda *args: converse(*args, later=True),
    "poll": poll,
    "poll in small pages": lambda *args: poll(*args, limit=7),
    "waiting poll": lambda *args: poll(*args, wait=5),
}


async def resume(name, server, token, since, epoch, wanted):
    """Comes back once; returns what was told."""
    reading = Reading(since)
    await asyncio.wait_for(TRANSPORTS[name](server, token, reading, epoch, wanted), DEADLINE)
    return reading
