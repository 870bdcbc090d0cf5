"""Several gateways on one PostgreSQL, and one tenant that speaks to all of them."""

import os
import signal
import socket
import threading
from pathlib import Path

from sse import Stream
from team import Team
from waiting import eventually


class Cluster:
    """`a`, `b`, `c` …: started together, each named so."""

    def __init__(self, start_server, database, count=2, env=None):
        name = database.new_database().partition("?")[0].rpartition("/")[2]
        self.database, self.name = database, name
        self._start, self._env = start_server, env or {}
        self.servers = [self.start(chr(ord("a") + number)) for number in range(count)]

    def start(self, name, url=None, **env):
        settings = {"BOARDCAST_CLUSTER_NODE_NAME": name, **self._env, **env}
        return self._start(settings, database_url=url or self.database.url(self.name))

    def sql(self, text):
        return self.database.sql(text, self.name)

    def wait_for_each_other(self, admin, count):
        """Until the node that `admin` speaks to hears `count` nodes answer."""
        def nodes():
            found = admin.get("/sse/stats").json().get("nodes", [])
            return len(found) == count and not any(node["silent"] for node in found)
        eventually(nodes, f"{count} nodes know each other")


class Everywhere:
    """A tenant on each of several servers."""

    def __init__(self, servers, tenant):
        self.teams = [Team(server, tenant) for server in servers]

    def __getitem__(self, number):
        return self.teams[number]

    def close(self):
        for team in self.teams:
            team.close()


class Frozen:
    """Stops a process as a machine that stands still does."""

    def __init__(self, server):
        self.pid = server.process.pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)


class Cable:
    """Between a gateway and the socket of a PostgreSQL. While it is cut nothing gets through, and nobody is told."""

    def __init__(self, database, folder):
        self._target = str(database.folder / ".s.PGSQL.5432")
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen(64)
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, name):
        return f"postgres://boardcast@/{name}?host={str(self.folder).replace('/', '%2F')}"

    def cut(self):
        self._flows.clear()

    def mend(self):
        self._flows.set()

    def close(self):
        self.mend()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pair, args=(near,), daemon=True).start()

    def _pair(self, near):
        self._flows.wait()
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._target)
        except OSError:
            near.close()
            return
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source, target):
        try:
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def open_ticket(server, ticket):
    return Stream(server.url + "/sse/connect", params={"ticket": ticket})


def first_word(team, user):
    """How a stream begins: its first event's type, and the stream, which the team closes."""
    stream = team.keep(Stream(team.server.url + "/sse/connect", team.token(user)))
    return stream.wait_for(lambda event: event.type in ("connection.established", "stream.closing")).type, stream


def persistent(team, user):
    """A stream of one who comes back until a node takes it, as clients do."""
    def attempt():
        word, stream = first_word(team, user)
        return stream if word == "connection.established" else None
    return eventually(attempt, f"{user} is let in")
