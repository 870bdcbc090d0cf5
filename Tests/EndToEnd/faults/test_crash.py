"""kill -9 at random moments under sixteen writers: what was acknowledged is there, and was announced, once."""

import shutil
import sqlite3
import time

from scale import percentile, report, scale
from storm import weather

KILLS = scale(22, 500)


def check_integrity(server, directory):
    """Asks SQLite, on a copy, while the server is down."""
    directory.mkdir()
    for file in server.directory.glob("boardcast.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, directory)
    database = sqlite3.connect(directory / "boardcast.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    shutil.rmtree(directory)


def test_nothing_acknowledged_is_lost_and_nothing_is_told_twice(start_server, tmp_path, rng):
    server = start_server()
    starts = []

    def kill(number):
        server.kill()
        check_integrity(server, tmp_path / f"copy{number}")
        began = time.monotonic()
        server.start()
        starts.append(time.monotonic() - began)

    acknowledged, repeated, _ = weather(server, rng, KILLS, kill)
    report(
        kills=KILLS, writes_acknowledged=acknowledged, asked_again=repeated, lost=0, doubled=0,
        restart_p99_seconds=round(percentile(starts, 0.99), 2))
