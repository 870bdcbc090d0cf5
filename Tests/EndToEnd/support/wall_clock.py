"""A server's clock on the wall, which a test can set while the server runs."""

import mmap
import shutil
import struct
import subprocess
import time
from datetime import timedelta
from pathlib import Path

SOURCE = Path(__file__).with_name("clock_shim.c")


class WallClock:
    """Preloads a shim into the server that is started with `environment`; no other process notices."""

    def __init__(self, directory):
        shim, offset = Path(directory) / "clock_shim.so", Path(directory) / "clock_offset"
        compiler = shutil.which("clang") or shutil.which("cc")
        assert compiler, "the compiler that comes with Swift is not in the PATH"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, SOURCE, "-ldl"], check=True)
        offset.write_bytes(bytes(8))
        with open(offset, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(shim), "CLOCK_SHIM": str(offset)}
        self.ahead = timedelta()

    def set_ahead(self, by):
        """Sets it to the machine's time and `by` (a timedelta) more."""
        self.ahead = by
        self._map[:] = struct.pack("<q", int(by / timedelta(microseconds=1)) * 1000)

    def time(self):
        """What the server takes the time for, in seconds since 1970."""
        return time.time() + self.ahead.total_seconds()
