"""A worker that reports to Boardcast, with nothing but Python's standard library.

    BOARDCAST_TOKEN=… python job_worker.py [--board main]

Counts to 100, says how far it is, and stops when somebody cancels the job.
"""

import argparse
import json
import os
import threading
import time
import urllib.error
import urllib.request

URL = os.environ.get("BOARDCAST_URL", "http://127.0.0.1:8788")
TOKEN = os.environ["BOARDCAST_TOKEN"]


class Job:
    """One job, from `with Job("name") as job:` to the end of the block: completed, or failed with what was raised."""

    heartbeat = 20  # seconds; less than the server's jobs.stallSeconds

    def __init__(self, name, board=None, input=None):
        self.cancelled = threading.Event()
        self._over = threading.Event()
        self.result = None
        self.id = self._call("POST", "/api/jobs", {"name": name, "boardId": board, "input": input})["job"]["id"]

    def __enter__(self):
        self._report(status="processing")
        for work in (self._beat, self._watch):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, kind, error, _):
        self._over.set()
        if self.cancelled.is_set():
            return True  # the gateway knows
        if error is None:
            self._report(status="completed", result=self.result)
        else:
            self._report(status="failed", error=f"{kind.__name__}: {error}"[:4000])

    def progress(self, percent, message=None):
        """Tells how far it is; 0 to 100, never falling. Report as often as you like: readers hear of it 4 times a second."""
        try:
            self._report(progress=percent, message=message)
        except urllib.error.HTTPError as refusal:
            if refusal.code != 409:  # over, most likely cancelled
                raise
            self.cancelled.set()
        except urllib.error.URLError:
            pass  # the gateway is away; the next report says more

    def _beat(self):
        while not self._over.wait(self.heartbeat):
            try:
                self._report()
            except urllib.error.URLError:
                pass

    def _watch(self):
        """Follows the job's own stream, which ends when somebody cancels the job."""
        while not self._over.is_set():
            event = None
            try:
                with self._open("GET", f"/api/jobs/{self.id}/stream") as lines:
                    for line in lines:
                        name, _, value = line.decode().rstrip("\n").partition(": ")
                        if name == "event":
                            event = value
                        elif name == "data" and event == "failed":
                            if json.loads(value)["status"] == "cancelled":
                                self.cancelled.set()
                            return
            except OSError:
                pass
            self._over.wait(2)

    def _report(self, **fields):
        return self._call("PATCH", f"/api/jobs/{self.id}", fields)

    def _call(self, method, path, body):
        with self._open(method, path, json.dumps(body).encode()) as answer:
            return json.load(answer)

    def _open(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        return urllib.request.urlopen(urllib.request.Request(URL + path, body, headers, method=method), timeout=60)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--board")
    arguments.add_argument("--step", type=float, default=0.1, help="seconds between two numbers")
    options = arguments.parse_args()
    with Job("Counting", board=options.board) as job:
        print("job", job.id, flush=True)
        for number in range(1, 101):
            if job.cancelled.is_set():
                print("cancelled", flush=True)
                return
            time.sleep(options.step)
            job.progress(number, f"counted to {number}")
        job.result = {"counted": 100}


if __name__ == "__main__":
    main()
