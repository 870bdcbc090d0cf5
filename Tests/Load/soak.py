#!/usr/bin/env python3
"""A long run under churn: soak.py [--seconds 600] [--clients 150] [--seed N]

Readers (SSE, and WebSocket where the server has it) come, read, leave in every manner and come back with their cursors;
some read slowly; writers write. At the end every reader must have been given every event once and in order. The same
happens in a shorter warm-up round first; memory and descriptors after the long round must be what they were after the
short one; in an hour and more it may not grow by a MiB an hour either, once the first quarter is over. Needs a release build. Prints a table of Markdown; exit 1 when a promise was broken.
"""
import argparse, asyncio, base64, json, os, random, re, resource, socket, struct, sys, time

import target

WRITERS, RATE = 4, 10  # events a second of each
SLOW, RETAINED = 5, 4000
DEADLINE = 60
ID = re.compile(rb"^id: (\S+)$", re.M)


class Broken(Exception):
    """A promise was not kept."""


class Place:
    """How far one reader has come; takes each event's number in turn."""

    def __init__(self):
        self.seq, self.cursor, self.heard, self.connections = None, None, 0, 0

    def begin(self, established):
        self.connections += 1
        if self.cursor is None:
            self.cursor = established["cursor"]
            self.seq = int(self.cursor.partition("-")[0])
        elif not established["recovered"] or established["cursor"] != self.cursor:
            raise Broken(f"came back at {self.cursor}, and was told {established}")

    def take(self, seq, cursor):
        if seq != self.seq + 1:
            raise Broken(f"event {seq} came after {self.seq}")
        self.seq, self.cursor, self.heard = seq, cursor, self.heard + 1

    def told(self, type, event):
        if type in ("stream.resync", "stream.closing", "error"):
            raise Broken(f"was told {event}")


async def open_socket(server, receive_buffer):
    """A socket with small buffers, where that is wanted, from the beginning."""
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        # Segments as on a network: loopback's are longer than this window, and the kernel then sends one each 200 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (server.host, server.port))
    return await asyncio.open_connection(sock=sock, limit=receive_buffer or 1 << 16)


class EventStream:
    """One SSE connection, from its request to its end."""

    transport = "sse"

    def __init__(self, place):
        self.place = place

    async def open(self, server, token, receive_buffer=None):
        self.reader, self.writer = await open_socket(server, receive_buffer)
        last = f"Last-Event-ID: {self.place.cursor}\r\n" if self.place.cursor else ""
        self.writer.write(
            f"GET /sse/connect HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{last}\r\n".encode())
        status = (await self.reader.readline()).split()[1]
        if status != b"200":
            raise Broken(f"a stream was answered {status.decode()}")
        while await self.reader.readline() != b"\r\n":
            pass

    async def read(self):
        """Takes the next chunk; whole events only, since that is how they are sent."""
        size = int((await self.reader.readline()).split(b";")[0] or b"0", 16)
        if size == 0:
            raise Broken("the server ended a stream")
        chunk = (await self.reader.readexactly(size + 2))[:-2]
        for frame in chunk.split(b"\n\n"):
            # An event's JSON need not be read to know its number.
            if (id := ID.search(frame)) and b'"connection.established"' not in frame[:400]:
                cursor = id[1].decode()
                self.place.take(int(cursor.partition("-")[0]), cursor)
            elif (start := frame.find(b"data: ")) >= 0:
                event = json.loads(frame[start + 6 :])
                if event["type"] == "connection.established":
                    self.place.begin(event)
                else:
                    self.place.told(event["type"], event)


