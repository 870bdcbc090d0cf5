"""A program that follows a board by one of our clients, and what it has printed; and a gateway that does as a test says."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time

from harness import ROOT, binary, clean_environment
from waiting import eventually

FOLDER = ROOT / "Tests/EndToEnd/clients/followers"

#: The programs, by the client's name.
COMMANDS = {
    "JavaScript": lambda: [str(ROOT / ".venv/bin/node"), str(FOLDER / "follow.mjs")],
    "Python": lambda: [sys.executable, str(FOLDER / "follow.py")],
    "Python asyncio": lambda: [sys.executable, str(FOLDER / "follow.py"), "asyncio"],
    "Swift": lambda: [str(binary().parent / "follow-board")],
}


class Follower:
    """One process. It asks for its token in a file, each time anew."""

    def __init__(self, client, url, token, directory, since=None):
        self.token_file = directory / f"token-{os.urandom(4).hex()}"
        self.give(token)
        self.lines = []
        environment = {"BOARDCAST_URL": url, "TOKEN_FILE": str(self.token_file), **({"SINCE": since} if since else {})}
        self.process = subprocess.Popen(COMMANDS[client](), env={**clean_environment(), **environment}, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._errors = []
        threading.Thread(target=self._hear, daemon=True).start()
        threading.Thread(target=lambda: self._errors.extend(self.process.stderr), daemon=True).start()

    def give(self, token):
        """The token that it finds from now on."""
        fresh = self.token_file.with_suffix(".new")
        fresh.write_text(token)
        fresh.rename(self.token_file)

    def _hear(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def all(self, name):
        return [line for line in list(self.lines) if name in line]

    @property
    def events(self):
        return self.all("event")

    @property
    def seqs(self):
        return [line["seq"] for line in self.events]

    def wait(self, condition, what):
        def holds():
            found = condition()
            assert found or self.process.poll() in (None, 0, 1), f"it has died: {''.join(self._errors)}"
            return found

        try:
            return eventually(holds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; it said {self.lines[-20:]} {''.join(self._errors)}") from None

    def is_live(self, times=1):
        self.wait(lambda: len([line for line in self.all("state") if line["state"] == "live"]) >= times,
                  f"it is live for the {times}. time")

    def has(self, seq):
        self.wait(lambda: seq in self.seqs, f"it has event {seq}")

    def fails(self, code):
        line = self.wait(lambda: self.all("error"), "it gives up")[0]
        assert line["error"] == code
        assert self.process.wait(10) == 1

    def close(self):
        self.process.kill()
        self.process.wait()


def event(seq, kind="task.updated", **more):
    """A durable event as a stream has it."""
    data = {"type": kind, "seq": seq, "boardId": "main", "boardSeq": seq, "taskId": 1, "task": {"id": 1, "name": f"t{seq}"},
            "timestamp": "2026-01-15T10:30:00.000Z", **more}
    return f"id: {seq}-e\ndata: {json.dumps(data)}\n\n"


def message(kind, id=None, **fields):
    """An event of the stream itself."""
    data = {"type": kind, "timestamp": "2026-01-15T10:30:00.000Z", **fields}
    return (f"id: {id}\n" if id else "") + f"data: {json.dumps(data)}\n\n"


def established(cursor, recovered=True):
    return "retry: 100\n" + message("connection.established", cursor, connectionId="c1", userId="ann", tenant="acme",
                                    boards=["main"], cursor=cursor, recovered=recovered, behind=0, heartbeatSeconds=20)


class ScriptedGateway:
    """A gateway that answers each stream as `visits` says, one after another, the last one again and again: a function that
    is given `write(text)` and the cursor that was sent, and returns when the connection is to end."""

    def __init__(self, *visits):
        self.came = []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if not self.path.startswith("/sse/connect"):
                    self.send_error(404)
                    return
                cursor = self.headers["Last-Event-ID"]
                gateway.came.append((time.monotonic(), cursor))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()

                def write(text):
                    body = text.encode()
                    self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
                    self.wfile.flush()

                try:
                    visits[min(len(gateway.came), len(visits)) - 1](write, cursor)
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    pass
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()
