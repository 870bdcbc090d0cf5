"""One boardcast process: start, kill, restart, stop, its log."""

import os
import re
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

import postgres
from tokens import SECRET
from waiting import DEADLINE

ROOT = Path(__file__).resolve().parents[3]
LISTENING = re.compile(r"^listening on (?P<scheme>https?)://(?P<host>[^\s/]+):(?P<port>\d+)\s*$")

#: What tests that are not about rates ask for: they write faster than people do.
UNLIMITED = {
    "BOARDCAST_LIMITS_WRITES_PER_SECOND": "1000000",
    "BOARDCAST_LIMITS_WRITE_BURST": "1000000",
    "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1000000",
    "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "1000000",
}

#: The origin of pages that may come to the servers of `open_team`.
ORIGIN = "https://app.example"

#: Every server started and not yet forgotten, so that a failing test can show their logs.
running = []


def binary():
    return Path(os.environ.get("BOARDCAST_BIN") or ROOT / ".build" / "debug" / "boardcast").resolve()


def clean_environment(extra=None):
    """The environment without any BOARDCAST_ variable of ours: each would be a configuration key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOARDCAST_")}
    # Should the server trap, the trace of the thread that did is enough.
    trace = "color=no,interactive=no,threads=crashed,images=none,registers=none"
    return {"SWIFT_BACKTRACE": trace, **kept, "NO_COLOR": "1", **(extra or {})}


def run_command(*arguments, env=None, timeout=DEADLINE, cwd=None, stdin=""):
    """Runs one subcommand to its end and returns its exit code, stdout and stderr."""
    return subprocess.run(
        [str(binary()), *map(str, arguments)],
        env=clean_environment(env), cwd=cwd, input=stdin, timeout=timeout,
        capture_output=True, text=True,
    )


class StartFailed(AssertionError):
    """The process ended, or said nothing, before it listened."""


class Server:
    """`boardcast serve` on a port of its own choosing, over a database file in `directory`, or one of a PostgreSQL."""

    def __init__(self, directory, env=None, args=(), secret=SECRET, open_files=None, unlimited=True, disk=None,
                 memory=None, database_url=None):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        #: The small disk that the database is on, if it is to become full.
        self.disk = disk
        self.database = (disk.path if disk else self.directory) / "boardcast.sqlite"
        # So that tests which do not ask what the database is can be run on a PostgreSQL, each server on one of its own.
        if database_url is None and os.environ.get("BOARDCAST_TEST_ON") == "postgres" and disk is None:
            database_url = postgres.shared().new_database()
        self.database_url = database_url or f"sqlite:{self.database}"
        self.log_path = self.directory / "server.log"
        self.args = list(args)
        self.env = dict(env or {})
        #: The control group that the process runs in, if it is to have little memory.
        self.memory = memory
        #: The most descriptors that the process may have, when it is to run out of them.
        self.open_files = open_files
        if secret is not None:
            self.env.setdefault("BOARDCAST_AUTH_SECRET", secret)
        # `NAME=VALUE …`, so that the tests can be run on another configuration than the usual one.
        for setting in os.environ.get("BOARDCAST_TEST_SETTINGS", "").split():
            self.env.setdefault(*setting.split("=", 1))
        for name, value in UNLIMITED.items() if unlimited else ():
            self.env.setdefault(name, value)
        self.scheme, self.host, self.port = "http", None, 0
        self.process = None
        self.stdout_lines = []
        self._printed = threading.Condition()

    @property
    def url(self):
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Starts the process and returns once it accepts connections. A second start keeps the port."""
        command = self.disk.prefix if self.disk else []
        command = [*command, str(binary()), "serve", "--port", str(self.port), "--database", self.database_url]
        self.stdout_lines = []
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command + self.args, env=clean_environment(self.env), cwd=self.directory,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                preexec_fn=self._limit if self.open_files or self.memory else None,
            )
        if self not in running:
            running.append(self)
        threading.Thread(target=self._pump, args=(self.process,), daemon=True).start()
        match = self.wait_for_line(LISTENING)
        self.scheme, self.host, self.port = match["scheme"], match["host"], int(match["port"])
        return self

    def _limit(self):
        if self.open_files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.open_files, self.open_files))
        if self.memory and self.memory.path:
            self.memory.enter()

    def _pump(self, process):
        for line in process.stdout:
            with self._printed:
                self.stdout_lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._printed.notify_all()
        process.wait()
        with self._printed:
            self._printed.notify_all()

    def wait_for_line(self, pattern):
        """Waits until a line of stdout matches."""
        end = time.monotonic() + DEADLINE
        with self._printed:
            while True:
                for line in self.stdout_lines:
                    if match := pattern.search(line):
                        return match
                left = end - time.monotonic()
                if self.process.poll() is not None or left <= 0:
                    raise StartFailed(
                        f"no line like {pattern.pattern!r}; exit code {self.process.poll()}; "
                        f"stdout {self.stdout_lines}; log ends:\n{self.log_tail()}"
                    )
                self._printed.wait(min(left, 0.5))

    def kill(self):
        """kill -9: nothing is flushed, nobody is told."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE)

    def terminate(self):
        """Asks the process to end, and returns at once."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Ends the process as an operator would, and insists on a clean exit."""
        self.terminate()
        code = self.process.wait(DEADLINE)
        assert code == 0, f"SIGTERM ended the server with {code}, not 0; log ends:\n{self.log_tail()}"

    def restart(self, gracefully=True):
        """Starts anew on the same database and the same port."""
        if gracefully:
            self.stop()
        else:
            self.kill()
        return self.start()

    def dispose(self):
        """Ends the process whatever its state; for teardown, where the verdict has been given."""
        if self in running:
            running.remove(self)
        if self.alive:
            self.process.kill()
            self.process.wait(DEADLINE)

    def log(self):
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def log_tail(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def rss_bytes(self):
        """Resident memory as the kernel counts it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)[1]) * 1024

    def peak_bytes(self):
        """The most memory that was ever resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1]) * 1024

    def file_bytes(self):
        """How much of its resident memory is files, such as its own binary."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^RssFile:\s+(\d+) kB", status, re.M)[1]) * 1024

    def cpu_seconds(self):
        """Processor time used so far, user's and system's."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
