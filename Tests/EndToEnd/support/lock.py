"""A database in other processes' hands: one holds it exclusively, or reads it and does not let go."""

import json
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

from waiting import DEADLINE

READER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=float(sys.argv[2]), isolation_level=None)
database.execute("BEGIN")
database.execute("SELECT count(*) FROM events").fetchone()
print("ready", flush=True)
sys.stdin.read()
"""

STATEMENTS = """
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=float(sys.argv[2]), isolation_level=None)
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(database.execute(line).fetchall()), flush=True)
"""


@contextmanager
def locked(path):
    """Holds the database exclusively while the block runs: nobody else can write to it, and reading goes on."""
    other = sqlite3.connect(path, timeout=DEADLINE, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@contextmanager
def statements(path, disk):
    """A function that executes a statement on a database on a small disk, and returns the rows."""
    with other_process(STATEMENTS, path, disk) as process:

        def execute(statement):
            process.stdin.write(statement + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield execute


@contextmanager
def snapshot(path, disk=None):
    """Reads the database and holds on to what it saw while the block runs, so that the write-ahead log can only grow."""
    with other_process(READER, path, disk):
        yield


@contextmanager
def other_process(script, path, disk):
    """Runs a script on the database, from its first line of output until the block ends."""
    process = subprocess.Popen(
        [*(disk.prefix if disk else []), sys.executable, "-c", script, str(path), str(DEADLINE)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait(DEADLINE)
        process.stdin.close()
        process.stdout.close()
