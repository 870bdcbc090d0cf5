"""SIGTERM and a new start, again and again, under writers and readers."""

import threading
import time

import tokens
from herd import Herd
from rest import Api
from scale import percentile, report, scale

RESTARTS = scale(4, 50)
READERS = scale(20, 100)
WRITERS = 4


class Writers:
    """Threads that write until they are stopped, each write under a key that it repeats until it is answered."""

    def __init__(self, server):
        self.server, self.up, self.over = server, threading.Event(), threading.Event()
        self.acknowledged, self.failures, self.lock = {}, [], threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(WRITERS)]
        self.up.set()
        for thread in self.threads:
            thread.start()

    def run(self, number):
        api = Api(self.server.url, tokens.mint(f"writer{number}"))
        count = 0
        try:
            while not self.over.is_set():
                key = f"w{number}-{count}"
                while True:
                    self.up.wait()
                    try:
                        answer = api.post("/api/tasks", {"name": key}, headers={"Idempotency-Key": key})
                    except Exception:
                        # Whether it was done is unknown: it is sent again under its key.
                        api = Api(self.server.url, api.token)
                        continue
                    if answer.status_code == 201:
                        break
                    assert answer.status_code in (429, 503), answer.text
                with self.lock:
                    self.acknowledged[key] = answer.json()["seq"]
                count += 1
        except Exception as failure:
            self.failures.append(failure)

    def finish(self):
        self.over.set()
        self.up.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        assert self.failures == []


def test_restarts_under_load_lose_nothing(start_server):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"})
    writers = Writers(server)
    cursors, heard = {}, {number: {} for number in range(READERS)}
    readers = [tokens.mint(f"reader{number}") for number in range(READERS)]
    drains, starts = [], []
    for turn in range(RESTARTS + 1):
        with Herd() as herd:
            members = []
            for number, token in enumerate(readers):
                since = f"?since={cursors[number]}" if number in cursors else ""
                members.append(herd.open(server, token, f"/sse/connect{since}"))
            herd.run(lambda: all(member.cursor for member in members))
            target = len(writers.acknowledged) + 40
            herd.run(lambda: len(writers.acknowledged) >= target or writers.failures)
            assert writers.failures == []
            if turn == RESTARTS:
                writers.finish()
                last = max(writers.acknowledged.values())
                herd.run(lambda: all(int(member.cursor.partition("-")[0]) >= last for member in members))
            else:
                began = time.monotonic()
                writers.up.clear()
                server.terminate()
                herd.run(lambda: all(member.ended for member in members))
                assert server.process.wait(30) == 0, server.log_tail()
                drains.append(time.monotonic() - began)
            for number, member in enumerate(members):
                assert member.status == 200
                assert member.events[0]["recovered"] is True or turn == 0
                for event in member.events:
                    if "seq" in event:
                        assert event["seq"] not in heard[number], "an event came twice"
                        heard[number][event["seq"]] = event["op"]
                    assert event["type"] != "stream.resync"
                cursors[number] = member.cursor
        if turn < RESTARTS:
            began = time.monotonic()
            server.start()
            starts.append(time.monotonic() - began)
            writers.up.set()
    for events in heard.values():
        first = min(events)
        assert sorted(events) == list(range(first, last + 1)), "an event is missing"
        for key, seq in writers.acknowledged.items():
            assert seq < first or events[seq] == key
    report(
        restarts=RESTARTS, readers=READERS, writes_acknowledged=len(writers.acknowledged), lost=0, doubled=0,
        exit_within_seconds=round(max(drains), 2), start_p99_seconds=round(percentile(starts, 0.99), 2))
