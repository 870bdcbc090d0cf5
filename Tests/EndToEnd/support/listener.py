"""What one connection has heard, and waiting for what it is yet to hear."""

import threading
import time
from dataclasses import dataclass

from rest import TIMESTAMP
from waiting import DEADLINE


@dataclass
class Received:
    """One event: its `data`, and with SSE the `id` seen last, as in a browser."""

    id: str
    event: str
    data: dict

    def __getitem__(self, name):
        return self.data[name]

    @property
    def type(self):
        return self.data.get("type")

    @property
    def seq(self):
        return self.data.get("seq")


class Listener:
    """Events in their order, whatever transport a thread of its own reads them from."""

    def __init__(self):
        self.events = []
        self.closed = False
        self.error = None
        self._changed = threading.Condition()

    def _heard(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def _ended(self, error):
        with self._changed:
            self.closed, self.error = True, error
            self._changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait_until(self, condition, what):
        """The first truthy value of `condition()`, asked again with each event."""
        end = time.monotonic() + DEADLINE
        with self._changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                if self.closed or left <= 0:
                    state = f"the stream ended ({self.error})" if self.closed else "the deadline passed"
                    last = [f"{event.type} {event.seq or ''}".strip() for event in self.events[-5:]]
                    raise AssertionError(f"{state} before {what}; {len(self.events)} events, the last: {last}")
                self._changed.wait(left)

    def wait_for(self, predicate, what="the event expected"):
        """The first event, past or to come, that satisfies `predicate`."""
        return self.wait_until(lambda: next((event for event in self.events if predicate(event)), None), what)

    def wait_for_type(self, type):
        return self.wait_for(lambda event: event.type == type, type)

    def wait_for_seq(self, seq):
        """The event numbered `seq`: by the time it is here, all before it are."""
        return self.wait_for(lambda event: event.seq == seq, f"event {seq}")

    def wait_for_end(self):
        """Waits until the server has ended the stream, and returns the error if the end was not a clean one."""
        end = time.monotonic() + DEADLINE
        with self._changed:
            while not self.closed:
                left = end - time.monotonic()
                assert left > 0, "the server never ended the stream"
                self._changed.wait(left)
        return self.error

    @property
    def established(self):
        return self.wait_for_type("connection.established")

    def durable(self):
        """The numbered events so far."""
        with self._changed:
            return [event for event in self.events if event.seq is not None]

    def types(self):
        """All that was said so far, but who is there."""
        with self._changed:
            return [event.type for event in self.events if not event.type.startswith("presence.")]

    def of_type(self, *types):
        """The events of these types so far; `presence.` takes in the whole family."""
        with self._changed:
            return [event for event in self.events if any(
                event.type.startswith(type) if type.endswith(".") else event.type == type for type in types
            )]


def check_closing(event, reason, reconnect=None):
    """`stream.closing` as promised; with `reconnect` also whether the client may come back."""
    assert event.type == "stream.closing" and event["reason"] == reason, event.data
    assert TIMESTAMP.match(event["timestamp"]) and event.seq is None
    refused = event.data.get("reconnect") is False
    delay = event.data.get("reconnectAfterMilliseconds")
    assert refused != (type(delay) is int and delay >= 0), f"either a delay or reconnect:false: {event.data}"
    assert reconnect is None or reconnect != refused, event.data
    return delay
