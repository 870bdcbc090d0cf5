"""A disk that becomes full to the last byte under a server that is running."""

from contextlib import contextmanager

from lock import snapshot, statements


@contextmanager
def filling(server):
    """A function that fills the disk of `server`: until the block ends, nothing can be written to its database.

    The function's argument is called when the disk is full and before anybody has noticed.
    """
    disk = server.disk
    with statements(server.database, disk) as execute:
        # From here on the write-ahead log has no room that it doesn't use: it begins empty, and can only grow.
        ((busy, *_),) = execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not busy
        with snapshot(server.database, disk):

            def fill(meanwhile=lambda: None):
                # While nobody writes, it ends with a whole commit.
                execute("BEGIN EXCLUSIVE")
                disk.fill()
                meanwhile()
                execute("ROLLBACK")

            yield fill
            disk.free()
