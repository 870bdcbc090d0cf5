"""What a server says to its service manager, heard as systemd hears it: datagrams on a unix socket."""

import os
import socket
import uuid

from waiting import DEADLINE


class Notifications:
    """Listens on a path of its own, or on an abstract name."""

    def __init__(self, directory=None):
        name = str(directory / "notify") if directory else "@boardcast-" + uuid.uuid4().hex
        self.environment = {"NOTIFY_SOCKET": name}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self._socket.settimeout(DEADLINE)

    def next(self):
        """The next datagram, as a dictionary of its lines."""
        text = self._socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    def close(self):
        self._socket.close()
        if not self.environment["NOTIFY_SOCKET"].startswith("@"):
            os.unlink(self.environment["NOTIFY_SOCKET"])
