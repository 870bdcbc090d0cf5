#!/usr/bin/env python3
"""An import of 5,000 cards, and what others on the same board notice of it.

Starts the release build (or BOARDCAST_BIN) on a database of its own. A writer makes tasks on the board at a steady rate, and a
stream of that board says when each arrives; first without an import beside it, then with one. Prints Markdown.
"""
import argparse, http.client, json, sys, threading, time

import target


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Reader(threading.Thread):
    """Notes when the stream tells of each task by its name."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.arrived, self.ready = {}, threading.Event()
        self.connection = http.client.HTTPConnection(server.host, server.port)
        self.connection.request(
            "GET", "/sse/connect?board=main&types=task.created",
            headers={"Authorization": f"Bearer {target.token('reader')}"})
        self.response = self.connection.getresponse()

    def run(self):
        for line in self.response:
            now = time.perf_counter()
            self.ready.set()
            if line.startswith(b'data: {"type":"task.created"'):
                self.arrived[json.loads(line[6:])["task"]["name"]] = now


class Writer(threading.Thread):
    """Makes tasks at a steady rate until it is stopped; `sent` says when each was to be sent."""

    def __init__(self, server, name, rate):
        super().__init__(daemon=True)
        self.server, self.name_, self.rate = server, name, rate
        self.sent, self.over = {}, threading.Event()

    def run(self):
        connection = http.client.HTTPConnection(self.server.host, self.server.port)
        headers = {"Authorization": f"Bearer {target.token('writer')}", "Content-Type": "application/json"}
        start, number = time.perf_counter(), 0
        while not self.over.is_set():
            due = start + number / self.rate
            time.sleep(max(0, due - time.perf_counter()))
            name = f"{self.name_} {number}"
            self.sent[name] = due
            connection.request("POST", "/api/tasks", json.dumps({"name": name}), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 201:
                sys.exit(f"a write was answered {answer.status}")
            number += 1


def begin_import(server, rows):
    content = "name,description,labels\r\n" + "".join(f"card {i},some words about it,bulk; load\r\n" for i in range(rows))
    connection = http.client.HTTPConnection(server.host, server.port)
    headers = {"Authorization": f"Bearer {target.token('importer')}"}
    connection.request("POST", "/api/import?board=main", content, {**headers, "Content-Type": "text/csv"})
    answer = connection.getresponse()
    job = json.loads(answer.read())["job"]
    if answer.status != 202:
        sys.exit(f"the import was answered {answer.status}")
    while job["status"] in ("queued", "processing"):
        time.sleep(0.02)
        connection.request("GET", f"/api/jobs/{job['id']}", headers=headers)
        job = json.loads(connection.getresponse().read())
    return job


def phase(server, reader, name, rate, during):
    writer = Writer(server, name, rate)
    writer.start()
    start = time.perf_counter()
    outcome = during()
    took = time.perf_counter() - start
    writer.over.set()
    writer.join()
    deadline = time.perf_counter() + 10
    while set(writer.sent) - set(reader.arrived) and time.perf_counter() < deadline:
        time.sleep(0.01)
    lost = set(writer.sent) - set(reader.arrived)
    delays = [(reader.arrived[task] - due) * 1000 for task, due in writer.sent.items() if task in reader.arrived]
    return outcome, took, delays, lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=100, help="tasks a second that the writer makes")
    parser.add_argument("--quiet-seconds", type=float, default=5, help="how long it is measured without an import")
    options = parser.parse_args()
    with target.Target(LIMITS_WRITES_PER_SECOND="100000", LIMITS_WRITE_BURST="100000") as server:
        reader = Reader(server)
        reader.start()
        reader.ready.wait(10)
        phases = [("without", lambda: time.sleep(options.quiet_seconds))]
        phases.append(("with an import", lambda: begin_import(server, options.rows)))
        print("| | took | writes | p50 write → stream | p99 | worst |\n|---|---|---|---|---|---|")
        failed = False
        for name, during in phases:
            job, took, delays, lost = phase(server, reader, name, options.rate, during)
            print(f"| {name} | {took:.2f} s | {len(delays)} | {percentile(delays, 0.5):.1f} ms "
                  f"| {percentile(delays, 0.99):.1f} ms | {max(delays, default=float('nan')):.1f} ms |")
            failed |= bool(lost)
        done = sum(name.startswith("card ") for name in reader.arrived)
        print(f"\n{options.rows} rows: job {job['status']}, {done} of them on the stream, {options.rows / took:.0f} rows/s")
        failed |= job["status"] != "completed" or done != options.rows
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
