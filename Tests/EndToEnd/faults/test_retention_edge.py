"""Coming back where retention is at work: every transport hears all, or is told that it does not."""

import asyncio
import collections
import json
import os
import re

import pytest

import tokens
from edge import BOARD, TRANSPORTS, connect, request, resume
from rest import Api
from scale import report, scale
from waiting import DEADLINE

#: How often readers come back, in all.
RESUMPTIONS = int(os.environ.get("BOARDCAST_RESUMPTIONS") or scale(2400, 100_000))
WRITERS, READERS = 4, 16


class Edge:
    """A tenant whose log is as short as it may be, writers that shorten it, and readers that come back at its end."""

    def __init__(self, server, retained, rng):
        self.server, self.retained, self.rng = server, retained, rng
        self.reader, self.writer = tokens.mint("ann"), tokens.mint("ben", role="service")
        admin = Api(server.url, tokens.mint("root", role="admin"))
        admin.create_board(BOARD)
        self.epoch = admin.head().partition("-")[2]
        self.head, self.left = 0, 0
        self.told = collections.Counter()
        self.over = False
        admin.close()

    async def write(self):
        """Publishes as fast as it is answered, on one connection."""
        body = json.dumps({"type": "tick.tock", "data": "x" * 20, "boardId": BOARD})
        call = (
            f"POST /api/publish HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.writer}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()
        reader, writer = await connect(self.server, "")
        while not self.over:
            writer.write(call)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.split()[1] == b"202", head
            length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
            self.head = max(self.head, json.loads(await reader.readexactly(length))["seq"])
        writer.transport.abort()

    async def come_back(self):
        while self.left > 0:
            self.left -= 1
            name = self.rng.choice(list(TRANSPORTS))
            # Beyond the edge, about it, and within the log; a poll that waits does so at the head.
            near = self.retained // 8 + 1
            far = self.rng.randint(*self.rng.choice([(-near, -1), (-near, near), (0, self.retained)]))
            since = self.head if name == "waiting poll" else max(0, self.head - self.retained + far)
            wanted = self.rng.choice([1, 3, self.retained // 2, self.retained + 5])
            reading = await resume(name, self.server, self.reader, since, self.epoch, wanted)
            self.told["resync" if reading.resyncs else "replay"] += 1
            self.told["late"] += reading.late > 0
            self.told["events"] += reading.heard
            self.told[name, reading.resyncs > 0] += 1

    async def run(self, count):
        writers = [asyncio.create_task(self.write()) for _ in range(WRITERS)]
        while self.head < 2 * self.retained:
            await asyncio.sleep(0.01)
        self.left = count
        async with asyncio.TaskGroup() as group:
            for _ in range(READERS):
                group.create_task(self.come_back())
        self.over = True
        await asyncio.gather(*writers)


async def follow_job(edge, created, reported):
    """Follows a job whose worker ends it meanwhile, as often as its stream wants it to; returns how often that was."""
    job, times = created["id"], 0
    worker = asyncio.create_task(asyncio.to_thread(reported, job))
    while True:
        times += 1
        reader, writer = await connect(edge.server, request(f"/api/jobs/{job}/stream", edge.reader))
        try:
            last = await asyncio.wait_for(last_name(reader), DEADLINE)
        finally:
            writer.transport.abort()
        if last == b"completed":
            await worker
            return times
        assert last == b"stream.closing", last


async def last_name(reader):
    """The name of the last event of a stream that ends."""
    return re.findall(rb"event: (\S+)\n", await reader.read(-1))[-1]


def test_a_job_is_followed_to_its_end_while_its_events_go(start_server, rng):
    edge = Edge(start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "1", "BOARDCAST_LOG_LEVEL": "warning"}), 1, rng)
    api = Api(edge.server.url, edge.reader)

    def work(job):
        for progress in range(0, 100, 25):
            api.report_job(job, progress=progress)
        api.report_job(job, status="completed")

    async def run():
        writers = [asyncio.create_task(edge.write()) for _ in range(WRITERS)]
        for _ in range(scale(40, 1000)):
            edge.told["jobs"] += 1
            edge.told["streams"] += await follow_job(edge, api.create_job(boardId=BOARD), work)
        edge.over = True
        await asyncio.gather(*writers)

    asyncio.run(run())
    api.close()
    report(jobs=edge.told["jobs"], job_streams=edge.told["streams"], not_followed_to_the_end=0)


@pytest.mark.parametrize("retained, share", [(20, 0.9), (1300, 0.1)])
def test_nobody_who_comes_back_misses_an_event_without_a_word(start_server, rng, retained, share):
    edge = Edge(start_server({
        "BOARDCAST_EVENTS_RETAIN_COUNT": str(retained), "BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "1000",
        "BOARDCAST_LOG_LEVEL": "warning",
    }), retained, rng)
    asyncio.run(edge.run(int(RESUMPTIONS * share)))
    told = edge.told
    report(
        retained=retained, resumptions=told["replay"] + told["resync"], replayed=told["replay"],
        resynced=told["resync"], resynced_later=told["late"], events=told["events"], written=edge.head, holes=0)
    for name in TRANSPORTS:
        assert told[name, False] > 0, f"{name}: nobody was given a replay"
        if name not in ("stream with state", "waiting poll"):
            assert told[name, True] > 0, f"{name}: nobody was at the edge"
