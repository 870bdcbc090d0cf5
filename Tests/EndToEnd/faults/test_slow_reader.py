"""One reader that does not read, among a hundred that do: they lose nothing, nor does it, nor does the server."""

import os
import re
import selectors
import socket
import threading
import time

import pytest

from board_model import assert_dense
from scale import count, most
from sse import seq_of
from waiting import DEADLINE, eventually
from wire import Wire

READERS = 100
WRITERS = 8
PATCHES = 1600  # each makes two events, of a task of some 2 KB
#: What the server may grow by. A sanitizer keeps several bytes for each of the server's.
LIMIT = int(os.environ.get("BOARDCAST_TEST_MEBIBYTES") or 60) << 20
_SEQ = re.compile(rb"^id: (\d+)-", re.M)


class Dechunker:
    """Takes the chunked framing off, whatever pieces it comes in."""

    def __init__(self):
        self._held, self._left = b"", 0

    def feed(self, data):
        data, out, place = self._held + data, [], 0
        while place < len(data):
            if self._left == 0:
                end = data.find(b"\r\n", place)
                if end < 0:
                    break
                self._left = int(data[place:end].split(b";")[0], 16) + 2
                place = end + 2
            piece = data[place : place + self._left]
            place += len(piece)
            # The last two bytes of a chunk are its line end.
            keep = max(0, self._left - 2)
            out.append(piece[:keep])
            self._left -= len(piece)
        self._held = data[place:]
        return b"".join(out)


class Reader:
    """The numbers of one connection's events, in the order they came; first the one it began at."""

    def __init__(self, wire, chunked):
        self.socket, self.seqs = wire.socket, []
        self._dechunker = Dechunker() if chunked else None
        self._text = b""

    def feed(self, data):
        if self._dechunker:
            data = self._dechunker.feed(data)
        whole, found, rest = (self._text + data).rpartition(b"\n\n")
        if found:
            self.seqs += map(int, _SEQ.findall(whole))
        self._text = rest

    @property
    def last(self):
        return self.seqs[-1] if self.seqs else 0


class Crowd(threading.Thread):
    """Reads many connections, a block at a time, until each has the event numbered `goal`."""

    def __init__(self, readers, block=1 << 18):
        super().__init__(daemon=True)
        self.readers, self.block, self.goal, self.failure = readers, block, None, None

    def run(self):
        try:
            with selectors.DefaultSelector() as selector:
                for reader in self.readers:
                    reader.socket.setblocking(False)
                    selector.register(reader.socket, selectors.EVENT_READ, reader)
                quiet_since = time.monotonic()
                while self.goal is None or any(reader.last < self.goal for reader in self.readers):
                    for key, _ in selector.select(1):
                        data = key.data.socket.recv(self.block)
                        assert data, f"a reader was cut off after event {key.data.last}"
                        key.data.feed(data)
                        quiet_since = time.monotonic()
                    assert time.monotonic() - quiet_since < DEADLINE, "nothing came any more"
        except Exception as error:
            self.failure = error


def open_reader(server, token, receive_buffer=None):
    # Tasks alone: many small events in a tiny receive buffer leave the kernel a window that it never opens again.
    wire = Wire(server, receive_buffer)
    wire.request("GET", "/sse/connect?board=main&types=task.*", token)
    answer = wire.head()
    assert answer.status == 200
    reader = Reader(wire, (answer.header("Transfer-Encoding") or "").lower() == "chunked")
    reader.feed(wire.take_buffered())
    return wire, reader


def write(team, name, count, failures):
    try:
        api = team.api(name)
        task = api.create_task(name, description="d" * 2000)
        for i in range(count):
            api.patch_task(task["id"], {"name": f"{name} {i}", "status": ("done", "review")[i % 2]})
    except Exception as error:
        failures.append(error)


def test_the_dechunker_agrees_with_the_framing():
    chunks = [b"id: 1-x\n\n", b"y" * 300, b"\r\n\r\n", b"z"]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    for size in (1, 2, 3, 7, 1000):
        dechunker = Dechunker()
        assert b"".join(dechunker.feed(framed[i : i + size]) for i in range(0, len(framed), size)) == b"".join(chunks)


