"""A database in other processes' hands: one holds it exclusively, or reads it and does not let go."""

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
print("holding", flush=True)
sys.stdin.read()
"""


WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=float(sys.argv[2]), isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("holding", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(path, disk=None):
    """Holds the database exclusively while the block runs: nobody else can write to it, and reading goes on."""
    if disk:
        with other_process(WRITER, path, disk):
            yield
        return
    other = sqlite3.connect(path, timeout=DEADLINE, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


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
        assert process.stdout.readline() == "holding\n"
        yield
    finally:
        process.kill()
        process.wait(DEADLINE)
        process.stdin.close()
        process.stdout.close()
