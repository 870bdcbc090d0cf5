"""A PostgreSQL of the tests' own: in a temporary folder, on a Unix socket there, as a user who is not root."""

import atexit
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from waiting import DEADLINE, eventually

_numbers = itertools.count(1)
_shared = []


def programs():
    """The folder of the newest version's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed: apt-get install postgresql libpq5"
    return found[-1].parent


def shared():
    """The one that tests share who do not stop it; it ends with the tests."""
    if not _shared:
        _shared.append(Postgres(fsync=False).start())
        atexit.register(_shared[0].dispose)
    return _shared[0]


class Postgres:
    """Starts, stops, kills, and makes databases."""

    def __init__(self, fsync=True):
        self.folder = Path(tempfile.mkdtemp(prefix="bcpg-"))
        self.fsync = fsync
        self.user = None
        if os.getuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.process = None

    @property
    def data(self):
        return self.folder / "data"

    def _options(self):
        # A server that the tests' end leaves behind must not outlive them: it is a process of theirs, and of their group.
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def run(self, program, *arguments, check=True):
        done = subprocess.run(
            [programs() / program, *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE,
            cwd=self.folder, **self._options(),
        )
        assert not check or done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self):
        """Starts it, the first time with an empty cluster, and returns once it answers."""
        if not self.data.exists():
            self.run(
                "initdb", "-D", self.data, "-U", "boardcast", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = ["listen_addresses=", "max_connections=200", f"fsync={'on' if self.fsync else 'off'}"]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [programs() / "postgres", "-D", self.data, "-k", self.folder, *(f"-c{setting}" for setting in settings)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **self._options(),
            )
        eventually(self.answers, "PostgreSQL answers")
        return self

    def answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        done = subprocess.run(
            [programs() / "pg_isready", "-q", "-h", str(self.folder)], timeout=DEADLINE, capture_output=True)
        return done.returncode == 0

    def stop(self, how=signal.SIGINT):
        """Fast: it ends all sessions and stops. With SIGQUIT it does so without a word, as in a crash."""
        self.process.send_signal(how)
        self.process.wait(DEADLINE)

    def dispose(self):
        if self.process and self.process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text, database="postgres"):
        """What one statement says, a row a line."""
        return self.run("psql", "-h", self.folder, "-U", "boardcast", "-d", database, "-XAtqc", text).strip()

    def new_database(self):
        """The URL of an empty database."""
        name = f"test{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name):
        host = str(self.folder).replace("/", "%2F")
        return f"postgres://boardcast@/{name}?host={host}"
