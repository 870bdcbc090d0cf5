#!/usr/bin/env python3
"""How soon a write is on the screen: paint.py [--tasks 300] [--rate 20] [--cards 100]

One Chromium has the board open, another connection writes tasks to it. For each task: from the request, and from its
acknowledgement, until the browser has painted the frame with the card. Run it with the tests' Python, for it needs
Selenium, against a release build or `BOARDCAST_BIN`. Prints a row of Markdown; exit 1 when a card never came.
"""
import argparse, http.client, json, pathlib, statistics, sys, time

import target

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd" / "support"))
from browser import BoardPage, chromium

#: A message that is posted in a frame's callback is handled after the frame has been painted.
WATCH = """
    window.painted = {};
    const now = () => performance.timeOrigin + performance.now();
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) {
            const id = node.dataset?.taskId;
            if (id === undefined || id in window.painted) continue;
            window.painted[id] = null;
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => { window.painted[id] = now(); };
                port2.postMessage(0);
            });
        }
    }).observe(document.querySelector("#board"), { childList: true, subtree: true });
"""


class Writer:
    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.host, server.port)
        self.headers = {"Authorization": f"Bearer {target.token('writer')}", "Content-Type": "application/json"}

    def create(self, name, status="inbox"):
        """The task's id, when it was asked for, and when it was acknowledged; milliseconds of the system's clock."""
        asked = time.time() * 1000
        self.connection.request("POST", "/api/tasks", json.dumps({"name": name, "status": status}), self.headers)
        answer = self.connection.getresponse()
        body = json.load(answer)
        if answer.status != 201:
            sys.exit(f"{answer.status}: {body}")
        return str(body["task"]["id"]), asked, time.time() * 1000

    def move_away(self, task_id):
        """Each card is seen in the same, short column."""
        body = json.dumps({"status": "done", "after": None})
        self.connection.request("POST", f"/api/tasks/{task_id}/move", body, self.headers)
        self.connection.getresponse().read()


def measure(options, server, page):
    writer = Writer(server)
    for number in range(options.cards):
        writer.create(f"There before {number}", status="review")
    page.open(f"http://{server.host}:{server.port}", target.token("reader"))
    page.wait(lambda: len(page.column("review")) == options.cards, "the board is there")
    page.run(WATCH)
    written = []
    begin = time.monotonic()
    for number in range(options.tasks):
        written.append(writer.create(f"Painted {number}"))
        if number >= 10:
            writer.move_away(written[number - 10][0])
        time.sleep(max(0, begin + (number + 1) / options.rate - time.monotonic()))
    ids = [task_id for task_id, *_ in written]
    page.wait(lambda: page.run("return arguments[0].every(id => window.painted[id])", ids), "every card was painted")
    painted = page.run("return window.painted")
    return [(painted[task_id] - asked, painted[task_id] - done) for task_id, asked, done in written]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--rate", type=float, default=20, help="tasks a second")
    parser.add_argument("--cards", type=int, default=100, help="on the board before")
    options = parser.parse_args()
    driver = chromium()
    try:
        with target.Target() as server:
            found = measure(options, server, BoardPage(driver))
            driver.get("about:blank")
    finally:
        driver.quit()
    print("| tasks | cards there | from request p50 | p95 | from acknowledgement p50 | p95 | mean |")
    print("|---|---|---|---|---|---|---|")
    asked, done = zip(*found)
    print(f"| {options.tasks} | {options.cards} | {percentile(asked, .5):.1f} ms | {percentile(asked, .95):.1f} ms "
          f"| {percentile(done, .5):.1f} ms | {percentile(done, .95):.1f} ms | {statistics.mean(done):.1f} ms |")


main()