def test_a_reader_that_stops_harms_nobody_and_loses_nothing(start_server, make_team):
    server = start_server()
    team = make_team(server)
    api = team.api("ann")
    warm_up = api.create_task("warm-up", description="d" * 2000)
    wires, readers = [], []
    try:
        # A user has a limited number of connections; each reader is one of its own.
        for i in range(READERS):
            wire, reader = open_reader(server, team.token(f"reader{i}"))
            wires.append(wire)
            readers.append(reader)
        # Small buffers on the way, so that it is the server's own queue that fills.
        slow_wire, slow = open_reader(server, team.token("slow"), receive_buffer=4096)
        wires.append(slow_wire)

        start = seq_of(api.head())  # where every reader begins
        for i in range(50):
            api.patch_task(warm_up["id"], {"name": f"warm-up {i}"})
        before = server.rss_bytes()

        crowd = Crowd(readers)
        crowd.start()
        failures = []
        writers = [
            threading.Thread(target=write, args=(team, f"writer{i}", PATCHES // WRITERS, failures))
            for i in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        peak = before
        for writer in writers:
            while writer.is_alive():
                writer.join(0.5)
                peak = max(peak, server.rss_bytes())
        assert failures == []
        head = seq_of(api.head())
        assert head - start == 50 + WRITERS + 2 * PATCHES
        (stopped,) = team.admin().stats(userId="slow")["connections"]
        assert stopped["queuedBytes"] <= 262_144 + 65_536, "its queue is bounded (one event may stand over the edge)"
        assert stopped["lag"] > 0, "it has stopped, so it lags"

        crowd.goal = head
        crowd.join(4 * DEADLINE)
        assert not crowd.is_alive() and crowd.failure is None, crowd.failure
        for reader in readers:
            assert_dense(reader.seqs, start)
            assert reader.last == head
        peak = max(peak, server.rss_bytes())
        grown = peak - before
        assert grown < LIMIT, f"the server grew by {grown >> 20} MiB"

        # It reads again, and is given everything from where it stopped.
        slow_crowd = Crowd([slow])
        slow_crowd.goal = head
        slow_crowd.start()
        slow_crowd.join(4 * DEADLINE)
        assert not slow_crowd.is_alive() and slow_crowd.failure is None, slow_crowd.failure
        assert_dense(slow.seqs, start)

        # And it is live again.
        api.create_task("live")
        live = Crowd([slow])
        live.goal = api.last_seq
        live.start()
        live.join(2 * DEADLINE)
        assert live.failure is None
        assert_dense(slow.seqs, start)
        assert slow.last == api.last_seq
        count(other_readers=READERS, slow_readers=1, deliveries=(READERS + 1) * (head - start), lost=0)
        most(mebibytes_more=grown >> 20)
    finally:
        for wire in wires:
            wire.close()


def read_while(team, readers, writing, block):
    """Writes more than fits into memory's share of the log, and lets the crowd read meanwhile or afterwards."""
    start = seq_of(team.api("ann").head())
    crowd = Crowd(readers, block)
    if writing:
        crowd.start()
    failures = []
    writers = [threading.Thread(target=write, args=(team, f"writer{i}", 350, failures)) for i in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    crowd.goal = seq_of(team.api("ann").head())
    if not writing:
        crowd.start()
    crowd.join(2 * DEADLINE)
    assert not crowd.is_alive() and crowd.failure is None, crowd.failure
    for reader in readers:
        assert_dense(reader.seqs, start)
        assert reader.last == crowd.goal
    count(slow_readers=len(readers), deliveries=len(readers) * (crowd.goal - start))


@pytest.mark.parametrize("writing", [True, False], ids=["while others write", "after the others wrote"])
def test_slow_readers_get_everything_in_order(start_server, make_team, writing):
    """They take a little at a time, so that they fall behind, catch up, and are overtaken by their own queues."""
    server = start_server()
    team = make_team(server)
    team.api("ann").create_task("first")
    wires, readers = zip(*(open_reader(server, team.token(f"slow{i}"), receive_buffer=4096) for i in range(24)))
    read_while(team, readers, writing, block=3000 if writing else 1 << 18)
    for wire in wires:
        wire.close()


def test_a_reader_that_stops_and_leaves_is_let_go(start_server, make_team):
    server = start_server()
    team = make_team(server)
    wire, _ = open_reader(server, team.token("slow"), receive_buffer=4096)
    stream = team.stream("fast", board="main")
    failures = []
    write(team, "writer", 300, failures)
    assert failures == []
    head = seq_of(team.api("ann").head())
    stream.wait_for_seq(head)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wire.close()
    eventually(lambda: team.admin().stats(userId="slow")["connections"] == [], "the reader that left is let go")
    server.stop()
