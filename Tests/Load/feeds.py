#!/usr/bin/env python3
"""The streams of older systems against the figures that those systems named: feeds.py [--seconds 10]

The dashboard: insert to visible below 100 ms, 100 events/s to 10 connections without loss, CPU below 5 % idle and 15 %
active, below 1 MB a connection. The task drawer: a change seen within 10 s. Needs a release build. Prints Markdown; exit
1 when something was lost or a figure was missed.
"""
import argparse, http.client, json, sys, threading, time

import target


class Reader(threading.Thread):
    """One stream; notes when each object came."""

    def __init__(self, server, path):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection(server.host, server.port)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {target.token('reader')}"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        self.came = []
        self.start()

    def run(self):
        for line in self.response:
            if line.startswith(b"data: "):
                self.came.append((time.monotonic(), json.loads(line[6:])))


class Writer:
    def __init__(self, server, role="member"):
        self.connection = http.client.HTTPConnection(server.host, server.port)
        self.headers = {
            "Authorization": f"Bearer {target.token('writer', role)}", "Content-Type": "application/json"}

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status in (201, 202), content
        return json.loads(content)


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def paced(seconds, rate, act):
    """Does `act` `rate` times a second, on schedule."""
    start = time.monotonic()
    for count in range(int(seconds * rate)):
        time.sleep(max(0, start + count / rate - time.monotonic()))
        act(count)


def dashboard(seconds):
    with target.Target() as server:
        before = server.resident()
        readers = [Reader(server, "/api/events/stream") for _ in range(10)]
        time.sleep(1)
        memory = (server.resident() - before) / len(readers)
        cpu = server.cpu_seconds()
        time.sleep(seconds)
        idle = (server.cpu_seconds() - cpu) / seconds
        writer, sent = Writer(server), {}

        def insert(count):
            at = time.monotonic()
            sent[writer.post("/api/tasks", {"name": f"task {count}"})["seq"]] = at

        cpu, start = server.cpu_seconds(), time.monotonic()
        paced(seconds, 100, insert)
        active = (server.cpu_seconds() - cpu) / (time.monotonic() - start)
        until(lambda: all(len(reader.came) >= len(sent) for reader in readers))
        late = [at - sent[event["seq"]] for reader in readers for at, event in reader.came]
        lost = sum([event["seq"] for _, event in reader.came] != sorted(sent) for reader in readers)
    return [
        ("insert to visible, p50 / p99 / worst", "< 100 ms",
         " / ".join(f"{percentile(late, share) * 1000:.1f}" for share in (0.5, 0.99, 1)) + " ms", max(late) < 0.1),
        ("100 events/s to 10 connections, each once and in order", "all", f"{lost} connections wrong", lost == 0),
        ("CPU, idle", "< 5 %", f"{idle:.1%}", idle < 0.05),
        ("CPU, at 100 events/s", "< 15 %", f"{active:.1%}", active < 0.15),
        ("memory of a connection", "< 1 MB", f"{memory / 1024:.0f} KB", memory < 1 << 20),
    ]


def drawer(seconds):
    with target.Target() as server:
        Writer(server, "admin").post("/api/boards", {"id": "plan", "statuses": ["generated", "done"]})
        readers = [Reader(server, "/api/tasks/stream") for _ in range(10)]
        until(lambda: all(len(reader.came) >= 2 for reader in readers))
        writer, sent = Writer(server), {}

        def generate(count):
            at = time.monotonic()
            task = writer.post("/api/tasks", {"name": f"task {count}", "boardId": "plan", "status": "generated"})
            sent[task["task"]["id"]] = at

        paced(seconds, 10, generate)
        newest = max(sent)
        until(lambda: all(
            any(task["id"] == newest for _, told in reader.came for task in told.get("tasks", [])) for reader in readers))
        late = []
        for reader in readers:
            seen = set()
            for at, told in reader.came:
                fresh = {task["id"] for task in told.get("tasks", [])} - seen
                late += [at - sent[id] for id in fresh]
                seen |= fresh
        missing = len(sent) * len(readers) - len(late)
    return [
        ("task made to list told, 10 a second, p50 / p99 / worst", "0–10 s",
         " / ".join(f"{percentile(late, share) * 1000:.0f}" for share in (0.5, 0.99, 1)) + " ms",
         max(late) < 10 and not missing),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    rows = dashboard(options.seconds) + drawer(options.seconds)
    print("| figure | wanted | measured |\n|---|---|---|")
    for figure, wanted, measured, _ in rows:
        print(f"| {figure} | {wanted} | {measured} |")
    sys.exit(not all(row[3] for row in rows))


if __name__ == "__main__":
    main()
