"""A disk of a few megabytes that a test can fill: a tmpfs in a mount namespace of its own."""

import errno
import os
import subprocess
from pathlib import Path

from waiting import DEADLINE


class SmallDisk:
    """Mounted on `path` for those processes alone that are started with `prefix`; gone with this object."""

    def __init__(self, path, megabytes):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        # Whoever is not root becomes root of a user namespace, in which a tmpfs can be mounted.
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        mount = 'mount -t tmpfs -o size="$1"m,mode=0777 tmpfs "$2" && echo mounted && exec sleep infinity'
        self._holder = subprocess.Popen(
            ["unshare", *user, "--mount", "sh", "-c", mount, "sh", str(megabytes), str(self.path)],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )
        if self._holder.stdout.readline() != "mounted\n":
            self.close()
            raise AssertionError("a tmpfs can't be mounted here, not even in a namespace of its own")
        enter = ["--user", "--preserve-credentials"] if user else []
        #: What a command begins with that is to see the disk.
        self.prefix = ["nsenter", "--target", str(self._holder.pid), *enter, "--mount"]
        #: The same folder as this process sees it.
        self.seen = Path(f"/proc/{self._holder.pid}/root{self.path}")
        self._filler = self.seen / "filler"

    def fill(self, leaving=0):
        """Takes all room but `leaving` bytes."""
        self.free()
        with open(self._filler, "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(65536))
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
            filler.truncate(max(0, filler.tell() - leaving))

    def free(self):
        self._filler.unlink(missing_ok=True)

    def room(self):
        """The bytes that are free."""
        disk = os.statvfs(self.seen)
        return disk.f_bavail * disk.f_frsize

    def close(self):
        self._holder.kill()
        self._holder.wait(DEADLINE)
        self._holder.stdout.close()