class WebSocket:
    """One WebSocket connection, from its handshake to its end."""

    transport = "websocket"

    def __init__(self, place):
        self.place = place

    async def open(self, server, token, receive_buffer=None):
        self.reader, self.writer = await open_socket(server, receive_buffer)
        since = f"?since={self.place.cursor}" if self.place.cursor else ""
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            f"GET /ws/connect{since} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        status = (await self.reader.readline()).split()[1]
        if status != b"101":
            raise Broken(f"a handshake was answered {status.decode()}")
        while await self.reader.readline() != b"\r\n":
            pass

    async def read(self):
        """Takes the next frame (RFC 6455 §5.2)."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        payload = await self.reader.readexactly(length)
        opcode = first & 0x0F
        if opcode == 0x9:
            key = os.urandom(4)
            masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
            self.writer.write(struct.pack("!BB", 0x8A, 0x80 | length) + key + masked)
        elif opcode == 0x8:
            raise Broken(f"the server closed a WebSocket: {payload[:2].hex()} {payload[2:]}")
        elif opcode == 0x1:
            event = json.loads(payload)
            if event["type"] == "connection.established":
                self.place.begin(event)
                self.epoch = event["cursor"].partition("-")[2]
            elif "seq" in event:
                self.place.take(event["seq"], event.get("cursor") or f"{event['seq']}-{self.epoch}")
            else:
                self.place.told(event["type"], event)


class Round:
    """One round: everybody comes, churns, catches up and leaves."""

    def __init__(self, server, options, seconds, transports, rng):
        self.server, self.options, self.rng = server, options, rng
        self.ends = time.monotonic() + seconds
        self.transports = transports
        self.head = None  # the last event's number, once nobody writes any more
        self.written, self.delays = 0, []
        self.places = {transport.transport: [] for transport in transports}

    async def run(self):
        readers = [asyncio.create_task(self.churn(number)) for number in range(self.options.clients)]
        readers += [asyncio.create_task(self.dawdle(number)) for number in range(SLOW)]
        writers = [asyncio.create_task(self.write(number)) for number in range(WRITERS)]
        everybody = asyncio.gather(*readers)
        try:
            written = asyncio.gather(*writers)
            # A reader that fails ends the round; its writers are of no use then.
            await asyncio.wait([everybody, written], return_when=asyncio.FIRST_COMPLETED)
            if everybody.done():
                everybody.result()
            self.head = max(await written)
            await asyncio.wait_for(everybody, DEADLINE)
        except TimeoutError:
            behind = [place.seq for places in self.places.values() for place in places if place.seq != self.head]
            raise Broken(f"{len(behind)} readers never came to {self.head}; they stand at {behind[:5]}") from None
        finally:
            for task in [*readers, *writers]:
                task.cancel()

    def place(self, transport):
        self.places[transport.transport].append(place := Place())
        return place

    # Readers

    async def churn(self, number):
        """Comes, reads for a while, leaves, comes back; at the end reads to the head."""
        transport = self.transports[number % len(self.transports)]
        place, token = self.place(transport), target.token(f"reader{number}")
        while not await self.stay(transport(place), token, self.rng.uniform(0.2, 8)):
            await asyncio.sleep(self.rng.choice([0, self.rng.uniform(0, 2)]))

    async def dawdle(self, number):
        """Stops reading again and again, so that the server's queue for it fills."""
        transport = self.transports[number % len(self.transports)]
        place, token = self.place(transport), target.token(f"slow{number}")
        while not await self.stay(transport(place), token, self.rng.uniform(20, 40), receive_buffer=32768, pauses=True):
            pass

    async def stay(self, connection, token, seconds, receive_buffer=None, pauses=False):
        """One connection; True once it has come to the head after the last write."""
        await connection.open(self.server, token, receive_buffer)
        leaves, pauses_at = time.monotonic() + seconds, time.monotonic() + 2
        try:
            while self.head is None or connection.place.seq != self.head:
                left = leaves - time.monotonic()
                if left <= 0 and self.head is None:
                    return False
                if pauses and self.head is None and time.monotonic() > pauses_at:
                    await asyncio.sleep(self.rng.uniform(3, 8))
                    pauses_at = time.monotonic() + 3
                # A frame that was begun is finished: what was read of it must not be lost.
                reading = asyncio.ensure_future(connection.read())
                while not (await asyncio.wait([reading], timeout=0.5))[0]:
                    if (time.monotonic() > leaves and self.head is None) or connection.place.seq == self.head:
                        reading.cancel()
                        break
                else:
                    reading.result()
            return True
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
            raise Broken(f"a connection ended or made no sense: {error!r}") from None
        finally:
            await self.leave(connection)

    async def leave(self, connection):
        """As clients do: properly, half, or not at all."""
        manner = self.rng.random()
        if manner < 0.3:
            # A reset, so that the server learns it from its next write or read.
            linger = struct.pack("ii", 1, 0)
            connection.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif manner < 0.6 and connection.writer.can_write_eof():
            try:
                connection.writer.write_eof()
            except OSError:
                pass
        connection.writer.close()

    # Writers

    async def write(self, number):
        """Changes a task of its own, at a steady pace; returns the last number it was given."""
        reader, writer = await open_socket(self.server, None)
        token, pace = target.token(f"writer{number}"), 1 / RATE
        try:
            made = await self.call(reader, writer, token, "POST", "/api/tasks", {"name": "n", "description": "d" * 2000})
            seq, due = made["seq"], time.monotonic()
            while time.monotonic() < self.ends:
                began = time.monotonic()
                path = f"/api/tasks/{made['task']['id']}"
                seq = (await self.call(reader, writer, token, "PATCH", path, {"name": f"n{seq}"}))["seq"]
                self.delays.append(time.monotonic() - began)
                due += pace
                await asyncio.sleep(max(0, due - time.monotonic()))
            return seq
        finally:
            writer.close()

    async def call(self, reader, writer, token, method, path, body):
        content = json.dumps(body).encode()
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        status, length = int((await reader.readline()).split()[1]), 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = await reader.readexactly(length)
        if status not in (200, 201):
            raise Broken(f"a write was answered {status}: {answer[:300]!r}")
        self.written += 1
        return json.loads(answer)


