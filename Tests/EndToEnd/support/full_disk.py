"""A disk that is full to the last byte under a server that is running."""

from contextlib import contextmanager

from lock import locked, snapshot


@contextmanager
def full(server, meanwhile=lambda: None):
    """Nothing can be written to the database on the disk of `server` while the block runs; it can be read.

    `meanwhile` is called when the disk is full and before anybody has noticed.
    """
    with snapshot(server.database, server.disk):
        # While nobody writes, the write-ahead log ends with a whole commit: it has no room left over.
        with locked(server.database, server.disk):
            server.disk.fill()
            meanwhile()
        yield
        server.disk.free()
