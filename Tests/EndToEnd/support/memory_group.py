"""A control group of its own for a process, with a limit of memory, where this machine lets one be made."""

import os
import uuid
from pathlib import Path


class MemoryGroup:
    """Has `path`, or None where none can be made; the kernel ends a process of it that goes beyond the limit."""

    def __init__(self, limit):
        self.limit = limit
        self.path = self._make(Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes") or self._make(
            Path("/sys/fs/cgroup"), "memory.max")

    def _make(self, root, file):
        path = root / f"boardcast-{uuid.uuid4().hex[:12]}"
        if not (root / "cgroup.procs").exists():
            return None
        try:
            path.mkdir()
        except OSError:
            return None
        try:
            (path / file).write_text(str(self.limit))
        except OSError:
            path.rmdir()
            return None
        return path

    def enter(self):
        """Moves the calling process in; for a child, before it becomes another program."""
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self):
        if self.path:
            self.path.rmdir()