async def fill(server):
    """As many events as the server remembers, so that its memory for them is there before it is measured."""
    filling = Round(server, None, 0, [], None)
    reader, writer = await open_socket(server, None)
    for number in range(RETAINED * 5 // 4):
        token = target.token(f"filler{number % 20}")
        if number == 0:
            body = {"name": "fill", "description": "d" * 2000}
            task = (await filling.call(reader, writer, token, "POST", "/api/tasks", body))["task"]
        await filling.call(reader, writer, token, "PATCH", f"/api/tasks/{task['id']}", {"name": f"fill {number}"})
    writer.close()


async def has_websockets(server):
    connection = WebSocket(Place())
    try:
        await connection.open(server, target.token("probe"))
        return True
    except (Broken, ConnectionError):
        return False
    finally:
        connection.writer.close()


async def at_rest(server):
    """Resident memory and descriptors once nothing goes on any more."""
    seen, since = None, time.monotonic()
    while time.monotonic() - since < DEADLINE:
        now = server.descriptors()
        if now != seen:
            seen, steady = now, time.monotonic()
        if time.monotonic() - steady > 5:
            break
        await asyncio.sleep(0.2)
    return server.resident(), seen


class Slope:
    """Resident memory while a round goes on, and how much more of it there is each hour."""

    #: The first part of a round, in which pools and caches still become what they will be.
    WARM_UP = 0.25

    def __init__(self, server):
        self.server, self.samples = server, []

    async def watch(self):
        while True:
            self.samples.append((time.monotonic(), self.server.resident()))
            await asyncio.sleep(5)

    def per_hour(self):
        """Bytes, by least squares, over the samples after the warm-up."""
        samples = self.samples[int(len(self.samples) * self.WARM_UP):]
        middle = [sum(values) / len(samples) for values in zip(*samples)]
        spread = sum((at - middle[0]) ** 2 for at, _ in samples)
        return sum((at - middle[0]) * (size - middle[1]) for at, size in samples) / spread * 3600


def report(transports, long, before, after, cpu, seconds):
    rows = [("memory", f"{before[0] / 2**20:.1f} MiB", f"{after[0] / 2**20:.1f} MiB"), ("descriptors", before[1], after[1])]
    print("| | before | after |\n|---|---|---|")
    for name, first, last in rows:
        print(f"| {name} | {first} | {last} |")
    print("\n| readers | connections | events heard | written |\n|---|---|---|---|")
    for transport in transports:
        places = long.places[transport.transport]
        print(f"| {len(places)} {transport.transport} | {sum(place.connections for place in places)} "
              f"| {sum(place.heard for place in places)} | {long.written} |")
    delays = sorted(long.delays)
    print(f"\nwrites: p50 {delays[len(delays) // 2] * 1e3:.1f} ms, p99 {delays[len(delays) * 99 // 100] * 1e3:.1f} ms; "
          f"server: {cpu / seconds:.0%} of a core")


async def soak(options, server):
    rng = random.Random(options.seed)
    transports = [EventStream] * 3 + ([WebSocket] if await has_websockets(server) else [])
    await fill(server)
    await Round(server, options, max(20, min(120, options.seconds / 4)), transports, rng).run()
    before = await at_rest(server)
    cpu, began = server.cpu_seconds(), time.monotonic()
    long = Round(server, options, options.seconds, transports, rng)
    slope = Slope(server)
    watching = asyncio.create_task(slope.watch())
    await long.run()
    watching.cancel()
    cpu, seconds = server.cpu_seconds() - cpu, time.monotonic() - began
    after = await at_rest(server)
    report(dict.fromkeys(transports), long, before, after, cpu, seconds)
    growth = slope.per_hour()
    print(f"memory while it ran, after the first quarter: {growth / 2**20:+.2f} MiB an hour, of {len(slope.samples)} samples")
    if after[0] > before[0] * 1.1:
        raise Broken(f"memory grew from {before[0] / 2**20:.1f} to {after[0] / 2**20:.1f} MiB")
    if options.seconds >= 3600 and growth > 2**20:
        raise Broken(f"memory grows by {growth / 2**20:.2f} MiB an hour")
    if after[1] != before[1]:
        raise Broken(f"{after[1]} descriptors are open, {before[1]} were")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = target.Target(EVENTS_RETAIN_COUNT=str(RETAINED))
    try:
        with server:
            asyncio.run(soak(options, server))
            if not server.alive:
                raise Broken("the server died")
        if server.exit_code != 0:
            raise Broken(f"SIGTERM ended the server with {server.exit_code}")
    except Broken as broken:
        print(f"\nbroken: {broken}")
        return 1
    print("\nNothing lost, nothing doubled, nothing left behind.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
