"""A WebSocket read by `websockets`: the same events as a stream, and what a client may say."""

import json
import threading
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from listener import Listener, Received
from waiting import DEADLINE


class WebSocket(Listener):
    """One open WebSocket, read by a thread of its own. Events arrive in `events`, in their order."""

    def __init__(self, server, headers=None, params=None, origin=None):
        super().__init__()
        self.connection = connect(
            f"ws://{server.host}:{server.port}/ws/connect?{urlencode(params or {}, doseq=True)}",
            additional_headers=headers, origin=origin, open_timeout=DEADLINE, close_timeout=DEADLINE,
            # Compression would hide what is sent, pings of our own what the server does by itself.
            compression=None, ping_interval=None, proxy=None, max_size=None, max_queue=None,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        error = None
        try:
            for message in self.connection:
                assert isinstance(message, str), f"a binary frame: {message[:100]!r}"
                self._heard(Received(None, "message", json.loads(message)))
        except (ConnectionClosed, OSError, ValueError, AssertionError) as failure:
            error = failure
        finally:
            self._ended(error)

    def say(self, type, **fields):
        """Sends one object."""
        self.connection.send(json.dumps({"type": type, **fields}))

    def ping(self):
        """Waits until the server has taken everything said so far, by `ping` and its `pong`."""
        before = len(self.of_type("pong"))
        self.say("ping")
        self.wait_until(lambda: sum(event.type == "pong" for event in self.events) > before, "pong")

    def wait_for_code(self):
        """Waits until the server has closed the connection, and returns its close code."""
        self.wait_for_end()
        return self.connection.close_code

    def close(self):
        self.connection.close()
        self._thread.join(DEADLINE)


def refusal(server, headers=None, params=None, origin=None):
    """The HTTP answer to a handshake that must be refused."""
    try:
        WebSocket(server, headers, params, origin).close()
    except InvalidStatus as refused:
        return refused.response
    raise AssertionError("the handshake was accepted")


def open_socket(team, headers=None, origin=None, **params):
    """A WebSocket of a team, of which nothing is known yet, not even whether it will be let in."""
    return team.keep(WebSocket(team.server, headers, params, origin))
