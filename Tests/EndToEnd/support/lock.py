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
print("reading", flush=True)
sys.stdin.read()
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
def snapshot(path, disk=None):
    """Reads the database and holds on to what it saw while the block runs, so that the write-ahead log can only grow."""
    reader = subprocess.Popen(
        [*(disk.prefix if disk else []), sys.executable, "-c", READER, str(path), str(DEADLINE)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        assert reader.stdout.readline() == "reading\n"
        yield
    finally:
        reader.kill()
        reader.wait(DEADLINE)
        reader.stdin.close()
        reader.stdout.close()
